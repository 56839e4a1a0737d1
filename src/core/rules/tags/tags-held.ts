import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { siteBelow } from '../engine/registry.js';
import { type AmountFiling, type Filing, tagsPutOn } from '../engine/subjects.js';

/**
 * Tags that operators of sites got, and what became of them: by day, as sums. A count of the tags that are left is compared
 * with the count before it, at a cost that does not depend on what was used earlier.
 */

const DAY = 86_400_000;
/** Days between two counts that are compared at most. */
const MOST_DAYS_BETWEEN = 366;

/** Tags that an actor gave back, with a count of those that are left. */
type TagCount = JudgedOf<'tags.voided'>;

const issuedSubject = (actor: string): string => `tags-issued-to:${actor}`;
const countedSubject = (actor: string): string => `tags-counted:${actor}`;
const goneSubject = (actor: string, day: number): string => `tags-gone:${actor}/${day}`;

const dayOfEvent = ({ event }: Pick<JudgedEvent, 'event'>): number => Math.floor(event.occurredAtMs / DAY);

/** Returns the operator that got a tag; null if it was not issued before the entry, or its site is not loaded. */
function holderOf(tag: string, index: number, facts: Facts): string | null {
  const issue = facts.tagIssues.get(tag)?.find((one) => one.index < index);
  return issue === undefined ? null : (siteBelow(facts, issue.site, issue.index + 1)?.operator ?? null);
}

/** Returns whether an entry is the first that uses a tag. */
const isFirstUse = (tag: string, index: number, { tagUses }: Facts): boolean =>
  (tagUses.get(tag) ?? []).every((use) => use.index >= index);

/** Lists the tags that leave the stock of an operator by an entry: put on for the first time, or void before that. */
function tagsGone(entry: JudgedEvent, facts: Facts): string[] {
  const tags = isType(entry, 'tags.voided') ? entry.event.payload.tags : tagsPutOn(entry).map(({ tag }) => tag);
  return [...new Set(tags)].filter((tag) => isFirstUse(tag, entry.index, facts));
}

/** Lists what an entry adds to the tags of operators: issues, counts, and the number that is gone on its day. */
export function movedTags(entry: JudgedEvent, facts: Facts): (Filing | AmountFiling)[] {
  const { event, index } = entry;
  const at = event.occurredAtMs;
  if (event.type === 'tags.issued') {
    const operator = siteBelow(facts, event.payload.site, index + 1)?.operator;
    return operator === undefined ? [] : [{ subject: issuedSubject(operator), at }];
  }
  const gone = new Map<string, bigint>();
  for (const tag of tagsGone(entry, facts)) {
    const holder = holderOf(tag, index, facts);
    if (holder !== null) gone.set(holder, (gone.get(holder) ?? 0n) + 1n);
  }
  const counted = countOf(entry);
  return [
    ...[...gone].map(([holder, amount]) => ({ subject: goneSubject(holder, dayOfEvent(entry)), at, amount })),
    ...(counted === null ? [] : [{ subject: countedSubject(counted.actor), at }]),
  ];
}

/** Returns a count of the tags that an actor has left, as an entry states it; null: it states none. */
export function countOf({ event }: JudgedEvent): { actor: string; stock: number } | null {
  if (event.type !== 'tags.voided') return null;
  const { returnedBy, stock } = event.payload;
  return returnedBy === undefined || stock === undefined ? null : { actor: returnedBy, stock };
}

/** Returns the number of tags that an actor got on each day, as far as it is loaded. */
export function issuedTo(actor: string, { about }: Pick<Facts, 'about'>): Map<number, number> {
  const days = new Map<number, number>();
  for (const entry of about.get(issuedSubject(actor)) ?? []) {
    if (!isType(entry, 'tags.issued')) continue;
    const { from, to } = entry.event.payload;
    days.set(dayOfEvent(entry), (days.get(dayOfEvent(entry)) ?? 0) + to - from + 1);
  }
  return days;
}

/** Returns the number of an actor's tags that were used or void on a day. */
export const goneOn = (actor: string, day: number, { totals }: Pick<Facts, 'totals'>): number =>
  Number(totals.get(goneSubject(actor, day)) ?? 0n);

/** Caches what entries move: the loader asks for it several times. */
const movedBy = new WeakMap<Facts, readonly { actor: string; day: number }[]>();

/** Lists the actors whose tags the entries move, each with the day. */
function moved(facts: Facts): readonly { actor: string; day: number }[] {
  const known = movedBy.get(facts);
  if (known !== undefined) return known;
  const listed = facts.entries.flatMap((entry) =>
    movedTags(entry, facts).map(({ subject }) => ({
      actor: subject.slice(subject.indexOf(':') + 1).replace(/\/\d+$/, ''),
      day: dayOfEvent(entry),
    })),
  );
  movedBy.set(facts, listed);
  return listed;
}

/** Lists the subjects of counts and issues of the actors whose tags the entries move. */
export const readsOfTags = (facts: Facts): string[] => [
  ...new Set(moved(facts).flatMap(({ actor }) => [countedSubject(actor), issuedSubject(actor)])),
];

/** A count, and the one before it; null: there is none. */
export interface CountPair {
  actor: string;
  count: TagCount;
  before: TagCount | null;
}

/** Lists the counts of which the entries move a tag: the next on its day or later, and the one after that. */
export function countsToJudge(facts: Facts): CountPair[] {
  const pairs = new Map<string, CountPair>();
  for (const { actor, day } of moved(facts)) {
    const counts = (facts.about.get(countedSubject(actor)) ?? [])
      .filter((entry) => isType(entry, 'tags.voided'))
      .toSorted((a, b) => a.event.occurredAtMs - b.event.occurredAtMs || a.index - b.index);
    const next = counts.findIndex((entry) => dayOfEvent(entry) >= day);
    const sameDay = counts.filter((entry) => dayOfEvent(entry) === day).length;
    if (next < 0) continue;
    for (const [i, count] of counts.slice(next, next + sameDay + 1).entries())
      pairs.set(count.event.id, { actor, count, before: counts[next + i - 1] ?? null });
  }
  return [...pairs.values()];
}

/** Returns the day from which tags are counted up to a count: that of the count before, else of the first issue. */
export function daysOf({ actor, count, before }: CountPair, facts: Facts): { from: number; to: number } | null {
  const from = before === null ? Math.min(...issuedTo(actor, facts).keys()) : dayOfEvent(before);
  const to = dayOfEvent(count);
  return to - from > MOST_DAYS_BETWEEN || from > to ? null : { from, to };
}

/** Lists the sums of days that the counts to judge need. */
export const sumsOfTags = (facts: Facts): string[] =>
  countsToJudge(facts).flatMap((pair) => {
    const days = daysOf(pair, facts);
    return days === null
      ? []
      : Array.from({ length: days.to - days.from + 1 }, (_, i) => goneSubject(pair.actor, days.from + i));
  });
