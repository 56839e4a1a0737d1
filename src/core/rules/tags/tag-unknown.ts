import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { isType } from '../engine/facts.js';
import type { Rule } from '../engine/rule.js';
import { siteSubject, tagsPutOn } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { tagUnknown: parameter.severityOnly('high') };

export const tagUnknown: Rule<typeof schema> = {
  id: 'tag-unknown',
  version: 2,
  group: 'tags',
  title: 'A tag that nobody issued',
  means:
    'A number on a lot is in no series that an authority has issued, though tags are issued to the site it comes from.',
  doesNotMean:
    'Forgery: the issue may be logged late, and closes the finding; a digit may be misread. Where no tags are issued, holders use their own numbers.',
  causes: {
    innocent: 'the issue of the series is logged late, or a digit was misread',
    bad: 'the tag is forged',
  },
  advice:
    'Ask the tagging agent whether the series was issued, and look at the tag for a misread digit. It closes when the authority logs `tags.issued`, or when the number is corrected by `event.corrected`.',
  parameters: schema,
  describe: ({ tagUnknown: { severity } }) =>
    `A tag in no issued series, on a lot from a site to which series had been issued: ${severity}.`,
  standard: 'ITSCI tagging procedures; ICGLR Regional Certification Mechanism, chain of custody',
  evidence: byRegistry,
  scope: ['tagUses', 'chains', 'about'],
  ...judgesEach(
    ['lot.declared', 'lot.sealed', 'lot.aggregated', 'lot.split', 'lot.processed'],
    (entry, facts, { tagUnknown: { severity } }) => {
      const isTagged = (site: string): boolean =>
        (facts.about.get(siteSubject(site)) ?? []).some(
          (about) => isType(about, 'tags.issued') && about.index < entry.index,
        );
      const unknown = tagsPutOn(entry).filter(
        ({ tag, lot }) =>
          (facts.tagIssues.get(tag) ?? []).length === 0 &&
          (facts.lots.get(lot)?.origins ?? []).some(({ site }) => isTagged(site)),
      );
      if (unknown.length === 0) return [];
      const tags = unknown.map(({ tag }) => tag).join(', ');
      return [
        {
          severity,
          lots: [...new Set(unknown.map(({ lot }) => lot))],
          measured: tags.slice(0, 200),
          threshold: 'an issued series',
          detail: `No authority has issued ${unknown.length === 1 ? 'the tag' : 'the tags'} ${tags}.`.slice(0, 400),
        },
      ];
    },
  ),
};
