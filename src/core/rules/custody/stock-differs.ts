import * as z from 'zod';
import { byContradiction } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { countOf } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { measureBefore, stateBefore } from '../engine/lot-history.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  stockDiffers: z.strictObject({
    severity: parameter.severity.default('high'),
    tolerance: parameter.partsPerMillion
      .default(10_000)
      .describe('Difference of mass that two scales can have, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

interface Difference {
  lot: string;
  measured: string;
  threshold: string;
}

const MILLION = 1_000_000n;

function found(count: JudgedOf<'stock.counted'>, facts: Facts, { stockDiffers }: Parameters): Difference[] {
  return count.event.payload.lots.flatMap(({ lot, mass }) => {
    const chain = facts.chains.get(lot) ?? [];
    const state = stateBefore(chain, lot, count.index);
    const known = measureBefore(chain, lot, count.index);
    if (state === null || known === null) return [];
    const measured = `${kilograms(milligrams(mass)).value} KGM`;
    if (state.status === 'consumed' || state.status === 'closed') return [{ lot, measured, threshold: state.status }];
    const difference = milligrams(mass) - known.mass;
    const apart = (difference < 0n ? -difference : difference) * MILLION;
    return apart > known.mass * BigInt(stockDiffers.tolerance)
      ? [{ lot, measured, threshold: `${kilograms(known.mass).value} KGM` }]
      : [];
  });
}

function missing(count: JudgedOf<'stock.counted'>, { chains }: Facts): Difference[] {
  return (count.event.payload.missing ?? []).flatMap((lot) =>
    stateBefore(chains.get(lot) ?? [], lot, count.index)?.status === 'held'
      ? [{ lot, measured: 'missing', threshold: 'held' }]
      : [],
  );
}

export const stockDiffers: Rule<typeof schema> = {
  id: 'stock-differs',
  version: 1,
  group: 'custody',
  title: 'A count found something else than the ledger says',
  means:
    'What lies in a facility is not what the ledger says lies there: another mass, a lot that is missing, or one that is used up.',
  doesNotMean: 'Which of the two is wrong: stock dries, and papers come late.',
  causes: {
    innocent: 'ore dried, or papers of sales come late',
    bad: 'goods have left the store without papers',
  },
  advice:
    'Have the lot weighed again with an auditor present, and ask the holder for the papers of what came and went since the last count. A mistyped mass is corrected by `event.corrected`, which closes it; a lot that is really gone is ended by `lot.closed`, and the count is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ stockDiffers: { severity, tolerance } }) =>
    `A counted mass that differs by more than ${tolerance / 1e4} %; a lot missing that the ledger says is held; a lot found that it says is consumed or closed: ${severity}.`,
  standard: 'ITSCI stock reconciliation; OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byContradiction,
  scope: ['chains'],
  needs: 'more',
  ...judgesEach(['stock.counted'], (count, facts, parameters: Parameters) => {
    const differences = [...found(count, facts, parameters), ...missing(count, facts)];
    const [first] = differences;
    if (first === undefined) return [];
    return [
      {
        severity: parameters.stockDiffers.severity,
        lots: differences.map(({ lot }) => lot),
        measured: first.measured,
        threshold: first.threshold,
        detail: `A count of ${count.event.iss} differs from the ledger in ${countOf(differences.length, 'lot')}.`,
      },
    ];
  }),
};
