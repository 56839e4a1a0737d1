import { milligrams } from '../../../custody/quantity.js';
import type { Quantity } from '../../../event/quantity-claims.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../../engine/facts.js';
import { type AmountFiling, seriesSubject } from '../../engine/subjects.js';
import { sum, totalDryMass } from '../mass-balance.js';
import { type Handover, weighedAtReceipt } from '../mass-comparisons.js';

/** Kinds of series of deliveries: by sender and receiver, and by receiver. */
export const DELIVERIES = 'deliveries';
export const RECEIPTS = 'receipts';

/**
 * Share of a delivery, as its inverse, that one step of the receiver's scale may be at most; coarser ones show nothing. A bag
 * of 50 kg in whole kilograms counts: rounding is to both sides, and a receiver must not hide behind its own digits.
 */
const READABLE = 40n;

/** Returns the smallest difference that a weight as written can show, mg. */
function stepOf({ value, uom }: Quantity): bigint {
  const decimals = value.split('.')[1]?.length ?? 0;
  return milligrams({ value: decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`, uom });
}

/** Returns whether the steps of the scale are small beside the delivery: errors of n roundings grow with the root of n. */
function isReadable(entry: JudgedOf<'custody.received'>, handovers: readonly Handover[], whole: bigint): boolean {
  const steps = handovers.map(({ lot }) => {
    const mass = entry.event.payload.lots.find((named) => named.lot === lot)?.mass;
    return mass === undefined ? 0n : stepOf(mass);
  });
  const squares = sum(steps.map((step) => step * step));
  return squares * READABLE * READABLE <= whole * whole;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Returns the difference that both the scale and, where both moistures are known, the dry mass show; mg and of how much. */
function differenceOf(handovers: readonly Handover[]): { amount: bigint; whole: bigint } {
  const [before, after] = [handovers.map((one) => one.before), handovers.map((one) => one.after)];
  const whole = sum(before.map(({ mass }) => mass));
  const amount = sum(after.map(({ mass }) => mass)) - whole;
  const [dryBefore, dryAfter] = [totalDryMass(before), totalDryMass(after)];
  if (dryBefore === null || dryAfter === null) return { amount, whole };
  const dry = dryAfter - dryBefore;
  if (dry > 0n !== amount > 0n) return { amount: 0n, whole };
  return abs(dry) < abs(amount) ? { amount: dry, whole: dryBefore } : { amount, whole };
}

/** Lists, by mineral, what a receipt lacks of what was sent: negative where less arrived. */
export function handoverSeries(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  if (!isType(entry, 'custody.received')) return [];
  const { iss: to, occurredAtMs: at, payload } = entry.event;
  const byMineral = new Map<string, Handover[]>();
  for (const handover of weighedAtReceipt(entry, facts)) {
    const mineral = facts.lots.get(handover.lot)?.mineral ?? '';
    byMineral.set(mineral, [...(byMineral.get(mineral) ?? []), handover]);
  }
  return [...byMineral].flatMap(([mineral, handovers]) => {
    const { amount, whole } = differenceOf(handovers);
    if (whole === 0n || !isReadable(entry, handovers, whole)) return [];
    return [seriesSubject(DELIVERIES, payload.from, to, mineral), seriesSubject(RECEIPTS, to, mineral)].map(
      (subject) => ({ subject, at, amount, whole }),
    );
  });
}
