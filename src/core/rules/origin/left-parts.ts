import type { Grade } from '../../event/quantity-claims.js';
import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { measureBefore } from '../engine/lot-history.js';
import { countryOfPlace } from '../engine/registry.js';
import type { Filing } from '../engine/subjects.js';
import { type Leaving, fortnightOf, isLeaving, massAtLeaving } from './left-lots.js';

/**
 * Lots that left together and may have become one: those of one entry, all that one holder closed on a day, and each two of
 * a holder that closed few. More lots than these are equal in sum by chance.
 */

const DAY = 86_400_000;
/** Closings of a mineral in a country within a fortnight that are looked through at most, and lots of them. */
const MOST_CLOSINGS = 40;
const MOST_LOTS = 80;
/** Lots of one holder of which each two are looked at, at most. */
const MOST_PAIRED = 6;

/** A lot that left, with what is known of it. */
interface Part {
  leaving: Leaving;
  lot: string;
  mass: bigint;
  grades: readonly Grade[];
}

/** Lots that left, taken as one. */
export interface LeftTogether {
  lots: readonly string[];
  leavings: readonly Leaving[];
  mass: bigint;
  grades: readonly Grade[];
}

const closedSubject = (mineral: string, country: string, fortnight: number): string =>
  `closed-in:${mineral}/${country}/${fortnight}`;

/** Lists the subjects of an entry that closes lots: of its fortnight and of the next. */
export function closedIn(entry: JudgedEvent, facts: Facts): Filing[] {
  if (!isType(entry, 'lot.closed')) return [];
  const country = countryOfPlace(facts, entry);
  if (country === null) return [];
  const at = entry.event.occurredAtMs;
  const minerals = new Set(entry.event.payload.lots.flatMap(({ lot }) => facts.lots.get(lot)?.mineral ?? []));
  return [...minerals].flatMap((mineral) =>
    [0, 1].map((later) => ({ subject: closedSubject(mineral, country, fortnightOf(at) + later), at })),
  );
}

/** Returns the subject of closings that a declaration of a mineral reads; null: its country is not known. */
function readOf(entry: JudgedEvent, mineral: string, facts: Facts): string | null {
  const country = countryOfPlace(facts, entry);
  return country === null ? null : closedSubject(mineral, country, fortnightOf(entry.event.occurredAtMs));
}

/** Lists the subjects of closings that a declaration reads. */
export function readsClosed(entry: JudgedEvent, facts: Facts): string[] {
  if (!isType(entry, 'lot.declared')) return [];
  const minerals = new Set(entry.event.payload.outputs.map(({ mineral }) => mineral));
  return [...minerals].flatMap((mineral) => readOf(entry, mineral, facts) ?? []);
}

/** Lists the closings before a declaration that are looked through; none if there are too many to mean anything. */
function closingsBefore(entry: JudgedEvent, subject: string, { about }: Pick<Facts, 'about'>): Leaving[] {
  const closings = (about.get(subject) ?? []).filter(isLeaving).filter(({ index }) => index < entry.index);
  const lots = closings.reduce((sum, { event }) => sum + event.payload.lots.length, 0);
  return closings.length > MOST_CLOSINGS || lots > MOST_LOTS ? [] : closings;
}

/** Lists the lots that are looked at, whose chains are read. */
export const lotsLeftBefore = (facts: Facts): string[] =>
  facts.entries.flatMap((entry) =>
    readsClosed(entry, facts).flatMap((subject) =>
      closingsBefore(entry, subject, facts).flatMap(({ event }) => event.payload.lots.map(({ lot }) => lot)),
    ),
  );

/** Lists the lots of a mineral that an entry takes out of the ledger, with their masses and grades. */
function partsOf(leaving: Leaving, mineral: string, facts: Facts): Part[] {
  return leaving.event.payload.lots.flatMap(({ lot }) => {
    const mass = facts.lots.get(lot)?.mineral === mineral ? massAtLeaving(leaving, lot, facts) : null;
    const grades = measureBefore(facts.chains.get(lot) ?? [], lot, leaving.index)?.grades ?? [];
    return mass === null ? [] : [{ leaving, lot, mass, grades }];
  });
}

/** Returns the mean grades of parts, by mass; of those that all of them have. */
function meanGrades(parts: readonly Part[], mass: bigint): Grade[] {
  return (parts[0]?.grades ?? []).flatMap((grade) => {
    const same = parts.map(({ grades }) =>
      grades.find(({ analyte, basis }) => analyte === grade.analyte && basis === grade.basis),
    );
    if (!same.every((one) => one !== undefined)) return [];
    const contained = parts.reduce((sum, part, i) => sum + part.mass * gradeInPartsPerMillion(same[i] as Grade), 0n);
    return [{ ...grade, value: `${contained / mass}`, uom: '59' as const }];
  });
}

function together(parts: readonly Part[]): LeftTogether {
  const mass = parts.reduce((sum, part) => sum + part.mass, 0n);
  return {
    lots: parts.map(({ lot }) => lot),
    leavings: [...new Set(parts.map(({ leaving }) => leaving))],
    mass,
    grades: meanGrades(parts, mass),
  };
}

/** Groups parts by a name. */
function groupsBy(parts: readonly Part[], nameOf: (part: Part) => string): Part[][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) groups.set(nameOf(part), [...(groups.get(nameOf(part)) ?? []), part]);
  return [...groups.values()];
}

/** Lists the lots that left one entry together, if there are several. */
export function leftInOne(leaving: Leaving, mineral: string, facts: Facts): LeftTogether[] {
  const parts = partsOf(leaving, mineral, facts);
  return parts.length < 2 ? [] : [together(parts)];
}

/** Lists what may have become one new lot of a mineral: what a holder closed on one day in several entries, and pairs. */
export function leftInParts(entry: JudgedEvent, mineral: string, facts: Facts): LeftTogether[] {
  const subject = readOf(entry, mineral, facts);
  const closings = subject === null ? [] : closingsBefore(entry, subject, facts);
  const parts = closings.flatMap((leaving) => partsOf(leaving, mineral, facts));
  const ofDays = groupsBy(parts, ({ leaving: { event } }) => `${event.iss} ${Math.floor(event.occurredAtMs / DAY)}`);
  const ofHolders = groupsBy(parts, ({ leaving }) => leaving.event.iss).filter(({ length }) => length <= MOST_PAIRED);
  const pairs = ofHolders.flatMap((own) => own.flatMap((one, i) => own.slice(i + 1).map((other) => [one, other])));
  const groups = new Map([...ofDays, ...pairs].map((group) => [group.map(({ lot }) => lot).join(), group]));
  return [...groups.values()].filter(({ length }) => length > 1).map(together);
}
