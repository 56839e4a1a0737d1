import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditNew } from '../../../src/server/verification/audit/audit-new.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('auditing what is new', () => {
  let ledger: TestLedger;
  let audit: AuditNew;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    audit = new AuditNew(ledger.database);
    expect(await audit.holds()).toBe(true);
    await ledger.declareMany(300);
  });

  afterEach(async () => {
    await ledger.close();
  });

  it('has nothing to say of what is as it was logged, nor of what it has read', async () => {
    expect(await audit.holds()).toBe(true);
    await ledger.tamper(`UPDATE entries SET jws = replace(jws, 'A', 'B') WHERE index = 200`);
    expect(await audit.holds()).toBe(true);
  });

  const last = '(SELECT max(index) FROM entries)';
  const changes: [string, string][] = [
    ['a text', `UPDATE entries SET jws = jws || 'A' WHERE index = ${last}`],
    ['a leaf hash', `UPDATE entries SET leaf_hash = sha256(leaf_hash) WHERE index = ${last}`],
    ['an id', `UPDATE entries SET id = reverse(id) WHERE index = 100`],
    [
      'a hash in a tile',
      `UPDATE tiles SET hashes = set_byte(hashes, 6400, 255 - get_byte(hashes, 6400)) WHERE index = 0`,
    ],
    ['the root of a tile', `UPDATE tiles SET root = sha256(root) WHERE index = 0`],
    ['the root of the newest checkpoint', `UPDATE checkpoints SET root = sha256(root) WHERE size = ${last} + 1`],
  ];
  it.each(changes)('sees that %s was changed', async (_, change) => {
    await ledger.tamper(change);
    expect(await audit.holds()).toBe(false);
  });

  it('sees that an entry is gone', async () => {
    await ledger.tamper(`DELETE FROM entries WHERE index = ${last}`);
    expect(await audit.holds()).toBe(false);
  });
});
