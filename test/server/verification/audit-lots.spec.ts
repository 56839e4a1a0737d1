import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadLog } from '../../../src/server/ledger/read/read-log.js';
import { ReadTree } from '../../../src/server/ledger/read/read-tree.js';
import { AuditLots, type LotsAudit, lotsNamed, lotsOfSite } from '../../../src/server/verification/audit/audit-lots.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let [bag, other, made] = ['', '', ''];

beforeAll(async () => {
  ledger = await TestLedger.open();
  [bag, other] = [await ledger.declare('48.6'), await ledger.declare('50.2')];
  await ledger.dispatch(bag);
  await ledger.receive(bag, '48.5');
  const { lots } = await ledger.record('lot.split', 'trader', {
    inputs: [{ lot: bag }],
    outputs: [{ mass: { value: '20', uom: 'KGM' } }, { mass: { value: '28.5', uom: 'KGM' } }],
  });
  made = lots[0] ?? '';
  await ledger.record('incident.reported', 'trader', { category: 'theft', level: 3, lots: [bag] });
  await ledger.declareMany(260);
  await ledger.tamper('CREATE SCHEMA kept; CREATE TABLE kept.entries AS SELECT * FROM entries');
});
afterAll(() => ledger.close());

const audit = (lots: string[]): Promise<LotsAudit> =>
  new AuditLots(ledger.database, ledger.identity, new ReadTree(ledger.database, new ReadLog(ledger.database))).audit(
    lots,
  );

async function auditAfter(sql: string, lots: string[]): Promise<LotsAudit> {
  try {
    expect(await ledger.tamper(sql)).not.toBe(0);
    return await audit(lots);
  } finally {
    await ledger.tamper('DELETE FROM entries; INSERT INTO entries SELECT * FROM kept.entries');
  }
}

const entryOf = (type: string): string =>
  `(SELECT min(index) FROM entries WHERE convert_from(decode(rpad(translate(split_part(jws, '.', 2), '-_', '+/'),
     4 * ((length(split_part(jws, '.', 2)) + 3) / 4), '='), 'base64'), 'UTF8')::jsonb ->> 'type' = '${type}')`;

describe('an audit of some lots', () => {
  it('reads their own past and that of what they were made of, and nothing else', async () => {
    expect(await audit([made])).toEqual({ lots: 2, entries: 5, faults: [] });
    expect(await audit([other])).toEqual({ lots: 1, entries: 1, faults: [] });
    expect((await audit(await lotsOfSite(ledger.database, 'hill'))).lots).toBe(262);
  });

  it('names the entry that was changed, on any lot that comes from it, and on no other', async () => {
    const sql = `UPDATE entries SET jws = overlay(jws placing 'AAAA' from 80) WHERE index = ${entryOf('custody.received')}`;
    const { faults } = await auditAfter(sql, [made]);
    expect(faults.map(({ detail }) => detail).join()).toContain('was changed: jws');
    expect((await auditAfter(sql, [other])).faults).toEqual([]);
  });

  it('misses an entry that is gone, and the link over the gap', async () => {
    const { faults } = await auditAfter(`DELETE FROM entries WHERE index = ${entryOf('custody.dispatched')}`, [made]);
    expect(faults.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Entry \d+ is missing\.$/),
        expect.stringMatching(/does not follow the event before it/),
      ]),
    );
  });

  it('asks for no lot that cannot be', async () => {
    expect(await lotsNamed(ledger.database, "x'; DROP TABLE lots")).toEqual([]);
    expect(await lotsNamed(ledger.database, bag)).toEqual([bag]);
  });
});

describe('an audit that nobody waits for', () => {
  it('gives way, hurries when somebody does, and ends when it is told to', async () => {
    const auditor = ledger.auditor();
    const slow = auditor.auditSlowly(3_600_000);
    expect(await auditor.audit()).toMatchObject({ faults: 0 });
    expect(await slow).toMatchObject({ faults: 0 });
    await ledger.declareMany(600);
    const stopped = auditor.auditSlowly(3_600_000);
    auditor.onModuleDestroy();
    expect(await stopped).toBeNull();
  });
});
