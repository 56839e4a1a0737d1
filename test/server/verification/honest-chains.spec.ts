import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { whole } from '../../support/rounds.js';
import { TestLedger } from '../../support/test-ledger.js';

const kilograms = (grams: number): { value: string; uom: string } => ({ value: String(grams / 1_000), uom: 'KGM' });

interface HeldLot {
  lot: string;
  holder: 'coop' | 'trader';
  grams: number;
}

const step = fc.record({
  kind: fc.constantFrom('declare', 'hand over', 'send back', 'weigh', 'part', 'mix'),
  pick: fc.nat(1_000),
  grams: fc.integer({ min: 2_000, max: 60_000 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays a random supply chain in which everybody is honest: nothing gains mass, and every tag is used once. */
async function play(ledger: TestLedger, steps: readonly Step[], tag: () => string): Promise<void> {
  const lots: HeldLot[] = [];
  for (const { kind, pick, grams } of steps) {
    const held = lots[pick % Math.max(1, lots.length)];
    ledger.clock.advance(60_000);
    if (kind === 'declare' || held === undefined) {
      const lot = await ledger.declare(String(grams / 1_000), { tags: [tag()] });
      lots.push({ lot, holder: 'coop', grams });
    } else if (kind === 'hand over' || kind === 'send back') await handOver(ledger, held, kind === 'send back');
    else if (kind === 'weigh') {
      held.grams -= 1;
      await ledger.record('lot.measured', held.holder, { lots: [{ lot: held.lot, mass: kilograms(held.grams) }] });
    } else if (kind === 'part') {
      const [half, rest] = [Math.floor(held.grams / 2), held.grams - Math.floor(held.grams / 2)];
      const outputs = [half, rest].map((part) => ({ mass: kilograms(part) }));
      const made = await ledger.record('lot.split', held.holder, { inputs: [{ lot: held.lot }], outputs });
      lots.splice(
        lots.indexOf(held),
        1,
        ...made.lots.map((lot, i) => ({ lot, holder: held.holder, grams: i === 0 ? half : rest })),
      );
    } else {
      const inputs = lots.filter(({ holder }) => holder === held.holder).slice(0, 3);
      const sum = inputs.reduce((all, input) => all + input.grams, 0);
      const made = await ledger.record('lot.aggregated', held.holder, {
        inputs: inputs.map(({ lot }) => ({ lot })),
        outputs: [{ mass: kilograms(sum) }],
      });
      for (const input of inputs) lots.splice(lots.indexOf(input), 1);
      lots.push({ lot: made.lots[0] as string, holder: held.holder, grams: sum });
    }
  }
}

async function handOver(ledger: TestLedger, held: HeldLot, rejected: boolean): Promise<void> {
  const from = held.holder;
  const to = from === 'coop' ? 'trader' : 'coop';
  await ledger.record('custody.dispatched', from, { to, lots: [{ lot: held.lot }] });
  ledger.clock.advance(3_600_000);
  if (!rejected) {
    held.grams -= 1;
    held.holder = to;
  }
  const outcome = rejected ? { outcome: 'rejected' } : { mass: kilograms(held.grams) };
  await ledger.record('custody.received', to, { from, lots: [{ lot: held.lot, ...outcome }] });
  // Whoever has goods sent back looks at them.
  if (rejected)
    await ledger.record('lot.measured', from, { lots: [{ lot: held.lot, mass: kilograms((held.grams -= 1)) }] });
}

describe('any honest supply chain', () => {
  let ledger: TestLedger;
  let tags = 0;
  const tag = (): string => `SYN-H-${(tags += 1)}`;
  const findings = (): Promise<{ rule: string; detail: string; first_index: number | null }[]> =>
    ledger.database.rows("SELECT rule, detail, first_index FROM findings WHERE status = 'open'");

  beforeAll(async () => {
    ledger = await TestLedger.open();
    await ledger.record('tags.issued', 'agent', { series: 'SYN-H-', from: 1, to: 100_000, site: 'hill' });
  });

  afterAll(async () => {
    await ledger.close();
  });

  it('verifies: the workers and the audit find nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await play(ledger, steps, tag);
        await ledger.verifier().verify();
        expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
        expect(await findings()).toEqual([]);
      }),
      { numRuns: whole ? 8 : 4, endOnFailure: true },
    );
  });

  it('does not verify with any one character of any entry changed, and the place is named', async () => {
    const rows = await ledger.database.rows<{ index: number; jws: string }>(
      'SELECT index, jws FROM entries ORDER BY index',
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(rows.length - 1), fc.nat(10_000), fc.nat(61), async (at, place, letter) => {
        const { index, jws } = rows[at] as { index: number; jws: string };
        const i = place % jws.length;
        const other = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.charAt(letter);
        fc.pre(other !== jws[i]);
        const altered = jws.slice(0, i) + other + jws.slice(i + 1);
        await ledger.tamper('UPDATE entries SET jws = $2 WHERE index = $1', [index, altered]);
        await ledger.auditor().audit();
        const found = await findings();
        await ledger.tamper('UPDATE entries SET jws = $2 WHERE index = $1', [index, jws]);
        expect(found.map(({ first_index: first }) => first)).toContain(index);
        expect(found.every(({ rule }) => rule.startsWith('record-'))).toBe(true);
      }),
      { numRuns: whole ? 12 : 6, endOnFailure: true },
    );
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
    expect(await findings()).toEqual([]);
  });
});
