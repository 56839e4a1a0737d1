import { namedLots } from '../custody/check-lots.js';
import { lotsOf } from '../custody/links.js';
import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import {
  actorSubject,
  certificateSubjects,
  eventSubject,
  facilitySubject,
  keySubject,
  lotSubject,
  siteSubject,
  subjectsStated,
  tagSubject,
  tagsPutOn,
} from '../rules/engine/subjects.js';
import { tagDigits } from '../event/identifiers.js';

/** The ledger itself: its opening and its updates. */
const LEDGER_SUBJECT = 'ledger';
const findingSubject = (id: string): string => `finding:${id}`;
/** The issues of a series of tags. */
const seriesSubject = (series: string): string => `tags:${series}`;

/**
 * Lists the subjects of an entry in the sealed index: the lots whose chains it extends or that it names, the tags that
 * it applies and, for registry events and attestations, their subjects. The signer and the receiver are no subjects: a
 * bundle about one lot need not contain all events of its traders.
 */
export function subjectsNamed(event: AditEvent): string[] {
  const lots = event.type === 'event.refused' ? event.payload.lots : lotsOf(event);
  return [
    ...new Set([
      ...lots.map(lotSubject),
      ...namedLots(event).map(([, lot]) => lotSubject(lot)),
      ...tagsPutOn({ event }).map(({ tag }) => tagSubject(tag)),
      ...aboutOthers(event),
    ]),
  ];
}

/** Lists the subjects of an entry except lots and applied tags, which have their own tables. */
export const aboutOthers = (event: AditEvent): string[] => [
  ...(event.type === 'ledger.opened' || event.type === 'ledger.updated' ? [LEDGER_SUBJECT] : []),
  ...(event.type === 'tags.issued' ? [seriesSubject(event.payload.series)] : []),
  ...(event.type === 'finding.answered' ? [findingSubject(event.payload.finding)] : []),
  ...subjectsStated(event),
  ...certificateSubjects(event),
];

/**
 * Lists the subjects of an event on which a bundle must be complete: the lots of the bundle that it touches with their
 * tags, the lots that it names, its key, its places and documents, and the event itself. May contain repetitions.
 * @param scope the lots of the bundle
 */
export function subjectsBehind(event: AditEvent, scope: ReadonlySet<string>): string[] {
  if (event.iss === 'ledger') return [];
  const { actors, sites, facilities } = references(event);
  const lots = [...lotsOf(event), ...namedLots(event).map(([, lot]) => lot)].filter((lot) => scope.has(lot));
  const tags = tagsPutOn({ event }).filter(({ lot }) => scope.has(lot));
  return [
    LEDGER_SUBJECT,
    ...lots.map(lotSubject),
    ...tags.flatMap(({ tag }) => [tagSubject(tag), ...seriesOf(tag).map(seriesSubject)]),
    ...actors.map(actorSubject),
    keySubject(event.kid),
    ...sites.map(siteSubject),
    ...facilities.map(facilitySubject),
    ...certificateSubjects(event),
    ...(event.type === 'tags.issued' ? [seriesSubject(event.payload.series)] : []),
    // An answer requires all answers to the same finding: a later one may have withdrawn it.
    ...(event.type === 'finding.answered' ? [findingSubject(event.payload.finding)] : []),
    eventSubject(event.id),
  ];
}

/** Lists every possible series of a tag: each prefix before its last digits. Only its issue decides which it is. */
function seriesOf(tag: string): string[] {
  const digits = tagDigits(tag);
  return Array.from({ length: digits }, (_, i) => tag.slice(0, tag.length - digits + i));
}
