import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { gradeInPartsPerMillion, milligrams } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { durationText, massText } from '../../words.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import { measureBefore } from '../engine/lot-history.js';
import { countryOfPlace } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';
import { type Leaving, isLeaving, leftAlike, massAtLeaving } from './left-lots.js';

const schema = {
  declaredAgain: z.strictObject({
    severity: parameter.severity.default('medium'),
    mass: parameter.partsPerMillion
      .default(2_500)
      .describe('Difference of mass up to which two lots may be one, parts per million; 5000 at most count'),
    grade: parameter.partsPerMillion
      .default(2_000)
      .describe('Difference of each grade that both have, parts per million of it'),
    days: parameter.days.default(14).describe('Days after a lot left within which it may come back as new'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Declaration = JudgedOf<'lot.declared'>;
type Output = Declaration['event']['payload']['outputs'][number];

const DAY = 86_400_000;
const MILLION = 1_000_000n;

const isNear = (one: bigint, other: bigint, tolerance: number): boolean =>
  (one > other ? one - other : other - one) * MILLION <= other * BigInt(tolerance);

/** Returns whether two lots have a grade in common, and no grade in which they differ. */
function haveSameGrades(one: readonly Grade[], other: readonly Grade[], tolerance: number): boolean {
  const pairs = one.flatMap((grade) => {
    const same = other.find(({ analyte, basis }) => analyte === grade.analyte && basis === grade.basis);
    return same === undefined ? [] : [[gradeInPartsPerMillion(grade), gradeInPartsPerMillion(same)] as const];
  });
  return pairs.length > 0 && pairs.every(([a, b]) => isNear(a, b, tolerance));
}

/** Returns whether a lot was closed because its record was wrong: its holder declares it again. */
const isMistake = ({ event }: Leaving, by: string): boolean =>
  event.type === 'lot.closed' &&
  (event.payload.duplicateOf !== undefined ||
    (event.iss === by && !/^(left|sold|export|deliver|end ?use)/i.test(event.payload.reason)));

interface Match {
  output: Output;
  lot: string;
  leaving: Leaving;
  mass: bigint;
}

/** Lists lots that left shortly before a new one of their mass and grades was declared in the same country. */
function matchesOf(entry: Declaration, output: Output, facts: Facts, { declaredAgain }: Parameters): Match[] {
  const { event } = entry;
  const mass = milligrams(output.mass);
  const country = countryOfPlace(facts, entry);
  const left = facts.about.get(leftAlike(output.mineral, mass, event.occurredAtMs)) ?? [];
  return left.filter(isLeaving).flatMap((leaving) => {
    // A leaving that is entered later would be found or not by what else was judged with the declaration.
    if (leaving.index >= entry.index) return [];
    const since = event.occurredAtMs - leaving.event.occurredAtMs;
    if (since < 0 || since > declaredAgain.days * DAY || isMistake(leaving, event.iss)) return [];
    if (country === null || countryOfPlace(facts, leaving) !== country) return [];
    return leaving.event.payload.lots.flatMap(({ lot }) => {
      const before = massAtLeaving(leaving, lot, facts);
      const grades = measureBefore(facts.chains.get(lot) ?? [], lot, leaving.index)?.grades ?? [];
      const isSame =
        before !== null &&
        isNear(mass, before, declaredAgain.mass) &&
        haveSameGrades(output.grades ?? [], grades, declaredAgain.grade);
      return isSame ? [{ output, lot, leaving, mass: before }] : [];
    });
  });
}

function observe(
  { output, lot, leaving, mass }: Match,
  { event }: Declaration,
  parameters: Parameters,
): EventObservation {
  const { type, iss, occurredAt, occurredAtMs } = leaving.event;
  const now = milligrams(output.mass);
  const method = event.payload.method === undefined ? '' : ` (${event.payload.method})`;
  return {
    severity: parameters.declaredAgain.severity,
    cause: `${lot}:${output.lot}`,
    lots: [output.lot, lot],
    events: [leaving.event.id, event.id],
    measured: massText(now, output.mineral),
    threshold: `another lot than ${massText(mass, output.mineral)} that left`,
    detail: `${event.iss} declares ${massText(now, output.mineral)} of ${output.mineral}${method} as new, ${durationText(event.occurredAtMs - occurredAtMs)} after ${iss} entered ${type} (${occurredAt.slice(0, 10)}) for a lot of ${massText(mass, output.mineral)} with the same grades in the same country. Likeliest: chance, or a record begun again; or the goods came back under another origin.`,
  };
}

export const declaredAgain: Rule<typeof schema> = {
  id: 'declared-again',
  version: 1,
  group: 'origin',
  title: 'Gone, and back as new',
  means:
    'A lot left the ledger or was exported, and within a fortnight one of the same mass and the same grades was declared as new in the same country: the goods may have changed their name and their origin.',
  doesNotMean:
    'That both are one: masses and grades coincide now and then. A lot that its holder closed as a mistaken record and declared again is not meant.',
  advice:
    'Ask who declared the new lot for the purchase papers of its parts, and who closed the old one where it went. A shared serial number or a second assay settles it; what is explained is named in `finding.answered`.',
  parameters: schema,
  describe: ({ declaredAgain: { severity, mass, grade, days } }) =>
    `A \`lot.declared\` within ${days} days after a \`lot.closed\` or \`lot.exported\` at places of one country, of a mass within ${mass / 1e4} % and with each grade that both have within ${grade / 1e4} % of it: ${severity}.`,
  standard: 'LBMA Responsible Gold Guidance (recycled gold); OECD Due Diligence Guidance, Supplement on Gold',
  evidence: byTrade,
  scope: ['chains', 'about'],
  needs: 'more',
  ...judgesEach(['lot.declared'], (entry, facts, parameters: Parameters) =>
    entry.event.payload.outputs.flatMap((output) =>
      matchesOf(entry, output, facts, parameters).map((match) => observe(match, entry, parameters)),
    ),
  ),
};
