import { type Facts, type JudgedEvent, isType } from '../../engine/facts.js';
import { siteFacts } from '../../engine/registry.js';
import { type AmountFiling, seriesSubject } from '../../engine/subjects.js';

/** Kind of series of the local times at which lots are declared at a site: by site. */
export const HOURS = 'hours';

const HOUR = 3_600_000;
const DEGREES_OF_HOUR = 15;

/** Returns the hours by which local time is ahead of UTC: by the site's longitude, else by the offset of the time stated. */
function hoursAhead(site: string, occurredAt: string, facts: Facts): number {
  const point = siteFacts(facts, site)?.point ?? null;
  if (point !== null) return Math.round(point.lon / DEGREES_OF_HOUR);
  const [, sign = '+', hours = '0'] = /([+-])(\d\d):\d\d$/.exec(occurredAt) ?? [];
  return Number(`${sign}${hours}`);
}

/** Lists the local time that a declaration adds to the series of its site: hours since 1970. */
export function hoursSeries(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  const site = entry.event.place?.site;
  if (!isType(entry, 'lot.declared') || site === undefined) return [];
  const { occurredAt, occurredAtMs: at } = entry.event;
  const hour = Math.floor(at / HOUR) + hoursAhead(site, occurredAt, facts);
  return [{ subject: seriesSubject(HOURS, site), at, amount: BigInt(hour) }];
}
