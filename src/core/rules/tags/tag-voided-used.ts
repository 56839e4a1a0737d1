import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import type { Rule } from '../engine/rule.js';
import { tagSubject, tagsPutOn } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { tagVoidedUsed: parameter.severityOnly('critical') };

const voided = (tag: string, { about }: Facts): JudgedOf<'tags.voided'> | undefined =>
  (about.get(tagSubject(tag)) ?? []).find((entry) => isType(entry, 'tags.voided'));

export const tagVoidedUsed: Rule<typeof schema> = {
  id: 'tag-voided-used',
  version: 1,
  group: 'tags',
  title: 'A voided tag is in use',
  means: 'A tag that had been declared lost, damaged or returned was put on a lot afterwards.',
  doesNotMean: 'That its user knew. A tag that is voided after its use, and replaced, is not judged.',
  causes: {
    innocent: 'a lost tag that was found, or a wrong date',
    bad: 'a stolen tag gives foreign ore an origin',
  },
  advice:
    'Ask the agent who voided the tag when that was and why, and the actor that used it where it came from; the tag itself and the tag book settle it. A wrong date or number is corrected by `event.corrected`, which closes it; a lost tag that came back is a matter for the authority and its `finding.answered`.',
  parameters: schema,
  describe: ({ tagVoidedUsed: { severity } }) =>
    `A tag put on a lot after the event that voided it, by the times of both events: ${severity}.`,
  standard: 'ITSCI tagging procedures (lost and damaged tags)',
  evidence: byRegistry,
  scope: ['about'],
  ...judgesEach(
    ['lot.declared', 'lot.sealed', 'lot.aggregated', 'lot.split', 'lot.processed'],
    (entry, facts, { tagVoidedUsed: { severity } }) => {
      const used = tagsPutOn(entry).flatMap(({ tag, lot }) => {
        const end = voided(tag, facts);
        return end !== undefined && entry.event.occurredAtMs > end.event.occurredAtMs ? [{ tag, lot, end }] : [];
      });
      const [first] = used;
      if (first === undefined) return [];
      return [
        {
          severity,
          lots: [...new Set(used.map(({ lot }) => lot))],
          events: [...new Set([entry.event.id, ...used.map(({ end }) => end.event.id)])],
          measured: entry.event.occurredAt,
          threshold: first.end.event.occurredAt,
          detail: `Voided (${first.end.event.payload.reason}) and put on afterwards: ${used.map(({ tag }) => tag).join(', ')}.`,
        },
      ];
    },
  ),
};
