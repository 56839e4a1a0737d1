import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { siteAt } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import { siteSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { mineralNotAtSite: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema>;

export const mineralNotAtSite: Rule<typeof schema> = {
  id: 'mineral-not-at-site',
  version: 3,
  group: 'origin',
  title: 'A mineral that the site does not have',
  means: 'The lot is of a mineral that the registry did not name for the site when it was declared.',
  doesNotMean:
    'That it came from elsewhere: tin and tantalum are often found together, and the registry may be incomplete.',
  causes: {
    innocent: 'a registry that is incomplete',
    bad: 'mineral of another place goes under the name of the site',
  },
  advice:
    'Ask the authority what is dug at the site, and have a sample looked at. It closes when the mineral is added by `site.updated`; a lot declared at the wrong site is closed and declared anew at the right one, and the finding answered by `finding.answered`.',
  parameters: schema,
  describe: ({ mineralNotAtSite: { severity } }) =>
    `The mineral is not among those of the site at that time: ${severity}.`,
  standard: 'ICGLR Regional Certification Mechanism, mine site registration',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(['lot.declared'], ({ event }, facts, { mineralNotAtSite: { severity } }: Parameters) => {
    const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
    if (site === null) return [];
    const strange = event.payload.outputs.filter(({ mineral }) => !site.minerals.includes(mineral));
    if (strange.length === 0) return [];
    const minerals = [...new Set(strange.map(({ mineral }) => mineral))].join(', ');
    return [
      {
        severity,
        root: siteSubject(site.id),
        lots: strange.map(({ lot }) => lot),
        measured: minerals,
        threshold: site.minerals.join(', '),
        detail: `Site ${site.id} is registered for ${site.minerals.join(', ')}, and ${minerals} was declared there. Likeliest: a mineral was chosen wrongly, or the registration is old; at worst it comes from another site.`,
      },
    ];
  }),
};
