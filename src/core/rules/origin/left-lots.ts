import { milligrams } from '../../custody/quantity.js';
import type { Facts, JudgedEvent, JudgedOf } from '../engine/facts.js';
import { measureBefore } from '../engine/lot-history.js';
import type { Filing } from '../engine/subjects.js';

/**
 * An index of lots that left the ledger or the country, by mineral, mass and fortnight: a new declaration of the same
 * mass finds them at a cost that does not depend on their number.
 */

const FORTNIGHT = 14 * 86_400_000;
/** Ratio of the masses of two neighbouring ranges. A lot is filed under its range and both neighbours. */
const RATIO = Math.log(1.005);

export type Leaving = JudgedOf<'lot.closed' | 'lot.exported'>;

export const isLeaving = (entry: JudgedEvent): entry is Leaving =>
  entry.event.type === 'lot.closed' || entry.event.type === 'lot.exported';

const rangeOf = (mass: bigint): number => Math.floor(Math.log(Number(mass)) / RATIO);
/** Returns the number of the fortnight of an instant, since 1970 UTC. */
export const fortnightOf = (ms: number): number => Math.floor(ms / FORTNIGHT);
const leftSubject = (mineral: string, range: number, fortnight: number): string =>
  `left:${mineral}/${range}/${fortnight}`;

/** Returns the mass with which a lot left, mg; null if it is unknown. */
export function massAtLeaving(
  { index, event }: Leaving,
  lot: string,
  { chains }: Pick<Facts, 'chains'>,
): bigint | null {
  const weighed = event.payload.lots.find((one) => one.lot === lot)?.mass;
  const mass = weighed === undefined ? measureBefore(chains.get(lot) ?? [], lot, index)?.mass : milligrams(weighed);
  return mass === undefined || mass <= 0n ? null : mass;
}

/** Lists the subjects of an entry by which lots leave, each and all together: of its fortnight and of the next. */
export function leftWith(entry: JudgedEvent, facts: Pick<Facts, 'chains' | 'lots'>): Filing[] {
  if (!isLeaving(entry)) return [];
  const at = entry.event.occurredAtMs;
  const subjects = new Set<string>();
  const add = (mineral: string, mass: bigint): void => {
    for (const range of [-1, 0, 1])
      for (const fortnight of [0, 1])
        subjects.add(leftSubject(mineral, rangeOf(mass) + range, fortnightOf(at) + fortnight));
  };
  const sums = new Map<string, bigint>();
  for (const { lot } of entry.event.payload.lots) {
    const mineral = facts.lots.get(lot)?.mineral;
    const mass = massAtLeaving(entry, lot, facts);
    if (mineral === undefined || mass === null) continue;
    add(mineral, mass);
    sums.set(mineral, (sums.get(mineral) ?? 0n) + mass);
  }
  for (const [mineral, mass] of sums) add(mineral, mass);
  return [...subjects].map((subject) => ({ subject, at }));
}

/** Returns the subject under which lots are filed that left with the mass of a new one. */
export const leftAlike = (mineral: string, mass: bigint, ms: number): string =>
  leftSubject(mineral, mass <= 0n ? 0 : rangeOf(mass), fortnightOf(ms));

/** Lists the subjects that a declaration reads. */
export const readsLeft = ({ event }: JudgedEvent): string[] =>
  event.type === 'lot.declared'
    ? event.payload.outputs.map(({ mineral, mass }) => leftAlike(mineral, milligrams(mass), event.occurredAtMs))
    : [];
