import type { Facts } from '../../engine/facts.js';
import { capacitiesOf, siteFacts } from '../../engine/registry.js';
import type { ValuesOf } from '../../engine/rule.js';
import { monthAfter } from '../../people/producers.js';
import { type siteOverCapacity, monthlyCapacityOn } from '../site-over-capacity.js';
import { type MinedMonth, baselineOf } from './mined-months.js';

type Parameters = ValuesOf<typeof siteOverCapacity.parameters>;

const DAY = 86_400_000;
const MILLION = 1_000_000n;

/** Returns the day, since 1970 UTC, on which a month begins. */
const firstDay = (month: string): number => Date.parse(`${month}-01T00:00:00Z`) / DAY;

/**
 * Returns a mean of the months before, raised as the registered capacity of the site has been raised since: by a machine or
 * by workers that an inspection found.
 */
export function raisedWithCapacity(
  mean: bigint,
  { site: id, mineral, month }: Pick<MinedMonth, 'mineral' | 'month'> & { site: string },
  facts: Facts,
  parameters: Parameters,
): bigint {
  const site = siteFacts(facts, id);
  if (site === null) return mean;
  const known = { capacities: capacitiesOf(site, parameters.siteOverCapacity), mineral };
  const [earliest = month] = baselineOf(month);
  const before = monthlyCapacityOn(known, firstDay(earliest), parameters);
  const after = monthlyCapacityOn(known, firstDay(monthAfter(month, 1)) - 1, parameters);
  if (before === null || after === null || after <= before) return mean;
  return (mean * ((after * MILLION) / before)) / MILLION;
}
