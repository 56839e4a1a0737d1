import { collectedAlong, entriesBefore } from '../engine/chain-states.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { lotSubject } from '../engine/subjects.js';

/** Lists the seals that an entry applies to a lot, or lists on it. */
function sealsOn(entry: JudgedEvent, lot: string): readonly string[] {
  if (isType(entry, 'lot.sealed')) return entry.event.payload.lots.find((one) => one.lot === lot)?.sealsOn ?? [];
  if (isType(entry, 'custody.received')) {
    const { lots, seals = [] } = entry.event.payload;
    return lots.find((one) => one.lot === lot)?.seals ?? seals;
  }
  const isList =
    isType(entry, 'custody.dispatched') ||
    isType(entry, 'lot.exported') ||
    isType(entry, 'lot.imported') ||
    isType(entry, 'transit.checked');
  return isList ? (entry.event.payload.seals ?? []) : [];
}

/** By seal: the index of the first entry of a chain that has it. */
const sealedSince = collectedAlong<Map<string, number>>(
  () => new Map(),
  (since, entry, lot) => {
    for (const seal of sealsOn(entry, lot)) if (!since.has(seal)) since.set(seal, entry.index);
  },
);

/** Returns whether an entry before an index has a seal on a lot; null: the lot's chain is not loaded. */
function isListed(seal: string, lot: string, index: number, { chains, about }: Facts): boolean | null {
  const chain = chains.get(lot);
  if (chain === undefined) return null;
  if ((sealedSince(chain, lot).get(seal) ?? Infinity) < index) return true;
  return (about.get(lotSubject(lot)) ?? []).some(
    (entry) => entry.index < index && isType(entry, 'transit.checked') && sealsOn(entry, lot).includes(seal),
  );
}

/**
 * Returns a seal of a receipt that no entry applied or listed before, on the lot or on those that it was made of, whose
 * container may still have it; null: there is none, or a chain is not loaded.
 */
export function unlistedSeal(
  lot: string,
  seals: readonly string[],
  { index }: JudgedEvent,
  facts: Facts,
): string | null {
  const chain = facts.chains.get(lot) ?? [];
  if (entriesBefore(chain, index) === 0) return null;
  const birth = chain[0]?.event.payload;
  const all = birth !== undefined && 'inputs' in birth ? [lot, ...birth.inputs.map((input) => input.lot)] : [lot];
  const unlisted = seals.find((seal) => all.every((one) => isListed(seal, one, index, facts) === false));
  return unlisted ?? null;
}
