import type { QuietHours } from '../../core/api/alerts/subscription.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Returns the local time of a zone as if it were UTC, ms; whole minutes. */
function wallTime(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/**
 * Returns the first moment from `at` on, in whole minutes, at which the zone's local time is `wall` or later. Of two
 * such moments (clocks set back) it is the first; if clocks skip `wall`, it is the moment of the change.
 */
function momentOf(wall: number, at: number, timeZone: string): number {
  const offsetAt = (moment: number): number => wallTime(moment, timeZone) - moment;
  const offsets = [offsetAt(wall - DAY), offsetAt(wall + DAY)].map((offset) => wall - offset).toSorted((a, b) => a - b);
  const [first = at, last = at] = offsets;
  for (const moment of [first, last]) if (moment >= at && wallTime(moment, timeZone) === wall) return moment;
  let [before, after] = [Math.max(at, first), Math.max(at, last)];
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / MINUTE / 2) * MINUTE;
    if (wallTime(middle, timeZone) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/**
 * Returns when a message that is ready at `at` may be sent, ms since 1970 UTC: at once, or at the end of the quiet
 * hours in the subscriber's zone. Hours with equal begin and end are none.
 */
export function afterQuiet(at: number, quiet: QuietHours | null): number {
  if (quiet === null) return at;
  const minute = Math.floor(at / MINUTE) * MINUTE;
  const wall = wallTime(minute, quiet.timeZone);
  const midnight = Math.floor(wall / DAY) * DAY;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), (wall - midnight) / MINUTE];
  const isQuiet = from <= to ? from <= now && now < to : now >= from || now < to;
  if (!isQuiet) return at;
  return momentOf(midnight + (to > now ? 0 : DAY) + to * MINUTE, minute, quiet.timeZone);
}
