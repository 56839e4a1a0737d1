import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import type { Rule } from '../engine/rule.js';
import { tagsPutOn } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { tagWrongSite: parameter.severityOnly('critical') };

export const tagWrongSite: Rule<typeof schema> = {
  id: 'tag-wrong-site',
  version: 2,
  group: 'tags',
  title: 'A tag of another site',
  means: 'A tag was put on a lot that does not come from the site to which the tag was issued.',
  doesNotMean:
    'That the mineral was smuggled: an agent may have handed out the wrong bundle. A tag that was lent counts as sold until it is explained.',
  causes: {
    innocent: 'the agent handed out the wrong bundle',
    bad: 'tags were sold to another site',
  },
  advice:
    'Ask the tagging agent which bundle went to which site, and the actor that applied the tags where it got them. It closes with a corrected tag number, or when the authority logs the `tags.issued` for the right site; else treat the origin as unproven until a registrar or an authority has answered it.',
  parameters: schema,
  describe: ({ tagWrongSite: { severity } }) =>
    `The site of the tag's series is none of those that the lot comes from: ${severity}.`,
  standard: 'ITSCI tagging procedures (mine tags are issued per site)',
  evidence: byRegistry,
  scope: ['tagUses', 'chains'],
  ...judgesEach(
    ['lot.declared', 'lot.sealed', 'lot.aggregated', 'lot.split', 'lot.processed'],
    (entry, facts, { tagWrongSite: { severity } }) => {
      const wrong = tagsPutOn(entry).flatMap(({ tag, lot }) => {
        const sites = (facts.lots.get(lot)?.origins ?? []).map(({ site }) => site);
        const issues = facts.tagIssues.get(tag) ?? [];
        const elsewhere = issues.length > 0 && sites.length > 0 && !issues.some(({ site }) => sites.includes(site));
        return elsewhere ? [{ tag, lot, sites, issue: issues.at(-1) }] : [];
      });
      const [first] = wrong;
      if (first === undefined) return [];
      const tags = wrong.map(({ tag }) => tag).join(', ');
      return [
        {
          severity,
          lots: [...new Set(wrong.map(({ lot }) => lot))],
          events: [...new Set([entry.event.id, ...wrong.flatMap(({ issue }) => issue?.event ?? [])])],
          measured: first.sites.join(', '),
          threshold: first.issue?.site ?? '',
          detail: `Tags of site ${first.issue?.site} are on lots from ${first.sites.join(', ')}: ${tags}. Likeliest: tag books of two sites were mixed up; at worst mineral of one site is sold as that of another. The tag books of both settle it.`,
        },
      ];
    },
  ),
};
