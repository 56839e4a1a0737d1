import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { VerifyEntries } from '../../../src/server/verification/judging/verify-entries.js';
import { RandomCustody } from '../../support/random-custody.js';
import { TestLedger } from '../../support/test-ledger.js';
import { bundleOf, findingsOfWhole, serviceOf, storedFindings } from '../../support/two-judges.js';

/**
 * The service judges entry by entry, and closes what it does not find again; a bundle is judged whole. Both must say the same
 * of every lot, however the work was cut.
 */
let ledger: TestLedger;
/** Two workers, each of which follows what the other has judged. */
let verifiers: VerifyEntries[];

beforeAll(async () => {
  ledger = await TestLedger.open();
  verifiers = [ledger.verifier(), ledger.anotherVerifier()];
});
afterAll(() => ledger.close());

/** More seeds, and from which one on, where somebody looks for what the first do not show. */
const SEEDS = Number(process.env.ADIT_TEST_SEEDS ?? 3);
const FIRST = Number(process.env.ADIT_TEST_SEED ?? 1);
const STEPS = 18;

/** What one of two lists has and the other has not. */
const apart = (kept: readonly string[], whole: readonly string[]): object => ({
  onlyKept: kept.filter((line) => !whole.includes(line)),
  onlyFoundAtOnce: whole.filter((line) => !kept.includes(line)),
});

describe('findings and verdicts of generated supply chains', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
    'are the same judged step by step, at once, and from a bundle (seed %i)',
    async (seed) => {
      const world = new RandomCustody(ledger, seed);
      const told: string[] = [];
      for (let step = 1; step <= STEPS; step += 1) {
        told.push(await world.step());
        // Sometimes one worker alone, sometimes in turn.
        await verifiers[step % (1 + (seed % 2))]?.verify();
        const [kept, whole] = [await storedFindings(ledger), await findingsOfWhole(ledger)];
        expect({ told, ...apart(kept, whole) }).toEqual({ told, onlyKept: [], onlyFoundAtOnce: [] });
        if (step % 6 !== 0) continue;
        for (const lot of world.lots) {
          const [bundle, service] = [await bundleOf(ledger, lot), await serviceOf(ledger, lot)];
          const isSame = !bundle.isBeyondBundle && !service.isBeyondBundle;
          const compared = ({ verdicts: { risk, ...verdicts }, findings }: typeof bundle): object => ({
            told,
            lot,
            verdicts: isSame ? { risk, ...verdicts } : verdicts,
            findings,
          });
          expect(compared(bundle)).toEqual(compared(service));
        }
      }
    },
    60_000,
  );
});
