import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import { type StatusClock, siteAt, statusOn } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const statusClock = z.strictObject({ greenDays: parameter.days, blueDays: parameter.days, yellowDays: parameter.days });

const schema = {
  siteStatus: z.strictObject({
    severityRed: parameter.severity.default('critical'),
    severityLapsed: parameter.severity.default('high'),
    clock: statusClock
      .default({ greenDays: 365, blueDays: 1_095, yellowDays: 183 })
      .describe('Days for which a status is valid'),
    clockByCountry: z
      .record(z.string().length(2), statusClock.partial())
      .default({ CD: { yellowDays: 92 } })
      .describe('Another validity, by ISO 3166 code of the country'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Returns how long a status lasts in a country. */
export const statusClockOf = (country: string, { siteStatus }: Parameters): StatusClock => {
  const { greenDays, blueDays, yellowDays } = { ...siteStatus.clock, ...siteStatus.clockByCountry[country] };
  return {
    greenDays: greenDays ?? siteStatus.clock.greenDays,
    blueDays: blueDays ?? siteStatus.clock.blueDays,
    yellowDays: yellowDays ?? siteStatus.clock.yellowDays,
  };
};

export const siteStatus: Rule<typeof schema> = {
  id: 'site-status',
  version: 2,
  group: 'origin',
  title: 'The site was not green when it produced',
  means:
    'On the day of the declaration the site was red or blue by its newest inspection until then, or its status had lapsed.',
  doesNotMean:
    'That this lot is tainted: a blue or lapsed site waits for an inspector. Sites without an inspection are not judged, and a yellow one has time to improve.',
  causes: {
    innocent: 'an inspection that is late, or not entered',
    bad: 'mineral of a mine with armed men or children is sold as clean',
  },
  advice:
    'Ask the authority for the newest inspection of the site, and hold the lots back where it is red. It closes when a `site.inspected` of a day up to the declaration says green or yellow; otherwise the authority decides by `finding.answered`.',
  parameters: schema,
  describe: ({ siteStatus: { severityRed, severityLapsed, clock } }) =>
    `Red on that day: ${severityRed}; blue, or a status that has lapsed: ${severityLapsed}. Green lapses to blue after ${clock.greenDays} days, blue counts as red after ${clock.blueDays}, yellow as red after ${clock.yellowDays}; parameters by country.`,
  standard: 'ICGLR Regional Certification Mechanism, mine site status (MDC.01)',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, parameters: Parameters) => {
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
