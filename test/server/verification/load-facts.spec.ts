import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../../support/test-ledger.js';

/** What is judged on one entry may stand on chains that no entry of its piece touches: here each entry is a piece of its own. */

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

const kg = (value: string) => ({ value, uom: 'KGM' });
const sn = (value: string) => ({ grades: [{ analyte: 'Sn', value, uom: 'P1', basis: 'dry' }] });

const step = async (type: string, by: string, body: Record<string, unknown>): Promise<string> => {
  const { lots } = await ledger.record(type, by, body);
  await ledger.verifier().verify();
  return lots[0] ?? '';
};

const open = async (lot: string): Promise<string[]> => {
  const rows = await ledger.database.rows<{ rule: string; cause: string }>(
    "SELECT rule, cause FROM findings WHERE lots @> ARRAY[$1::uuid] AND status = 'open' ORDER BY rule, cause",
    [lot],
  );
  return rows.map(({ rule, cause }) => `${rule} ${cause}`);
};

describe('facts of lots that were put together', () => {
  it('reach back to the bags, however long ago those were heaped up', async () => {
    const bags = [await ledger.declare('200', { ...sn('40'), moisturePercent: '6.0' })];
    bags.push(await ledger.declare('200', { moisturePercent: '6.0' }));
    await step('assay.certified', 'laboratory', { lot: bags[1], sample: 'S-1', ...sn('60') });
    for (const lot of bags) await ledger.dispatch(lot);
    for (const lot of bags) await ledger.receive(lot, '200');
    await ledger.verifier().verify();
    const inputs = bags.map((lot) => ({ lot }));
    const heap = await step('lot.aggregated', 'trader', { inputs, outputs: [{ mass: kg('400') }] });
    const clean = async (lot: string, mass: string): Promise<string> =>
      step('lot.processed', 'trader', {
        process: 'gravity',
        inputs: [{ lot }],
        outputs: [{ mass: kg(mass), form: 'concentrate', moisturePercent: '1.0', ...sn('68') }],
      });
    const { lots } = await ledger.record('lot.split', 'trader', {
      inputs: [{ lot: heap }],
      outputs: [{ mass: kg('200') }, { mass: kg('200') }],
    });
    await ledger.verifier().verify();
    // Each half holds 94 kg of tin.
    expect(await open(await clean(lots[0] ?? '', '145'))).toEqual(['mass-gained metal:Sn']);
    expect(await open(await clean(lots[1] ?? '', '130'))).toEqual([]);
  });
});

describe('a correction of a bag', () => {
  it('has the heap that was made of it judged anew', async () => {
    const bag = await ledger.declare('200', { ...sn('40'), moisturePercent: '6.0' });
    const declaration = ledger.head(bag);
    await ledger.dispatch(bag);
    await ledger.receive(bag, '200');
    const parts = [{ mass: kg('100') }, { mass: kg('100') }];
    const { lots } = await ledger.record('lot.split', 'trader', { inputs: [{ lot: bag }], outputs: parts });
    const made = await step('lot.processed', 'trader', {
      process: 'gravity',
      inputs: [{ lot: lots[0] }],
      outputs: [{ mass: kg('68'), form: 'concentrate', moisturePercent: '1.0', ...sn('68') }],
    });
    // Half of the bag holds 37.6 kg of tin at 40 %, and 48.9 kg at 52 %.
    expect(await open(made)).toEqual(['mass-gained metal:Sn']);
    const correction = await ledger.record('event.corrected', 'coop', {
      event: declaration,
      field: '/outputs/0/grades',
      was: sn('40').grades,
      is: sn('52').grades,
      reason: 'another bag',
    });
    await ledger.verifier().verify();
    expect(await open(made)).toEqual(['mass-gained metal:Sn']);
    await step('event.endorsed', 'agent', { events: [correction.id] });
    expect(await open(made)).toEqual([]);
  });
});

describe('a receipt that a weighing has judged anew', () => {
  it('is judged with all lots that came with it', async () => {
    const [heavy, wet] = [await ledger.declare('50'), await ledger.declare('60', { moisturePercent: '6.0' })];
    const lots = [heavy, wet].map((lot) => ({ lot }));
    await step('custody.dispatched', 'coop', { to: 'trader', lots });
    const weighed = [
      { lot: heavy, mass: kg('52') },
      { lot: wet, mass: kg('62') },
    ];
    await step('custody.received', 'trader', { from: 'coop', lots: weighed });
    expect(await open(wet)).toEqual([`mass-gained handed over:${wet}`]);
    await step('lot.sealed', 'trader', { lots: [{ lot: wet, sealsOn: ['Z-1'] }] });
    await step('lot.measured', 'trader', { lots: [{ lot: wet, moisturePercent: '9.1' }] });
    expect(await open(wet)).toEqual([]);
    expect(await open(heavy)).toEqual([`mass-gained handed over:${heavy}`]);
  });
});

describe('a receipt that accepts one lot and rejects another', () => {
  it('stays unresolved until something is logged on the rejected one', async () => {
    const [accepted, rejected] = [await ledger.declare('50'), await ledger.declare('50')];
    await step('custody.dispatched', 'coop', { to: 'trader', lots: [{ lot: accepted }, { lot: rejected }] });
    const lots = [
      { lot: accepted, mass: kg('50') },
      { lot: rejected, outcome: 'rejected' },
    ];
    await step('custody.received', 'trader', { from: 'coop', lots });
    await step('lot.split', 'trader', {
      inputs: [{ lot: accepted }],
      outputs: [{ mass: kg('25') }, { mass: kg('25') }],
    });
    expect(await open(rejected)).toEqual(['handover-rejected-unresolved rejected']);
    await step('lot.measured', 'coop', { lots: [{ lot: rejected, mass: kg('50') }] });
    expect(await open(rejected)).toEqual([]);
  });
});

describe('what comes into a facility', () => {
  it('is summed by receipts, and by what is worked there and came by none', async () => {
    const facility = { kind: 'plant', country: 'RW', capacityPerMonth: kg('1000'), operator: 'trader' };
    await step('facility.registered', 'registrar', { facility: 'works', ...facility });
    const take = async (mass: string, place?: object): Promise<string> => {
      const lot = await ledger.declare(mass);
      await ledger.dispatch(lot);
      const lots = [{ lot, mass: kg(mass) }];
      await step('custody.received', 'trader', { from: 'coop', lots, ...(place === undefined ? {} : { place }) });
      return lot;
    };
    const work = (lots: string[], mass: string): Promise<string> =>
      step('lot.processed', 'trader', {
        process: 'dry',
        place: { facility: 'works' },
        inputs: lots.map((lot) => ({ lot })),
        outputs: [{ mass: kg(mass), form: 'concentrate' }],
      });
    // At the only facility that the trader operates, and then at another.
    const here = await take('600');
    const elsewhere = await take('300', { facility: 'depot' });
    const dried = await work([here, elsewhere], '890');
    expect(await open(here)).toEqual([]);
    await work([dried], '85');
    expect(await open(here)).toEqual([]);
    const last = await take('200', { facility: 'works' });
    for (const lot of [here, dried, last]) expect(await open(lot)).toEqual(['facility-over-capacity over-capacity']);
    const [finding] = await ledger.database.rows<{ measured: string }>(
      "SELECT measured FROM findings WHERE rule = 'facility-over-capacity'",
    );
    expect(finding?.measured).toBe('1100 KGM');
  });
});
