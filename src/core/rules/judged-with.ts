import { lotsOf } from './each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from './facts.js';
import { entryBefore } from './lot-history.js';
import { weighingsToJudge } from './mass-comparisons.js';

/**
 * Entries that rules judge again because a later entry answers, continues or weighs what they said. Rules judge such an entry
 * whole, with all of its lots, so the chains of all of these must be loaded: both the rules and the loader of facts ask here.
 */

type Judged = Pick<Facts, 'entries' | 'chains'>;

/** Lists dispatches among the entries, and those that the entries answer or withdraw, each once. */
export function dispatchesToJudge({ entries, chains }: Judged): JudgedOf<'custody.dispatched'>[] {
  const dispatches = new Map<number, JudgedOf<'custody.dispatched'>>();
  const add = (entry: JudgedEvent | undefined): void => {
    if (entry !== undefined && isType(entry, 'custody.dispatched')) dispatches.set(entry.index, entry);
  };
  for (const entry of entries) {
    add(entry);
    if (!isType(entry, 'custody.received') && !isType(entry, 'custody.recalled') && !isType(entry, 'custody.assigned'))
      continue;
    for (const { lot, prev } of entry.event.payload.lots) add(chains.get(lot)?.find(({ event }) => event.id === prev));
  }
  return [...dispatches.values()];
}

/** Lists the lots that a receipt rejects. */
export const rejectedLots = ({ event }: JudgedOf<'custody.received'>): string[] =>
  event.payload.lots.filter(({ outcome }) => outcome === 'rejected').map(({ lot }) => lot);

/** Lists receipts that reject a lot: among the entries, and those that an entry is the next event after. */
export function rejectionsToJudge({ entries, chains }: Judged): JudgedOf<'custody.received'>[] {
  const found = new Map<string, JudgedOf<'custody.received'>>();
  for (const entry of entries)
    for (const one of [entry, ...lotsOf(entry).map((lot) => entryBefore({ chains }, lot, entry.index))])
      if (one !== null && isType(one, 'custody.received') && rejectedLots(one).length > 0) found.set(one.event.id, one);
  return [...found.values()];
}

/** Lists every entry that is judged whole with these entries, with all of its lots. */
export const judgedWith = (facts: Judged): JudgedEvent[] => [
  ...dispatchesToJudge(facts),
  ...rejectionsToJudge(facts),
  ...weighingsToJudge(facts),
];

/** Tells whether an event is the newest of a lot. Throws where the lot's chain is not loaded: then nobody can tell. */
export function isHead(lot: string, event: string, { chains }: Pick<Facts, 'chains'>): boolean {
  const chain = chains.get(lot);
  if (chain === undefined) throw new Error(`The chain of lot ${lot} is not loaded.`);
  return chain.at(-1)?.event.id === event;
}
