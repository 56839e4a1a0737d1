const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Waits before each retry (Standard Webhooks), ms; after the last one the delivery is exhausted. */
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

/** Duration of failure after which an endpoint is disabled, ms. */
export const GIVE_UP_AFTER = 7 * DAY;

/** Failures in a row after which an endpoint is paused, then tried with one message at a time. */
export const BREAK_AFTER = 10;
const FIRST_BREAK = 5 * SECOND;
const MAX_BREAK = 10 * MINUTE;

/**
 * Returns the wait before the next retry, ms; null after the last one. It adds up to a tenth, so that deliveries which
 * failed together are not retried together, and is never shorter than the receiver asked.
 * @param step attempts made so far;
 * @param asked `Retry-After`, s;
 * @param chance from 0 to 1.
 */
export function waitBefore(step: number, asked: number | null, chance: number): number | null {
  const wait = RETRY_AFTER[step - 1];
  if (wait === undefined) return null;
  return Math.max(Math.round(wait * (1 + chance / 10)), (asked ?? 0) * SECOND);
}

/** Returns the pause of an endpoint after so many failures in a row, ms; 0 below the limit. */
export const breakFor = (failures: number): number =>
  failures < BREAK_AFTER ? 0 : Math.min(FIRST_BREAK * 2 ** Math.min(failures - BREAK_AFTER, 20), MAX_BREAK);

/** Returns how many messages an endpoint gets at once: fewer the more it has failed. */
export const batchFor = (failures: number, most: number): number =>
  failures >= BREAK_AFTER ? 1 : failures > 0 ? Math.min(4, most) : most;
