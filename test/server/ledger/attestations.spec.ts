import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { ReadEvents } from '../../../src/server/verification/judging/facts/read-events.js';
import { auditDisclosures } from '../../../src/server/verification/audit/audit-disclosures.js';
import { TestLedger } from '../../support/test-ledger.js';

const kilograms = (value: string) => ({ value, uom: 'KGM' });

let ledger: TestLedger;
let declaration: string;
let lot: string;
beforeAll(async () => {
  ledger = await TestLedger.open();
  const declared = await ledger.record('lot.declared', 'coop', {
    place: { site: 'hill', lat: '-1.79', lon: '30.015' },
    outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('48.6') }],
  });
  [declaration, lot] = [declared.id, declared.lots[0] ?? ''];
});
afterAll(() => ledger.close());

const rows = async (sql: string, values: unknown[] = []): Promise<unknown[]> =>
  (await ledger.database.query(sql, values)).rows;
const correct = (was: string, is: string) =>
  ledger.record('event.corrected', 'coop', {
    event: declaration,
    field: '/outputs/0/mass',
    was: kilograms(was),
    is: kilograms(is),
    reason: 'digits swapped',
  });
const massRead = async (): Promise<unknown> => {
  const [index] = (await rows('SELECT index FROM entries WHERE id = $1', [declaration])) as { index: number }[];
  const read = await new ReadEvents(ledger.identity.origin).byIndex(ledger.database, [index?.index ?? -1]);
  const payload = [...read.values()][0]?.event.payload;
  return payload !== undefined && 'outputs' in payload ? payload.outputs[0]?.mass : null;
};

describe('attestations, as the database keeps them', () => {
  it('keep each with the lots that it names', async () => {
    const before = await rows('SELECT * FROM lots WHERE id = $1', [lot]);
    const told = [
      await ledger.record('incident.reported', 'trader', { category: 'theft', level: 2, lots: [lot] }),
      await ledger.record('origin.tested', 'laboratory', { lot, sample: 'S-1', sites: ['hill'], result: 'plausible' }),
      await ledger.record('transit.checked', 'carrier', { lots: [lot], sealState: 'intact' }),
      await ledger.record('stock.counted', 'coop', {
        place: { facility: 'depot' },
        lots: [{ lot, mass: kilograms('48.6') }],
      }),
      await ledger.record('payment.recorded', 'coop', { kind: 'tax', payer: 'coop', lots: [lot] }),
    ];
    expect(await rows('SELECT index FROM attestations WHERE lot = $1 ORDER BY index', [lot])).toEqual(
      told.map(({ index }) => ({ index })),
    );
    expect(await rows('SELECT * FROM lots WHERE id = $1', [lot])).toEqual(before);
  });

  it('let the owner of an incident close it, also in a later batch', async () => {
    const { id } = await ledger.record('incident.reported', 'trader', { category: 'fraud', level: 1, sites: ['hill'] });
    await ledger.record('incident.updated', 'agent', { incident: id, status: 'mitigating', owner: 'trader' });
    await ledger.record('incident.updated', 'trader', { incident: id, status: 'closed', outcome: 'settled' });
    expect(await rows('SELECT owner, status FROM incidents WHERE id = $1', [id])).toEqual([
      { owner: 'trader', status: 'closed' },
    ]);
  });

  it('refuse an answer to a dispute from those who have no say, and take it from those who have', async () => {
    const { id } = await ledger.record('event.disputed', 'coop', { event: declaration, ground: 'not mine' });
    const settled = { dispute: id, settlement: 'rejected', reason: 'signed by you' };
    expect(await ledger.submit('event.settled', 'trader', settled)).toMatchObject({ status: 'refused' });
    expect(await ledger.submit('event.settled', 'agent', settled)).toMatchObject({ status: 'accepted' });
    expect(await ledger.submit('event.disputed', 'trader', { event: 'A'.repeat(43), ground: 'x' })).toMatchObject({
      status: 'waiting',
    });
  });
});

describe('corrections, as the database keeps them', () => {
  it('count at once while the goods are there, and are read in place of what was signed', async () => {
    await correct('48.6', '46.8');
    expect(await massRead()).toEqual(kilograms('46.8'));
    expect(await rows('SELECT mass::text FROM lots WHERE id = $1', [lot])).toEqual([{ mass: '46800000' }]);
  });

  it('wait, once the goods have gone, for the word of whoever has them', async () => {
    await ledger.dispatch(lot);
    await ledger.receive(lot, '46.7');
    const { id } = await correct('46.8', '46.7');
    expect(await massRead()).toEqual(kilograms('46.8'));
    await ledger.record('event.endorsed', 'trader', { events: [id] });
    expect(await massRead()).toEqual(kilograms('46.7'));
  });
});

describe('custody.assigned and data.erased', () => {
  it('gives a held lot a holder', async () => {
    await ledger.record('lot.held', 'agent', { lots: [lot], ground: 'theft' });
    await ledger.record('custody.assigned', 'agent', { to: 'coop', lots: [{ lot }], ground: 'court' });
    expect(await rows('SELECT holder, holds FROM lots WHERE id = $1', [lot])).toEqual([
      { holder: 'coop', holds: ['agent'] },
    ]);
  });

  it('deletes what a registrar orders to be erased, and nothing else', async () => {
    const kept = (await rows('SELECT digest FROM disclosures WHERE event = $1 ORDER BY digest', [declaration])) as {
      digest: string;
    }[];
    expect(kept).toHaveLength(2);
    await ledger.record('data.erased', 'registrar', { digests: [kept[0]?.digest], ground: 'request' });
    for (const table of ['disclosures WHERE ciphertext IS NOT NULL AND', 'disclosure_keys WHERE'])
      expect(await rows(`SELECT digest FROM ${table} event = $1`, [declaration])).toEqual(kept.slice(1));
    expect(await auditDisclosures(ledger.database)).toEqual([]);
  });
});

describe('a ledger with all of them', () => {
  it('replays to the same rows', async () => {
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
  });
});
