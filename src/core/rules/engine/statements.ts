import { type Facts, lotsOf } from './facts.js';
import { isStatement } from './parties.js';
import { actorSubject, eventSubject, facilitySubject, siteSubject } from './subjects.js';

/** Event types that later events close or settle; the entries filed under them decide whether they are open. */
const OPEN_UNTIL_SAID = new Set(['incident.reported', 'event.disputed']);

/**
 * Lists the subjects behind loaded incidents and disputes: later statements about them, and their signers, because the
 * statement of a stranger counts less. The loader repeats this until nothing new is listed.
 */
export function subjectsOfStatements(about: Facts['about']): string[] {
  const subjects = new Set<string>();
  for (const entries of about.values())
    for (const { event } of entries) {
      if (OPEN_UNTIL_SAID.has(event.type)) subjects.add(eventSubject(event.id)).add(actorSubject(event.iss));
      if (WEIGHED_BY_SIGNER.has(event.type)) subjects.add(actorSubject(event.iss));
    }
  return [...subjects];
}

/** What else counts for a lot or not by who signed it. */
const WEIGHED_BY_SIGNER = new Set(['incident.updated', 'transit.checked', 'payment.recorded']);

/** Subjects under which statements about lots are found that are not themselves judged. */
const FOUND_BESIDE = /^(device|vehicle|document):/;

/**
 * Lists the lots that statements and refused attempts name which are read beside the entries that are judged: whether such a
 * statement counts depends on who had a part in those lots.
 */
export const lotsOfStatements = (about: Facts['about']): string[] => [
  ...new Set(
    [...about].flatMap(([subject, entries]) =>
      FOUND_BESIDE.test(subject)
        ? entries.filter((entry) => isStatement(entry) || entry.event.type === 'event.refused').flatMap(lotsOf)
        : [],
    ),
  ),
];

/** Subjects under which sightings of one person, card or vehicle are found that are not themselves judged. */
const SEEN_BESIDE = /^(produced|sold|card|vehicle|left|closed-in):/;

/** Lists the sites and facilities at which persons, cards and vehicles were seen beside the entries that are judged. */
export const placesOfSightings = (about: Facts['about']): string[] => [
  ...new Set(
    [...about].flatMap(([subject, entries]) =>
      SEEN_BESIDE.test(subject)
        ? entries.flatMap(({ event: { place } }) => [
            ...(place?.site === undefined ? [] : [siteSubject(place.site)]),
            ...(place?.facility === undefined ? [] : [facilitySubject(place.facility)]),
          ])
        : [],
    ),
  ),
];
