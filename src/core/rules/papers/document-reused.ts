import { byPapers } from '../engine/evidence.js';
import { type duplicateSchema, isClosedDuplicate } from '../engine/closed-duplicates.js';
import { type NumberUse, firstUseText, isForeign } from '../engine/contested.js';
import { type Facts, type JudgedEvent, lotsOf } from '../engine/facts.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { documentSubject, papersOf } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { documentReused: parameter.severityOnly('high') };
type Parameters = ValuesOf<typeof schema & typeof duplicateSchema>;

const DAY = 86_400_000;

/** Returns whether two uses of a document may be one: by one signer on one day, or on related lots. */
function related(a: JudgedEvent, b: JudgedEvent, { ancestors, upstream }: Facts): boolean {
  const sameDay = Math.abs(a.event.occurredAtMs - b.event.occurredAtMs) <= DAY;
  if (a.event.iss === b.event.iss && sameDay) return true;
  const [ours, theirs] = [lotsOf(a), new Set(lotsOf(b))];
  const pastOf = (lot: string): Iterable<string> => [...(ancestors.get(lot) ?? []), ...(upstream.get(lot) ?? [])];
  return (
    ours.some((lot) => theirs.has(lot) || [...pastOf(lot)].some((past) => theirs.has(past))) ||
    [...theirs].some((lot) => [...pastOf(lot)].some((past) => ours.includes(past)))
  );
}

const subjectsOf = ({ entries }: Facts): string[] => [...new Set(entries.flatMap(papersOf))];

function observe(digest: string, facts: Facts, parameters: Parameters): Observation[] {
  const all = (facts.about.get(documentSubject(digest)) ?? []).filter(
    (entry) => lotsConcerned(entry, facts).length > 0,
  );
  const users = all.flatMap(lotsOf);
  const uses = all.filter((entry) => !lotsOf(entry).every((lot) => isClosedDuplicate(lot, users, facts, parameters)));
  const [first] = uses;
  const strangers = first === undefined ? [] : uses.filter((use) => use !== first && !related(first, use, facts));
  if (first === undefined || strangers.length === 0) return [];
  const shown = [first, ...strangers];
  const useOf = (entry: JudgedEvent): NumberUse => ({
    lots: lotsConcerned(entry, facts),
    signer: entry.event.iss,
    index: entry.index,
  });
  const isFirsts = strangers.every((use) => isForeign(useOf(use), useOf(first), facts));
  const named = isFirsts ? strangers : shown;
  return [
    {
      severity: parameters.documentReused.severity,
      subject: digest,
      cause: 'unrelated-lots',
      lots: [...new Set(named.flatMap((entry) => lotsConcerned(entry, facts)))],
      events: shown.map(({ event }) => event.id),
      measured: `${shown.length} uses`,
      threshold: 'related lots',
      detail: `One document stands behind ${shown.length} events about lots that have nothing to do with one another.${isFirsts ? firstUseText(first.event.iss) : ''}`,
      firstIndex: strangers[0]?.index ?? null,
    },
  ];
}

export const documentReused: Rule<typeof schema, Parameters> = {
  id: 'document-reused',
  version: 3,
  group: 'tags',
  title: 'One paper for unrelated lots',
  means: 'The same document is attached to events about lots of which none comes from the other.',
  doesNotMean:
    'Which of the uses is the true one. Photographs are not judged, nor what one signer sends on one day with one waybill.',
  causes: {
    innocent: 'a file was attached to the wrong lot',
    bad: 'one paper serves for goods that have none',
  },
  advice:
    'Lay the paper beside the lots that it is attached to: weights, dates and names on it fit one of them. The actor that attached it to the wrong lot removes it by `event.corrected`, which closes it; a paper that truly covers several lots is explained by `finding.answered`.',
  parameters: schema,
  describe: ({ documentReused: { severity } }) =>
    `The same attachment, by commitment or by its disclosed digest, on unrelated lots more than a day apart or by other signers, but for a record that was closed as a duplicate: ${severity}. The first use is not counted where the others are by actors who had no part in its lots.`,
  standard: 'OECD Due Diligence Guidance, Annex I (documentation); LBMA Responsible Gold Guidance',
  evidence: byPapers,
  scope: ['about', 'chains'],
  needs: 'more',
  subjects: subjectsOf,
  evaluate: (facts, parameters) => subjectsOf(facts).flatMap((digest) => observe(digest, facts, parameters)),
};
