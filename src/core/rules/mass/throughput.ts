import { milligrams } from '../../custody/quantity.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import { knownBefore, parentsOf } from '../engine/known-of-lots.js';
import { sum } from './mass-balance.js';
import { type AmountFiling, actorSubject, intakeSubject, outputSubject } from '../engine/subjects.js';

/** Intake and output of facilities, summed by month. They are filed with entries as soon as chains are loaded. */

/** Returns the facility of a receipt or process: the one that it names, else the only one that its signer operated. */
export function facilityOf({ event, index }: JudgedEvent, { about }: Pick<Facts, 'about'>): string | null {
  if (event.place !== undefined) return event.place.facility ?? null;
  if (event.type !== 'custody.received' && event.type !== 'lot.processed') return null;
  const operated = (about.get(actorSubject(event.iss)) ?? []).flatMap((entry) =>
    isType(entry, 'facility.registered') && entry.event.payload.operator === event.iss && entry.index < index
      ? entry.event.payload.facility
      : [],
  );
  const [only] = operated;
  return operated.length === 1 && only !== undefined ? only : null;
}

/**
 * Returns the mass of a lot that came to a facility without a receipt there, mg: it was declared, made or received
 * elsewhere. Aggregates and parts are computed from their inputs; unknown mass counts as zero.
 */
function broughtTo(facility: string, lot: string, index: number, facts: Facts, known: Map<string, bigint>): bigint {
  const before = known.get(lot);
  if (before !== undefined) return before;
  const chain = (facts.chains.get(lot) ?? []).filter((entry) => entry.index < index);
  const [birth] = chain;
  const received = chain.some((entry) => isType(entry, 'custody.received') && facilityOf(entry, facts) === facility);
  const massOf = (one: string): bigint => knownBefore(one, index, facts)?.mass ?? 0n;
  let brought = 0n;
  if (birth !== undefined && !received) {
    if (isType(birth, 'lot.declared')) brought = massOf(lot);
    else if (isType(birth, 'lot.processed')) {
      const where = facilityOf(birth, facts);
      brought = where === null || where === facility ? 0n : massOf(lot);
    } else {
      const parents = parentsOf(lot, facts);
      const whole = sum(parents.map(massOf));
      const part = sum(parents.map((parent) => broughtTo(facility, parent, index, facts, known)));
      brought = whole === 0n ? 0n : (massOf(lot) * part) / whole;
    }
  }
  known.set(lot, brought);
  return brought;
}

/** Returns what an entry adds to the intake or output of a facility in its month, mg. */
export function throughputOf(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  const { event } = entry;
  if (event.type !== 'custody.received' && event.type !== 'lot.processed') return [];
  const facility = facilityOf(entry, facts);
  if (facility === null) return [];
  const at = event.occurredAtMs;
  const intake = (amount: bigint): AmountFiling => ({ subject: intakeSubject(facility, at), at, amount });
  if (event.type === 'custody.received') {
    const accepted = event.payload.lots.filter(({ outcome }) => outcome !== 'rejected');
    return [intake(sum(accepted.map(({ mass }) => (mass === undefined ? 0n : milligrams(mass)))))];
  }
  const known = new Map<string, bigint>();
  const brought = sum(event.payload.inputs.map(({ lot }) => broughtTo(facility, lot, entry.index, facts, known)));
  const made = sum(event.payload.outputs.map(({ mass }) => milligrams(mass)));
  return [
    { subject: outputSubject(facility, at), at, amount: made },
    // What the operator mined, or had elsewhere, comes in without a receipt.
    ...(brought > 0n ? [intake(brought)] : []),
  ];
}

/** Returns the amounts to file; zero is not filed. */
export const addedTo = (entry: JudgedEvent, facts: Facts): AmountFiling[] =>
  throughputOf(entry, facts).filter(({ amount }) => amount > 0n);
