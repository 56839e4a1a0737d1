import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { long, whole } from '../support/rounds.js';
import { TestLedger } from '../support/test-ledger.js';

/** Lots of one event at most, but one for the other side. */
const WIDTH = long ? 199 : 60;
const GROUPS = long ? 50 : whole ? 4 : 2;
const ROUNDS = long ? 60 : whole ? 12 : 6;
/** Longer than this no step may take, ms: a transaction that rests for ten seconds is ended by the database. */
const STEP_LIMIT = 8_000;
const TIME_LIMIT = long ? 1_800_000 : 60_000;

let ledger: TestLedger;

const kilograms = (value: number) => ({ value: `${value}`, uom: 'KGM' });
const parts = (count: number, each: number): object[] =>
  Array.from({ length: count }, () => ({ mass: kilograms(each) }));

async function aggregate(lots: readonly string[], mass: number): Promise<string> {
  const inputs = lots.map((lot) => ({ lot }));
  const made = await ledger.record('lot.aggregated', 'coop', { inputs, outputs: [{ mass: kilograms(mass) }] });
  return made.lots[0] ?? '';
}

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

describe('a heap of many lots that is split and put together again, over and over', () => {
  it(
    'is judged in bounded steps, each of which gets on, and its record holds',
    async () => {
      const heaps: string[] = [];
      for (let group = 0; group < GROUPS; group += 1) {
        const outputs = Array.from({ length: WIDTH }, () => ({
          mineral: 'cassiterite',
          form: 'concentrate',
          mass: kilograms(1),
        }));
        const { lots } = await ledger.record('lot.declared', 'coop', { place: { site: 'hill' }, outputs });
        heaps.push(await aggregate(lots, WIDTH));
      }
      let heap = await aggregate(heaps, GROUPS * WIDTH);
      for (let round = 0; round < ROUNDS; round += 1) {
        const outputs = parts(WIDTH, GROUPS);
        const { lots } = await ledger.record('lot.split', 'coop', { inputs: [{ lot: heap }], outputs });
        heap = await aggregate(lots, GROUPS * WIDTH);
      }
      const steps: number[] = [];
      const started = performance.now();
      let last = started;
      const judged = await ledger.verifier().verify(() => {
        steps.push(performance.now() - last);
        last = performance.now();
      });
      const slowest = Math.max(...steps);
      const [log] = await ledger.database.rows<{ size: number }>('SELECT size FROM log_state');
      expect(judged).toBe(log?.size);
      expect(slowest).toBeLessThan(STEP_LIMIT);
      // Nothing was too much for a step of its own.
      expect(await ledger.database.rows("SELECT rule FROM undecided WHERE reason LIKE 'The rule failed:%'")).toEqual(
        [],
      );
      expect(await ledger.database.rows("SELECT rule FROM findings WHERE rule = 'rule-failed'")).toEqual([]);
      const judging = Math.round(last - started);
      const { faults, milliseconds } = await ledger.auditor().audit();
      expect(faults).toBe(0);
      if (long)
        process.stderr.write(
          `fan-in of ${GROUPS * WIDTH} lots, ${ROUNDS} rounds of ${WIDTH}: judged in ${judging} ms, ${steps.length} steps, ` +
            `the slowest ${Math.round(slowest)} ms; audited in ${milliseconds} ms\n`,
        );
    },
    TIME_LIMIT,
  );
});
