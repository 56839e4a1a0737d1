import { byRegistry } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { judgesEach } from '../engine/each-event.js';
import { siteFacts } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { siteAbandoned: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

/** MDC.02 code of an abandoned site. */
const ABANDONED = 0;

export const siteAbandoned: Rule<typeof schema> = {
  id: 'site-abandoned',
  version: 1,
  group: 'origin',
  title: 'Mineral of a site that was found abandoned',
  means:
    'A lot is declared at a site of which the newest inspection until that day found it abandoned: without work there is no production.',
  doesNotMean:
    'That the site is still abandoned: work may begin again before an inspector has seen it. The likelier case is mineral of another place under the name of a site that is not watched.',
  causes: {
    innocent: 'work began again before an inspector came',
    bad: 'mineral of another place uses the name of a site that nobody watches',
  },
  advice:
    'Ask the operator of the site who dug there and since when, and the authority for a visit. It closes when a `site.inspected` of a day up to the declaration says that the site is active; otherwise the authority decides by `finding.answered`.',
  parameters: schema,
  describe: ({ siteAbandoned: { severity } }) =>
    `\`lot.declared\` of any mass at a site with activity ${ABANDONED} (abandoned) by its newest inspection until that day: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, mining activity status (MDC.02)',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, { siteAbandoned: { severity } }: Parameters) => {
    const day = dayOf(event);
    const site = siteFacts(facts, event.place?.site ?? '');
    const inspection = site?.inspections.findLast(({ date }) => date <= day);
    if (site === null || inspection?.activity !== ABANDONED) return [];
    const after = (Date.parse(day) - Date.parse(inspection.date)) / 86_400_000;
    return [
      {
        severity,
        cause: inspection.event,
        root: siteSubject(site.id),
        events: [event.id, inspection.event],
        measured: `declared ${after} days after`,
        threshold: 'an inspection that found people at work',
        detail: `Site ${site.id} was abandoned by the inspection of ${inspection.date}, and ${event.iss} declares mineral from there ${after} days later.`,
      },
    ];
  }),
};
