import * as z from 'zod';
import { byCapacity } from '../engine/evidence.js';
import { kilograms, milligrams } from '../../custody/quantity.js';
import { type Facts, type JudgedEvent, lotsOf } from '../engine/facts.js';
import { sum } from './mass-balance.js';
import { facilityFacts } from '../engine/registry.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { facilitySubject } from '../engine/subjects.js';
import { facilityOf, throughputOf } from './throughput.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  facilityOverCapacity: z.strictObject({
    severity: parameter.severity.default('high'),
    above: parameter.partsPerMillion
      .default(1_000_000)
      .describe('Share of the rated capacity of a month, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000n;

/** Returns the facilities and months to which the entries add, with the first such entry. */
function toJudge(facts: Facts): Map<string, { facility: string; entry: JudgedEvent }> {
  const judged = new Map<string, { facility: string; entry: JudgedEvent }>();
  for (const entry of facts.entries) {
    const facility = facilityOf(entry, facts);
    if (facility === null) continue;
    for (const { subject } of throughputOf(entry, facts))
      if (!judged.has(subject)) judged.set(subject, { facility, entry });
  }
  return judged;
}

/** Returns what actors other than its operator report as received or made in a facility; none if it has no operator. */
function foreignEntries(entries: readonly JudgedEvent[], facility: string, facts: Facts): JudgedEvent[] {
  const operator = facilityFacts(facts, facility)?.operator ?? null;
  return operator === null ? [] : entries.filter(({ event }) => event.iss !== operator);
}

/** What is received or made by some entries, mg: what was brought is not counted, for that is known by other lots. */
const massOf = (entries: readonly JudgedEvent[], subject: string, facts: Facts): bigint =>
  sum(
    entries
      .filter(({ event }) => event.type === 'custody.received' || subject.startsWith('output:'))
      .flatMap((entry) => throughputOf(entry, facts).filter((added) => added.subject === subject))
      .map(({ amount }) => amount),
  );

function observe(facts: Facts, { facilityOverCapacity }: Parameters): Observation[] {
  return [...toJudge(facts)].flatMap(([subject, { facility, entry }]) => {
    const capacity = facilityFacts(facts, facility)?.capacityPerMonth;
    const total = facts.totals.get(subject);
    if (capacity === undefined || total === undefined) return [];
    const most = milligrams(capacity);
    if (total * MILLION <= most * BigInt(facilityOverCapacity.above)) return [];
    const measured = `${kilograms(total).value} KGM`;
    const all = (facts.about.get(subject) ?? []).filter((one) => one.index < facts.end);
    const foreign = foreignEntries(all, facility, facts);
    const isWithinOwn =
      total - massOf(foreign, subject, facts) <= (most * BigInt(facilityOverCapacity.above)) / MILLION;
    const contributing = isWithinOwn && foreign.length > 0 ? foreign : all;
    return [
      {
        severity: facilityOverCapacity.severity,
        subject,
        cause: 'over-capacity',
        root: facilitySubject(facility),
        lots: [...new Set(contributing.flatMap(lotsOf))].slice(-1_000),
        events: contributing.map(({ event }) => event.id).slice(-1_000),
        measured,
        threshold: `${kilograms(most).value} KGM`,
        detail: `Facility ${facility} ${subject.startsWith('intake:') ? 'took in' : 'made'} ${kilograms(total).value} kg within a month; it is rated for ${kilograms(most).value} kg.`,
        firstIndex: contributing[0]?.index ?? entry.index,
      },
    ];
  });
}

export const facilityOverCapacity: Rule<typeof schema> = {
  id: 'facility-over-capacity',
  version: 3,
  group: 'mass',
  title: 'A plant takes in or makes more than it can',
  means: 'What a facility took in, or made, within a calendar month weighs more than it is rated for.',
  doesNotMean:
    'That the mineral is false: ratings grow old. But more than can be worked may only pass through on paper.',
  causes: {
    innocent: 'a rating that has grown old',
    bad: 'goods pass through on paper alone',
  },
  advice:
    'Ask the operator of the facility for its production records and its rating, and visit it. A wrong mass is corrected by `event.corrected`, which closes it; a rating that has grown old is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ facilityOverCapacity: { severity, above } }) =>
    `Mass that comes into a facility, or is made there, in one month (UTC) above ${above / 1e6} times its \`capacityPerMonth\`: ${severity}. What is received comes in, and what is worked there and was dug, made or received elsewhere; who names no place is at the only facility that he operates. Facilities without a rating are not judged. Where what its operator received or made there is within the rating, only the lots of others who name the facility are counted.`,
  standard: 'RMI RMAP (plausibility of throughput); OECD Due Diligence Guidance, Annex II red flags',
  evidence: byCapacity,
  scope: ['chains', 'about', 'totals'],
  needs: 'more',
  subjects: (facts) => [...toJudge(facts).keys()],
  evaluate: observe,
};
