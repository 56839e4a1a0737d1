import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import type { Parameters } from '../engine/parameters.js';
import { type StatusClock, siteAt, statusOn } from '../engine/registry.js';
import type { Rule } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';

/** Returns how long a status lasts in a country. */
export const statusClockOf = (country: string, { siteStatus }: Parameters): StatusClock => {
  const { greenDays, blueDays, yellowDays } = { ...siteStatus.clock, ...siteStatus.clockByCountry[country] };
  return {
    greenDays: greenDays ?? siteStatus.clock.greenDays,
    blueDays: blueDays ?? siteStatus.clock.blueDays,
    yellowDays: yellowDays ?? siteStatus.clock.yellowDays,
  };
};

export const siteStatus: Rule = {
  id: 'site-status',
  version: 2,
  group: 'origin',
  title: 'The site was not green when it produced',
  means:
    'On the day of the declaration the site was red or blue by its newest inspection until then, or its status had lapsed.',
  doesNotMean:
    'That this lot is tainted: a blue or lapsed site waits for an inspector. Sites without an inspection are not judged, and a yellow one has time to improve.',
  describe: ({ siteStatus: { severityRed, severityLapsed, clock } }) =>
    `Red on that day: ${severityRed}; blue, or a status that has lapsed: ${severityLapsed}. Green lapses to blue after ${clock.greenDays} days, blue counts as red after ${clock.blueDays}, yellow as red after ${clock.yellowDays}; parameters by country.`,
  standard: 'ICGLR Regional Certification Mechanism, mine site status (MDC.01)',
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, parameters) => {
    const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
    const found = site === null ? null : statusOn(site, dayOf(event), statusClockOf(site.country, parameters));
    if (site === null || found === null) return [];
    const { status, lapsed, inspection } = found;
    if (status === 'green' || status === 'yellow') return [];
    const { severityRed, severityLapsed } = parameters.siteStatus;
    return [
      {
        severity: status === 'red' && !lapsed ? severityRed : severityLapsed,
        cause: inspection.event,
        root: siteSubject(site.id),
        events: [event.id, inspection.event],
        measured: lapsed ? `${status} (lapsed)` : status,
        threshold: 'green',
        detail: `Site ${site.id} was ${status} when the lot was declared, by the inspection of ${inspection.date}.`,
      },
    ];
  }),
};
