import * as z from 'zod';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day such as 22:00');

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** When a subscriber is not to be disturbed, by the clock on his wall. */
export const quietHours = z.strictObject({
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z.string().max(64).refine(isTimeZone, 'must be a time zone such as Africa/Kigali'),
});
export type QuietHours = z.infer<typeof quietHours>;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Minutes since midnight on the subscriber's wall. */
function wallMinutes(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  return minutesOf(parts);
}

/**
 * When a message that is ready at `at` may be sent, ms since 1970 UTC: at once, or at the end of the quiet hours. Hours that
 * begin and end alike are none.
 */
export function afterQuiet(at: number, quiet: QuietHours | null): number {
  if (quiet === null) return at;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), wallMinutes(at, quiet.timeZone)];
  const isQuiet = from <= to ? from <= now && now < to : now >= from || now < to;
  if (!isQuiet) return at;
  const wait = (to - now + DAY_MINUTES) % DAY_MINUTES;
  // To the full minute: the end itself is no longer quiet.
  return Math.floor(at / MINUTE) * MINUTE + wait * MINUTE;
}
