import * as z from 'zod';
import { linksOf } from '../../custody/links.js';
import { milligrams } from '../../custody/quantity.js';
import type { AditEvent } from '../../event/event.js';
import { type Facts, type JudgedEvent, type JudgedOf, lotsOf } from './facts.js';
import { statedOf } from './lot-history.js';
import * as parameter from './parameter.js';
import type { ValuesOf } from './rule.js';
import { documentSubject, papersOf, serialSubject, serialsGiven } from './subjects.js';

/**
 * One bag that was recorded twice and whose second record its holder closed: shared tags and documents then belong to
 * one lot. Only a record that stayed with its first holder can end so; goods that were handed over, used or exported
 * did exist.
 */

export const duplicateSchema = {
  duplicateRecord: z.strictObject({
    tolerance: parameter.partsPerMillion
      .default(50_000)
      .describe('Difference of mass up to which two records may be of one thing, parts per million: two scales'),
  }),
};
type Parameters = ValuesOf<typeof duplicateSchema>;

const MILLION = 1_000_000n;
/** Event types that a lot may have without any custody but its first holder's. */
const KEPT = new Set(['lot.measured', 'lot.sealed']);
/** Length of the chain of a second record at most; a longer chain is not loaded for it. */
export const MAX_RECORD = 20;
const LOT_ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Returns whether a closing states that its lots were recorded twice: in `duplicateOf`, or as its reason. */
const saysDuplicate = (event: AditEvent): event is JudgedOf<'lot.closed'>['event'] =>
  event.type === 'lot.closed' &&
  (event.payload.duplicateOf !== undefined || /^duplicate\b/i.test(event.payload.reason));

/** Lists the lots that a closing names as the valid record; empty: it names none. */
function goodLots({ payload }: JudgedOf<'lot.closed'>['event']): readonly string[] {
  return payload.duplicateOf === undefined ? (payload.reason.match(LOT_ID) ?? []) : [payload.duplicateOf];
}

/** Lists the lots that some entries close as duplicates, whose chains must be re-evaluated. */
export const lotsClosedAsDuplicates = (entries: readonly JudgedEvent[]): string[] =>
  entries.flatMap((entry) => (saysDuplicate(entry.event) ? entry.event.payload.lots.map(({ lot }) => lot) : []));

/**
 * Returns the event that closed a lot as a duplicate, if its whole chain is loaded and shows no handover. Each event
 * names the one before, so none can be missing.
 */
export function closingOfDuplicate(lot: string, chain: readonly AditEvent[]): JudgedOf<'lot.closed'>['event'] | null {
  const [birth, closing] = [chain[0], chain.at(-1)];
  if (birth === undefined || closing === undefined || !isBirth(birth, lot) || !saysDuplicate(closing)) return null;
  if (chain.length > MAX_RECORD) return null;
  const kept = chain.slice(1).every((event, i) => {
    const link = linksOf(event).find((each) => each.lot === lot);
    return link?.prev === chain[i]?.id && (event === closing || KEPT.has(event.type));
  });
  return kept ? closing : null;
}

const isBirth = ({ payload }: AditEvent, lot: string): boolean =>
  'outputs' in payload && payload.outputs.some((output) => output.lot === lot);

/** Returns whether two lots may be records of one thing: one mineral, and masses within tolerance. */
function areAlike(one: string, other: string, { chains }: Pick<Facts, 'chains'>, parameters: Parameters): boolean {
  const [a, b] = [one, other].map((lot) => {
    const birth = chains.get(lot)?.find(({ event }) => isBirth(event, lot));
    const said = birth === undefined ? null : statedOf(birth, lot);
    if (said?.mass === undefined) return null;
    return { mass: milligrams(said.mass), mineral: 'mineral' in said ? said.mineral : undefined };
  });
  if (a === null || b === null || a === undefined || b === undefined) return false;
  if (a.mineral !== undefined && b.mineral !== undefined && a.mineral !== b.mineral) return false;
  const [less, more] = a.mass < b.mass ? [a.mass, b.mass] : [b.mass, a.mass];
  return (more - less) * MILLION <= more * BigInt(parameters.duplicateRecord.tolerance);
}

/** Returns whether a lot was closed as a second record of one of the others. */
export function isClosedDuplicate(
  lot: string,
  others: readonly string[],
  facts: Pick<Facts, 'chains'>,
  parameters: Parameters,
): boolean {
  const chain = facts.chains.get(lot) ?? [];
  const closing = closingOfDuplicate(
    lot,
    chain.map(({ event }) => event),
  );
  if (closing === null) return false;
  const named = goodLots(closing);
  return others.some(
    (other) =>
      other !== lot && (named.length === 0 || named.includes(other)) && areAlike(lot, other, facts, parameters),
  );
}

/** Lists the lots that share a tag, a serial number or a document, by what they share: one may be a duplicate. */
export function lotsThatShare(facts: Pick<Facts, 'entries' | 'tagUses' | 'about'>): string[][] {
  const groups = [...facts.tagUses.values()].map((uses) => uses.map(({ lot }) => lot));
  for (const entry of facts.entries) {
    for (const { serial } of serialsGiven(entry)) groups.push(lotsGiven(serial, facts));
    for (const digest of papersOf(entry))
      groups.push((facts.about.get(documentSubject(digest)) ?? []).flatMap((other) => lotsOf(other)));
  }
  return groups.map((lots) => [...new Set(lots)]).filter(({ length }) => length > 1);
}

const lotsGiven = (serial: string, { about }: Pick<Facts, 'about'>): string[] =>
  (about.get(serialSubject(serial)) ?? []).flatMap((entry) =>
    serialsGiven(entry).flatMap((given) => (given.serial === serial ? [given.lot] : [])),
  );
