import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Signer, buildPossession, generateSigner } from '../../../src/core/event/build.js';
import { ownerDataSource } from '../../../src/server/database/data-source.js';
import { migrate, pendingMigrations } from '../../../src/server/database/migrate.js';
import { ReadLog } from '../../../src/server/ledger/read/read-log.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { auditDisclosures } from '../../../src/server/verification/audit/audit-disclosures.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('a ledger that is upgraded', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await TestLedger.open();
  });
  afterAll(() => ledger.close());

  /** A key that a registrar introduced adds another, which declares a lot; gives the thumbprint of the latter. */
  async function launder(): Promise<string> {
    const own = ledger.actors.get('coop') as Signer;
    let kid = '';
    for (const by of ['registrar', 'coop']) {
      const { signer } = generateSigner('Ed25519');
      const possession = await buildPossession(ledger.identity.origin, 'coop', signer);
      await ledger.record('key.added', by, { actor: 'coop', key: signer.jwk, possession });
      ledger.clock.advance(72 * 3_600_000);
      ledger.actors.set('coop', signer);
      ({ kid } = signer);
    }
    await ledger.declare('49');
    ledger.actors.set('coop', own);
    return kid;
  }

  it('has, after the migration from an older release, what a replay of its log gives', async () => {
    const { ownerUrl } = ledger.behind;
    const lot = await ledger.declare('50');
    const { id } = await ledger.record('custody.dispatched', 'coop', {
      to: 'trader',
      lots: [{ lot }],
      vehicle: 'RAB 1/2',
    });
    const laundered = await launder();
    await ledger.verifier().verify();
    const shown = await new ReadLog(ledger.database).disclosures(id);
    expect(shown).toHaveLength(1);
    const filed = (): Promise<unknown[]> =>
      ledger.database.rows("SELECT subject FROM filings WHERE subject LIKE 'vehicle:%' OR subject LIKE 'document:%'");
    const before = await filed();
    const source = await ownerDataSource(ownerUrl).initialize();
    // Back to a release whose tables knew one key of the log, and not the service's.
    while (!(await pendingMigrations(ownerUrl)).includes('KeyRotation0000000000009')) await source.undoLastMigration();
    await source.destroy();
    const { rows } = await ledger.database.query('SELECT log_key FROM ledger_info');
    expect(rows).toEqual([{ log_key: ledger.identity.firstLogKey }]);

    const plain = await ledger.database.rows('SELECT disclosure FROM disclosures WHERE event = $1', [id]);
    expect(plain).toEqual(shown.map((disclosure) => ({ disclosure })));
    await ledger.tamper(`UPDATE filings SET subject = 'vehicle:RAB 1/2/' || substring(subject from '[0-9]+$')
                          WHERE subject LIKE 'vehicle:%'`);
    // That release took a key which an introduced one had added for the actor's own, and filed nothing under keys.
    await ledger.tamper(`UPDATE keys SET introduced = false WHERE kid = '${laundered}'`);
    await ledger.tamper(`DELETE FROM filings WHERE subject = 'key:${laundered}'`);

    expect(await migrate(ownerUrl)).toContain('KeyRotation0000000000009');
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
    expect(await new ReadLog(ledger.database).disclosures(id)).toEqual(shown);
    expect(await auditDisclosures(ledger.database)).toEqual([]);
    expect(await filed()).toEqual(before);
    expect(before).toHaveLength(1);
    await ledger.verifier().verify();
    const marked = await ledger.database.rows(
      "SELECT first_index FROM findings WHERE rule = 'registrar-introduced' AND status = 'open'",
    );
    expect(marked).toHaveLength(2);
    await ledger.declare('51');
  });
});
