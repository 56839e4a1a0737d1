import { instantMs } from '../../core/event/primitives.js';
import { CommandError, EXIT } from '../output/terminal.js';

const HOUR = 3_600_000;
const UNITS = { h: HOUR, d: 24 * HOUR } as const;

/** Parses the value of `--until`: a time, a day, or a duration such as 8h or 7d. */
export function untilOf(text: string): string {
  const [, count, unit] = /^([0-9]{1,4})([hd])$/.exec(text) ?? [];
  if (count !== undefined)
    return new Date(Date.now() + Number(count) * UNITS[unit as keyof typeof UNITS]).toISOString();
  const time = instantMs(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (time !== null) return new Date(time).toISOString();
  throw new CommandError(
    `--until ${text} is no time.`,
    'Write 8h, 7d, a day such as 2026-12-24, or a time such as 2026-12-24T18:00:00Z.',
    EXIT.usage,
  );
}
