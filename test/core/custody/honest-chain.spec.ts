import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admit } from '../../../src/core/custody/admit.js';
import { type LedgerView, type Lot, emptyView } from '../../../src/core/custody/view.js';
import type { AditEvent } from '../../../src/core/event/event.js';
import { honestChain, shuffled } from '../../support/chain.js';
import { type CoreLedger, LOG, outcomeOf } from '../../support/core-ledger.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const STEPS = 60;
/** One seed for all properties, another in each run: they look at the same chains, and building these costs most. */
const RUNS = { numRuns: 10, seed: Date.now() & 0x7fffffff };
const nobody = `${'B'.repeat(42)}A`;

const sum = (masses: readonly { mass: bigint }[]): bigint => masses.reduce((total, { mass }) => total + mass, 0n);
const touchesLots = ({ payload }: AditEvent): boolean =>
  'lots' in payload || 'inputs' in payload || 'outputs' in payload;

const chains = new Map<number, CoreLedger>();

/** The chain of a seed. No test changes it: what one tells it is refused, and leaves its view as it was. */
function chainOf(seed: number): CoreLedger {
  const chain = chains.get(seed) ?? honestChain(seed, STEPS);
  chains.set(seed, chain);
  return chain;
}

/** What a lot is, apart from where in the log that was said. */
const withoutIndices = (view: LedgerView): Map<string, Partial<Lot>> =>
  new Map(
    [...view.lots]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, lot]) => [id, { ...lot, bornIndex: 0, headIndex: 0 }]),
  );

/** Admits events as devices bring them when they sync: what waits is tried again until nothing moves any more. */
function sync(events: readonly AditEvent[], ledger: CoreLedger): { view: LedgerView; left: string[]; waited: number } {
  const view = emptyView(LOG);
  let pending = [...events];
  let waited = 0;
  for (let before = -1; before !== pending.length;) {
    before = pending.length;
    pending = pending.filter((event) => admit(event, view, ledger.identity).outcome !== 'admitted');
    waited += pending.length;
  }
  return { view, left: pending.map((event) => outcomeOf(admit(event, view, ledger.identity))), waited };
}

describe('an honest chain', () => {
  it('accounts for every milligram of every lot, by site and by lot', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { view } = chainOf(seed);
        for (const lot of view.lots.values()) {
          const chain = view.changes.chain.filter((link) => link.lot === lot.id);
          expect(chain.map(({ seq }) => seq)).toEqual(Array.from({ length: lot.seq }, (_, i) => i + 1));
          expect(chain.at(-1)?.index).toBe(lot.headIndex);
          expect(sum(lot.origins)).toBe(lot.mass);
          expect(lot.origins.every(({ mass }) => mass > 0n)).toBe(true);
          expect(lot.origins).toEqual(lot.origins.toSorted((a, b) => (a.site < b.site ? -1 : 1)));
        }
      }),
      RUNS,
    );
  });

  it('says the same when it is replayed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const ledger = chainOf(seed);
        const { view, left } = sync(ledger.entries, ledger);
        expect(left).toEqual([]);
        expect(view).toEqual(ledger.view);
      }),
      RUNS,
    );
  });

  it('says the same of every lot in whatever order devices sync', () => {
    let waited = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const ledger = chainOf(seed);
        const registry = ledger.entries.filter((event) => !touchesLots(event));
        const custody = ledger.entries.filter(touchesLots);
        const synced = sync([...registry, ...shuffled(custody, seed)], ledger);
        expect(synced.left).toEqual([]);
        expect(withoutIndices(synced.view)).toEqual(withoutIndices(ledger.view));
        waited += synced.waited;
      }),
      RUNS,
    );
    // Else every order was the honest one, and nothing has been tried.
    expect(waited).toBeGreaterThan(RUNS.numRuns);
  });

  it('takes nothing twice', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const ledger = chainOf(seed);
        const again = ledger.entries.filter(touchesLots).map((event) => outcomeOf(ledger.judge(event)));
        expect(again.length).toBeGreaterThan(0);
        expect(again).not.toContain('admitted');
      }),
      RUNS,
    );
  });

  it('is not changed by any attempt of somebody else on any of its lots', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const ledger = chainOf(seed);
        const before = structuredClone(ledger.view);
        for (const { id, holder, inTransitTo } of before.lots.values()) {
          const thief = ['trader', 'rival', 'abroad'].find((actor) => actor !== holder && actor !== inTransitTo) ?? '';
          for (const prev of [before.lots.get(id)?.head, nobody]) {
            const lots = [{ lot: id, prev }];
            const received = lots.map((lot) => ({ ...lot, mass: { value: '1', uom: 'KGM' } }));
            const outcomes = [
              ledger.tell(thief, 'custody.dispatched', { to: 'plant', lots }),
              ledger.tell(thief, 'custody.received', { from: holder, lots: received }),
              ledger.tell(thief, 'custody.recalled', { lots, reason: 'mine' }),
              ledger.tell(thief, 'lot.closed', { lots, reason: 'sold' }),
              ledger.tell(thief, 'lot.aggregated', { inputs: lots, outputs: [{ mass: { value: '1', uom: 'KGM' } }] }),
            ].map(({ admission }) => admission.outcome);
            expect(outcomes).not.toContain('admitted');
          }
        }
        expect(ledger.view).toEqual(before);
      }),
      RUNS,
    );
  });
});
