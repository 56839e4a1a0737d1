import { collectedAlong } from './chain-states.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType, lotsOf } from './facts.js';
import { hasHeldBefore } from './lot-history.js';
import { actorFacts, siteFacts } from './registry.js';
import { eventSubject } from './subjects.js';

/** Which actors have a part in a lot. What any other actor states or tries is about that actor, not about the lot. */

const OFFICIAL: readonly string[] = ['registrar', 'authority', 'auditor', 'assayer'];

/** Returns whether an actor's role is to inspect lots of others. */
export const isOfficial = (actor: string, facts: Facts): boolean =>
  actorFacts(facts, actor)?.roles.some((role) => OFFICIAL.includes(role)) === true;

/** Returns whether an actor held a lot at some time before an index. */
export const hadHeld = (actor: string, lot: string, index: number, { chains }: Pick<Facts, 'chains'>): boolean =>
  hasHeldBefore(actor, chains.get(lot) ?? [], lot, index);

/**
 * Returns whether an actor has a part in a lot up to an index: it held it, signed on its chain, was named there as
 * receiver or carrier, or operates a site of its origin.
 */
export function hasPart(actor: string, lot: string, index: number, facts: Facts): boolean {
  const operates = (facts.lots.get(lot)?.origins ?? []).some(({ site }) => siteFacts(facts, site)?.operator === actor);
  if (operates) return true;
  return isNamedBefore(actor, facts.chains.get(lot) ?? [], lot, index) || hadHeld(actor, lot, index, facts);
}

/** By actor: the index of the first entry of a chain that it signed, or that names it as receiver or carrier. */
const namedSince = collectedAlong<Map<string, number>>(
  () => new Map(),
  (since, entry) => {
    const { to, carrier } = isType(entry, 'custody.dispatched') ? entry.event.payload : {};
    for (const one of [entry.event.iss, to, carrier])
      if (one !== undefined && !since.has(one)) since.set(one, entry.index);
  },
);

const isNamedBefore = (actor: string, chain: readonly JudgedEvent[], lot: string, index: number): boolean =>
  (namedSince(chain, lot).get(actor) ?? Infinity) < index;

/** An event by which any actor may name a lot without extending its chain. */
export type Statement = JudgedOf<'incident.reported' | 'payment.recorded' | 'transit.checked'>;

export const isStatement = (entry: JudgedEvent): entry is Statement =>
  isType(entry, 'incident.reported') || isType(entry, 'payment.recorded') || isType(entry, 'transit.checked');

/** Returns whether an official has taken up an incident, regardless of its reporter. */
export const isTakenUp = ({ event }: JudgedOf<'incident.reported'>, facts: Facts): boolean =>
  (facts.about.get(eventSubject(event.id)) ?? []).some(
    (entry) => isType(entry, 'incident.updated') && isOfficial(entry.event.iss, facts),
  );

/**
 * Returns whether an entry counts for a lot that it names. Admission allowed every event that extends a chain;
 * statements count if their signer is an official or has a part in the lot; refused attempts count if their signer has
 * a part in it. Other entries are stored and shown, without consequences for the lot.
 */
export function countsFor(entry: JudgedEvent, lot: string, facts: Facts): boolean {
  if (isType(entry, 'event.refused')) return hasPart(entry.event.payload.signer, lot, entry.index, facts);
  if (!isStatement(entry)) return true;
  return (
    isOfficial(entry.event.iss, facts) ||
    hasPart(entry.event.iss, lot, entry.index, facts) ||
    (isType(entry, 'incident.reported') && isTakenUp(entry, facts))
  );
}

/** Lists the lots that an entry counts for, among those that it names. */
export const lotsConcerned = (entry: JudgedEvent, facts: Facts): string[] =>
  lotsOf(entry).filter((lot) => countsFor(entry, lot, facts));
