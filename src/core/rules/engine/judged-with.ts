import { type Facts, type JudgedEvent, type JudgedOf, isType, lotsOf } from './facts.js';
import { entryBefore } from './lot-history.js';
import { weighingsToJudge } from '../mass/mass-comparisons.js';

/**
 * Entries that rules re-evaluate because a later entry answers, continues or weighs them. Rules judge such an entry
 * with all of its lots, so all their chains must be loaded: the rules and the loader of facts both use these functions.
 */

type JudgedFacts = Pick<Facts, 'entries' | 'chains'>;

/** Lists dispatches among the entries, and those that the entries answer or recall, without repetition. */
export function dispatchesToJudge({ entries, chains }: JudgedFacts): JudgedOf<'custody.dispatched'>[] {
  const dispatches = new Map<number, JudgedOf<'custody.dispatched'>>();
  const add = (entry: JudgedEvent | undefined): void => {
    if (entry !== undefined && isType(entry, 'custody.dispatched')) dispatches.set(entry.index, entry);
  };
  for (const entry of entries) {
    add(entry);
    if (!isType(entry, 'custody.received') && !isType(entry, 'custody.recalled') && !isType(entry, 'custody.assigned'))
      continue;
    for (const { lot, prev } of entry.event.payload.lots)
      add(chains.get(lot)?.findLast(({ event }) => event.id === prev));
  }
  return [...dispatches.values()];
}

/** Lists the lots that a receipt rejects. */
export const rejectedLots = ({ event }: JudgedOf<'custody.received'>): string[] =>
  event.payload.lots.filter(({ outcome }) => outcome === 'rejected').map(({ lot }) => lot);

/** Lists receipts that reject a lot: among the entries, and those directly before an entry on the lot's chain. */
export function rejectionsToJudge({ entries, chains }: JudgedFacts): JudgedOf<'custody.received'>[] {
  const found = new Map<string, JudgedOf<'custody.received'>>();
  for (const entry of entries)
    for (const one of [entry, ...lotsOf(entry).map((lot) => entryBefore({ chains }, lot, entry.index))])
      if (one !== null && isType(one, 'custody.received') && rejectedLots(one).length > 0) found.set(one.event.id, one);
  return [...found.values()];
}

/** Lists every entry that is judged together with these entries, with all of its lots. */
export const judgedWith = (facts: JudgedFacts): JudgedEvent[] => [
  ...dispatchesToJudge(facts),
  ...rejectionsToJudge(facts),
  ...weighingsToJudge(facts),
];

/** Returns whether an event is the newest of a lot. Throws if the lot's chain is not loaded. */
export function isHead(lot: string, event: string, { chains }: Pick<Facts, 'chains'>): boolean {
  const chain = chains.get(lot);
  if (chain === undefined) throw new Error(`The chain of lot ${lot} is not loaded.`);
  return chain.at(-1)?.event.id === event;
}
