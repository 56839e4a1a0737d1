import * as z from 'zod';
import { byMassBalance } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { massText } from '../../words.js';
import { judgesEach, ofTypes } from '../engine/each-event.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { capacitiesOf, siteFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';
import type { siteOverCapacity } from '../origin/site-over-capacity.js';

const schema = {
  massImplausible: z.strictObject({
    severity: parameter.severity.default('high'),
    kilogramsPerTag: parameter.kilogramsText.default('2500').describe('Capacity of one tagged bag or drum, kg'),
    kilogramsPerPackage: z
      .record(z.string(), parameter.kilogramsText)
      .default({ bag: '250', sack: '250', drum: '1500', bigbag: '3000', container: '30000', truck: '60000' })
      .describe('Capacity of each kind of package, kg'),
    monthsOfSite: z.int().min(1).default(3).describe("Months of a site's production that one lot can be at most"),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof siteOverCapacity.parameters>;

type Output = JudgedOf<'lot.declared'>['event']['payload']['outputs'][number];

const DAY = 86_400_000;

const mg = (text: string): bigint => milligrams({ value: text, uom: 'KGM' });
const said = (mass: bigint): string => `${kilograms(mass).value} KGM`;

/** A lot's mass at most, and the reason in words, which few lots need. */
interface Bound {
  most: bigint;
  by: () => string;
}

/** Returns the capacity of a lot's packages, or else of its tags; null if it names neither. */
function packageBound({ packages, tags = [] }: Output, { massImplausible }: Parameters): Bound | null {
  if (packages !== undefined) {
    const kind = packages.kind.toLowerCase();
    const each = massImplausible.kilogramsPerPackage[kind];
    if (each !== undefined)
      return { most: mg(each) * BigInt(packages.count), by: () => `${packages.count} ${kind}, ${each} kg each` };
  }
  if (tags.length === 0) return null;
  const each = massImplausible.kilogramsPerTag;
  return {
    most: mg(each) * BigInt(tags.length),
    by: () => `${tags.length === 1 ? '1 tag' : `${tags.length} tags`}, ${each} kg each`,
  };
}

/** Returns what the site's workers mine in the months that one lot can represent; null: their number is unknown. */
function siteBound(
  entry: JudgedOf<'lot.declared'>,
  mineral: string,
  facts: Facts,
  parameters: Parameters,
): Bound | null {
  const site = siteFacts(facts, entry.event.place?.site ?? '');
  const newest =
    site === null
      ? undefined
      : capacitiesOf(site, parameters.siteOverCapacity).findLast(
          ({ from }) => from <= Math.floor(entry.event.occurredAtMs / DAY),
        );
  if (newest === undefined) return null;
  const { workers, kilogramsPerWorkerMonth } = newest.capacity;
  const each = kilogramsPerWorkerMonth[mineral] ?? parameters.siteOverCapacity.kilogramsPerWorkerMonth[mineral];
  if (each === undefined || workers === 0) return null;
  const { monthsOfSite } = parameters.massImplausible;
  return {
    most: mg(each) * BigInt(workers) * BigInt(monthsOfSite),
    by: () => `${workers} workers, ${each} kg each a month, ${monthsOfSite} months`,
  };
}

/** Lists the limits of a lot's mass: its packages, and its site's production; empty: both are unknown. */
const boundsOf = (entry: JudgedOf<'lot.declared'>, output: Output, facts: Facts, parameters: Parameters): Bound[] =>
  [packageBound(output, parameters), siteBound(entry, output.mineral, facts, parameters)].filter(
    (bound) => bound !== null,
  );

export const massImplausible: Rule<typeof schema, Parameters> = {
  id: 'mass-implausible',
  version: 1,
  group: 'mass',
  title: 'A lot weighs more than it can',
  means:
    'The mass that a lot was declared with is more than its bags or tags can hold, or more than its site digs in months: mostly a wrong unit or decimal point.',
  doesNotMean:
    'That there is no lot: 46.10 kg that were typed as 4610 are a lot too. The right mass is a correction away.',
  causes: {
    innocent: 'a wrong unit or decimal point',
    bad: 'mass is made up, to be filled with foreign ore',
  },
  advice:
    'Ask the signer for the weighing slip: mostly kilograms were typed as tonnes, or a decimal point is missing. It closes when the mass is put right by `event.corrected`; a large lot in few packages is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ massImplausible: { severity, kilogramsPerTag, kilogramsPerPackage, monthsOfSite } }) =>
    `Declared mass of one lot over ${kilogramsPerTag} kg for each tag, or, for each package: ${Object.entries(
      kilogramsPerPackage,
    )
      .map(([kind, most]) => `${kind} ${most} kg`)
      .join(
        ', ',
      )}; or over what the workers of its site dig in ${monthsOfSite} months: ${severity}. Undecided for a lot without tags and packages at a site whose number of workers is not known.`,
  standard: 'ITSCI plausibility checks of data collection',
  evidence: byMassBalance,
  scope: ['about'],
  ...judgesEach(['lot.declared'], (entry, facts, parameters: Parameters) =>
    entry.event.payload.outputs.flatMap((output) => {
      const mass = milligrams(output.mass);
      const [broken] = boundsOf(entry, output, facts, parameters).filter(({ most }) => mass > most);
      if (broken === undefined) return [];
      return [
        {
          severity: parameters.massImplausible.severity,
          cause: output.lot,
          lots: [output.lot],
          measured: said(mass),
          threshold: said(broken.most),
          detail: `A lot of ${entry.event.iss} was declared with ${massText(mass, output.mineral)}; it can hold ${massText(broken.most, output.mineral)} at most (${broken.by()}). Look at the unit (${output.mineral === 'gold' ? 'grams or kilograms' : 'kilograms or tonnes'}) and the decimal point.`,
        },
      ];
    }),
  ),
  undecided: (facts, parameters) =>
    ofTypes(facts.entries, ['lot.declared']).flatMap((entry) => {
      const lots = entry.event.payload.outputs
        .filter((output) => boundsOf(entry, output, facts, parameters).length === 0)
        .map(({ lot }) => lot);
      return lots.length === 0
        ? []
        : [
            {
              subject: entry.event.id,
              lots,
              reason:
                'Neither tags nor packages, nor a known number of workers at the site, say how much the lot can weigh.',
            },
          ];
    }),
};
