const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Waiting before each try after the first (Standard Webhooks), ms; then the delivery is exhausted. */
export const RETRY_AFTER = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** An endpoint that has failed for as long as this is switched off, ms. */
export const GIVE_UP_AFTER = 7 * DAY;

/** Failures in a row after which an endpoint is left alone for a while, and tried with one message at a time. */
export const BREAK_AFTER = 10;
const FIRST_BREAK = 5 * SECOND;
const MAX_BREAK = 10 * MINUTE;

/**
 * How long to wait before a delivery that has failed is tried again, ms; null after the last. Up to a tenth more, so that
 * what failed together does not come back together; never sooner than the receiver asked for.
 * @param step tries made so far; @param asked s, from `Retry-After`; @param chance from 0 to 1.
 */
export function waitBefore(step: number, asked: number | null, chance: number): number | null {
  const wait = RETRY_AFTER[step - 1];
  if (wait === undefined) return null;
  return Math.max(Math.round(wait * (1 + chance / 10)), (asked ?? 0) * SECOND);
}

/** How long an endpoint is left alone after so many failures in a row, ms; 0 while it is worth trying. */
export const breakFor = (failures: number): number =>
  failures < BREAK_AFTER ? 0 : Math.min(FIRST_BREAK * 2 ** Math.min(failures - BREAK_AFTER, 20), MAX_BREAK);

/** Messages that an endpoint is given at once: the more it has failed, the fewer. */
export const batchFor = (failures: number, most: number): number =>
  failures >= BREAK_AFTER ? 1 : failures > 0 ? Math.min(4, most) : most;
