import { type Facts, isType } from './facts.js';
import { stateBefore } from './lot-history.js';
import { actorFacts, siteFacts } from './registry.js';

/** Which actors have a part in a lot. What any other actor states or tries is about that actor, not about the lot. */

const OFFICIAL: readonly string[] = ['registrar', 'authority', 'auditor', 'assayer'];

/** Returns whether an actor's role is to inspect lots of others. */
export const isOfficial = (actor: string, facts: Facts): boolean =>
  actorFacts(facts, actor)?.roles.some((role) => OFFICIAL.includes(role)) === true;

/** Returns whether an actor held a lot at some time before an index. */
export function hadHeld(actor: string, lot: string, index: number, { chains }: Pick<Facts, 'chains'>): boolean {
  const chain = (chains.get(lot) ?? []).filter((entry) => entry.index < index);
  return chain.some((entry) => stateBefore(chain, lot, entry.index + 1)?.holder === actor);
}

/**
 * Returns whether an actor has a part in a lot up to an index: it held it, signed on its chain, was named there as
 * receiver or carrier, or operates a site of its origin.
 */
export function hasPart(actor: string, lot: string, index: number, facts: Facts): boolean {
  const operates = (facts.lots.get(lot)?.origins ?? []).some(({ site }) => siteFacts(facts, site)?.operator === actor);
  if (operates || hadHeld(actor, lot, index, facts)) return true;
  return (facts.chains.get(lot) ?? []).some((entry) => {
    if (entry.index >= index) return false;
    if (entry.event.iss === actor) return true;
    if (!isType(entry, 'custody.dispatched')) return false;
    return entry.event.payload.to === actor || entry.event.payload.carrier === actor;
  });
}
