import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownerDataSource } from '../../../src/server/database/data-source.js';
import { migrate, pendingMigrations } from '../../../src/server/database/migrate.js';
import { replayLog } from '../../../src/server/ledger/replay.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('a ledger that is upgraded', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await TestLedger.open();
  });
  afterAll(() => ledger.close());

  it('has, after the migration from an older release, what a replay of its log gives', async () => {
    const { ownerUrl } = ledger.testDatabase;
    await ledger.declare('50');
    const source = await ownerDataSource(ownerUrl).initialize();
    // Back to a release whose tables knew one key of the log, and not the service's.
    while (!(await pendingMigrations(ownerUrl)).includes('KeyRotation0000000000009')) await source.undoLastMigration();
    await source.destroy();
    const { rows } = await ledger.database.pool.query('SELECT log_key FROM ledger_info');
    expect(rows).toEqual([{ log_key: ledger.identity.firstLogKey }]);

    expect(await migrate(ownerUrl)).toContain('KeyRotation0000000000009');
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
    await ledger.declare('51');
  });
});
