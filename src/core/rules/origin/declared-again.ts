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
import type { gradeUnusual } from '../mass/grade-unusual.js';
import { sourceOf } from '../mass/source-of-goods.js';
import * as parameter from '../engine/parameter.js';
import { type Leaving, isLeaving, leftAlike, massAtLeaving } from './left-lots.js';
import { type LeftTogether, leftInOne, leftInParts } from './left-parts.js';

const schema = {
  declaredAgain: z.strictObject({
    severity: parameter.severity.default('medium'),
    mass: parameter.partsPerMillion
      .default(2_500)
      .describe('Difference of mass up to which two lots may be one, parts per million; 5000 at most count'),
    grade: parameter.partsPerMillion
      .default(2_000)
      .describe('Difference of each grade that both have, parts per million of it'),
    recastMass: parameter.partsPerMillion
      .default(5_000)
      .describe('The same of mass where recycled gold is declared and the contained gold is within `mass`'),
    days: parameter.days.default(14).describe('Days after a lot left within which it may come back as new'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof gradeUnusual.parameters>;

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

type Measured = { mass: bigint; grades: readonly Grade[] };

/** Returns the gold in a lot, in parts per million of mg; null if its fineness is not stated. */
function goldIn({ mass, grades }: Measured): bigint | null {
  const grade = grades.find(({ analyte }) => analyte === 'Au');
  return grade === undefined ? null : mass * gradeInPartsPerMillion(grade);
}

/** Returns whether one lot of gold was molten again to make the other: a little lighter, and about as much finer. */
function isRecast(now: Measured, before: Measured, { mass, recastMass }: Parameters['declaredAgain']): boolean {
  const [gold, goldBefore] = [goldIn(now), goldIn(before)];
  if (gold === null || goldBefore === null || now.mass > before.mass) return false;
  return isNear(now.mass, before.mass, recastMass) && isNear(gold, goldBefore, mass);
}

/** Returns whether a declaration is where a lot left: in the same country, or in that of an export which never imported it. */
function isWhereItLeft(entry: Declaration, leaving: Leaving, lot: string, facts: Facts): boolean {
  const country = countryOfPlace(facts, entry);
  if (country === null) return false;
  if (countryOfPlace(facts, leaving) === country) return true;
  if (leaving.event.type !== 'lot.exported' || leaving.event.payload.destination !== country) return false;
  const chain = facts.chains.get(lot) ?? [];
  return !chain.some(({ event, index }) => event.type === 'lot.imported' && index < entry.index);
}

interface Match extends LeftTogether {
  output: Output;
}

/** Lists what left alone, with the lots and masses of each entry. */
const leftAlone = (leaving: Leaving, facts: Facts): LeftTogether[] =>
  leaving.event.payload.lots.flatMap(({ lot }) => {
    const mass = massAtLeaving(leaving, lot, facts);
    const grades = measureBefore(facts.chains.get(lot) ?? [], lot, leaving.index)?.grades ?? [];
    return mass === null ? [] : [{ lots: [lot], leavings: [leaving], mass, grades }];
  });

/** Returns whether what left is what is declared as new: in time, where it left, with its mass and grades. */
function isAgain(
  entry: Declaration,
  output: Output,
  left: LeftTogether,
  facts: Facts,
  parameters: Parameters,
): boolean {
  const { declaredAgain } = parameters;
  const { event } = entry;
  const isInTime = left.leavings.every((leaving) => {
    const since = event.occurredAtMs - leaving.event.occurredAtMs;
    // A leaving that is entered later would be found or not by what else was judged with the declaration.
    const isBefore = leaving.index < entry.index && since >= 0 && since <= declaredAgain.days * DAY;
    return isBefore && !isMistake(leaving, event.iss);
  });
  const now = { mass: milligrams(output.mass), grades: output.grades ?? [] };
  if (!isInTime) return false;
  const isSame =
    isNear(now.mass, left.mass, declaredAgain.mass) && haveSameGrades(now.grades, left.grades, declaredAgain.grade);
  const isRecycled = sourceOf(entry, parameters) === 'recycled';
  if (!isSame && !(isRecycled && isRecast(now, left, declaredAgain))) return false;
  return left.leavings.every((leaving) =>
    leaving.event.payload.lots
      .filter(({ lot }) => left.lots.includes(lot))
      .every(({ lot }) => isWhereItLeft(entry, leaving, lot, facts)),
  );
}

/** Lists lots, and lots that left together, that left shortly before a new one of their mass and grades in the same country. */
function matchesOf(entry: Declaration, output: Output, facts: Facts, parameters: Parameters): Match[] {
  const { mineral } = output;
  const alike = leftAlike(mineral, milligrams(output.mass), entry.event.occurredAtMs);
  const leavings = (facts.about.get(alike) ?? []).filter(isLeaving);
  const matching = (left: readonly LeftTogether[]): Match[] =>
    left.filter((one) => isAgain(entry, output, one, facts, parameters)).map((one) => ({ ...one, output }));
  const alone = matching(leavings.flatMap((leaving) => leftAlone(leaving, facts)));
  if (alone.length > 0) return alone;
  const inOne = matching(leavings.flatMap((leaving) => leftInOne(leaving, mineral, facts)));
  return inOne.length > 0 ? inOne : matching(leftInParts(entry, mineral, facts));
}

function observe(
  { output, lots, leavings, mass }: Match,
  { event }: Declaration,
  parameters: Parameters,
): EventObservation {
  const [first] = leavings;
  const { type = '', iss = '', occurredAt = '', occurredAtMs = 0 } = first?.event ?? {};
  const now = milligrams(output.mass);
  const method = event.payload.method === undefined ? '' : ` (${event.payload.method})`;
  const what = lots.length === 1 ? 'a lot of' : `${lots.length} lots of together`;
  return {
    severity: parameters.declaredAgain.severity,
    cause: `${lots.slice(0, 4).join('+')}:${output.lot}`,
    lots: [output.lot, ...lots],
    events: [...leavings.map((leaving) => leaving.event.id), event.id],
    measured: massText(now, output.mineral),
    threshold: `another lot than ${massText(mass, output.mineral)} that left`,
    detail: `${event.iss} declares ${massText(now, output.mineral)} of ${output.mineral}${method} as new, ${durationText(event.occurredAtMs - occurredAtMs)} after ${iss} entered ${type} (${occurredAt.slice(0, 10)}) for ${what} ${massText(mass, output.mineral)} with the same grades, or the same gold in it. Likeliest: chance, or a record begun again; at worst the goods came back under another origin. Serial numbers, a second assay, and the purchase papers of the new lot settle it.`,
  };
}

export const declaredAgain: Rule<typeof schema, Parameters> = {
  id: 'declared-again',
  version: 3,
  group: 'origin',
  title: 'Gone, and back as new',
  means:
    'A lot, or several together, left the ledger or was exported, and within a fortnight one of the same mass and the same grades was declared as new in the same country, or in the one to which it was exported and where it was never imported: the goods may have changed their name and their origin.',
  doesNotMean:
    'That both are one: masses and grades coincide now and then. A lot that its holder closed as a mistaken record and declared again is not meant.',
  causes: {
    innocent: 'chance, or a record begun again',
    bad: 'goods came back under another origin',
  },
  advice:
    'Ask the signer of the new lot for the purchase papers of its parts, and the one who closed the old lot where it went. A shared serial number or a second assay settles it; what is explained is named in `finding.answered`.',
  parameters: schema,
  describe: ({ declaredAgain: { severity, mass, grade, recastMass, days } }) =>
    `A \`lot.declared\` within ${days} days after a \`lot.closed\` or \`lot.exported\` at places of one country, of a mass within ${mass / 1e4} % and with each grade that both have within ${grade / 1e4} % of it; or, if it is declared as recycled, up to ${recastMass / 1e4} % lighter and with as much gold within ${mass / 1e4} %: ${severity}. The same for lots together, with their mean grades: those of one entry, those that one holder closed on one day, and each two of a holder that closed at most 6, if at most 40 entries closed such mineral in the country in that fortnight. Also in the country that is the \`destination\` of the export, if no \`lot.imported\` came before.`,
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
