import type { JudgedEvent } from './facts.js';

/**
 * What rules ask of the part of a chain before an entry. Each entry of a chain is looked at once, however many entries are
 * judged: the answers are kept with the chain, which only grows at its end.
 */

/** Returns how many items of a list in the order of the log are before an index. */
export function countBefore<T>(list: readonly T[], index: number, indexOf: (item: T) => number): number {
  // Most questions are about the end.
  let step = 1;
  let high = list.length;
  while (high > 0 && indexOf(list[high - 1] as T) >= index) {
    high -= step;
    step *= 2;
  }
  let low = Math.max(0, high);
  high = Math.min(list.length, high + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indexOf(list[middle] as T) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

const indexOf = ({ index }: JudgedEvent): number => index;

/** Returns how many entries of a chain are before an index. */
export const entriesBefore = (chain: readonly JudgedEvent[], index: number): number =>
  countBefore(chain, index, indexOf);

/** Returns the newest entry of a chain before an index; null: there is none. */
export const newestBefore = (chain: readonly JudgedEvent[], index: number): JudgedEvent | null =>
  chain[entriesBefore(chain, index) - 1] ?? null;

/** Makes a function that computes one value for each list and lot, and returns the same as long as the list exists. */
export function keptWith<T extends object, V>(make: (lot: string) => V): (list: T, lot: string) => V {
  const known = new WeakMap<T, Map<string, V>>();
  return (list, lot) => {
    let ofList = known.get(list);
    if (ofList === undefined) known.set(list, (ofList = new Map()));
    let value = ofList.get(lot);
    if (value === undefined) ofList.set(lot, (value = make(lot)));
    return value;
  };
}

/**
 * Makes a function that returns what is collected from all entries of a chain: the same object, which grows with the chain.
 * @param make an empty collection;
 * @param add adds one more entry to it.
 */
export function collectedAlong<C extends object>(
  make: () => C,
  add: (collected: C, entry: JudgedEvent, lot: string, chain: readonly JudgedEvent[]) => void,
): (chain: readonly JudgedEvent[], lot: string) => Readonly<C> {
  const known = keptWith<readonly JudgedEvent[], { looked: number; collected: C }>(() => ({
    looked: 0,
    collected: make(),
  }));
  return (chain, lot) => {
    const kept = known(chain, lot);
    for (; kept.looked < chain.length; kept.looked += 1)
      add(kept.collected, chain[kept.looked] as JudgedEvent, lot, chain);
    return kept.collected;
  };
}

/**
 * Makes a function that returns the state of a lot after the entries of its chain before an index; null before its birth.
 * @param after the state after one more entry.
 */
export function stateAlong<S>(
  after: (entry: JudgedEvent, lot: string, before: S | null) => S | null,
): (chain: readonly JudgedEvent[], lot: string, index: number) => S | null {
  const statesOf = keptWith<readonly JudgedEvent[], (S | null)[]>(() => []);
  return (chain, lot, index) => {
    const count = entriesBefore(chain, index);
    if (count === 0) return null;
    const states = statesOf(chain, lot);
    for (let i = states.length; i < count; i += 1)
      states.push(after(chain[i] as JudgedEvent, lot, states[i - 1] ?? null));
    return states[count - 1] ?? null;
  };
}
