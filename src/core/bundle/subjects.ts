import { namedLots } from '../custody/check-lots.js';
import { lotsOf } from '../custody/links.js';
import type { AditEvent } from '../event/event.js';
import { thumbprint } from '../event/keys.js';
import { references } from '../event/references.js';
import {
  actorSubject,
  certificateSubject,
  eventSubject,
  facilitySubject,
  keySubject,
  lotSubject,
  siteSubject,
  tagSubject,
  tagsPutOn,
} from '../rules/subjects.js';
import { tagDigits } from '../event/identifiers.js';

/** The ledger itself: its opening and its updates. */
export const LEDGER_SUBJECT = 'ledger';
export const findingSubject = (id: string): string => `finding:${id}`;
/** Series of tags: where they were issued. */
export const seriesSubject = (series: string): string => `tags:${series}`;

/**
 * What an entry is counted under in the sealed index: the lots whose chains it extends or that it names, the tags that it
 * puts on, and for registry events and attestations what they are about. Who signed an event or receives goods by it is
 * not what it is about: whoever shows one lot need not show all that its traders ever did.
 */
export function subjectsNamed(event: AditEvent): string[] {
  const lots = event.type === 'event.refused' ? event.payload.lots : lotsOf(event);
  return [
    ...new Set([
      ...lots.map(lotSubject),
      ...namedLots(event).map(([, lot]) => lotSubject(lot)),
      ...tagsPutOn({ index: 0, event, recordedAt: null }).map(({ tag }) => tagSubject(tag)),
      ...aboutOthers(event),
    ]),
  ];
}

/** What an entry says of anything but the lots it touches and the tags it puts on, which have tables of their own. */
export function aboutOthers(event: AditEvent): string[] {
  switch (event.type) {
    case 'ledger.opened':
    case 'ledger.updated':
      return [LEDGER_SUBJECT];
    case 'actor.registered':
    case 'key.added':
      return [actorSubject(event.payload.actor), keySubject(thumbprint(event.payload.key))];
    case 'actor.statusChanged':
      return [actorSubject(event.payload.actor)];
    case 'key.revoked':
      return [actorSubject(event.payload.actor), keySubject(event.payload.kid)];
    case 'site.registered':
    case 'site.updated':
    case 'site.inspected':
      return [siteSubject(event.payload.site)];
    case 'facility.registered':
      return [facilitySubject(event.payload.facility)];
    case 'tags.issued':
      return [seriesSubject(event.payload.series)];
    case 'tags.voided':
      return event.payload.tags.map(tagSubject);
    case 'certificate.issued':
    case 'certificate.revoked':
      return [certificateSubject(event.payload.serial)];
    case 'lot.exported':
    case 'lot.imported':
      return event.payload.certificate === undefined ? [] : [certificateSubject(event.payload.certificate)];
    case 'incident.reported': {
      const { sites = [], facilities = [], actors = [] } = event.payload;
      return [...sites.map(siteSubject), ...facilities.map(facilitySubject), ...actors.map(actorSubject)];
    }
    case 'incident.updated':
      return [eventSubject(event.payload.incident)];
    case 'event.corrected':
    case 'event.disputed':
      return [eventSubject(event.payload.event)];
    case 'event.settled':
      return [eventSubject(event.payload.dispute)];
    case 'event.endorsed':
      return event.payload.events.map(eventSubject);
    case 'finding.answered':
      return [findingSubject(event.payload.finding)];
    default:
      return [];
  }
}

/**
 * What must be known in full of an event that stands in a bundle: all that was ever said about the lots of the bundle that
 * it touches and the tags on them, about those it names, the key it is signed with, its places and papers, and itself. One may
 * stand there twice.
 * @param scope the lots that the bundle is about
 */
export function subjectsBehind(event: AditEvent, scope: ReadonlySet<string>): string[] {
  if (event.iss === 'ledger') return [];
  const { actors, sites, facilities } = references(event);
  const lots = [...lotsOf(event), ...namedLots(event).map(([, lot]) => lot)].filter((lot) => scope.has(lot));
  const tags = tagsPutOn({ index: 0, event, recordedAt: null }).filter(({ lot }) => scope.has(lot));
  return [
    LEDGER_SUBJECT,
    ...lots.map(lotSubject),
    ...tags.flatMap(({ tag }) => [tagSubject(tag), ...seriesOf(tag).map(seriesSubject)]),
    ...actors.map(actorSubject),
    keySubject(event.kid),
    ...sites.map(siteSubject),
    ...facilities.map(facilitySubject),
    ...certificatesOf(event),
    ...(event.type === 'tags.issued' ? [seriesSubject(event.payload.series)] : []),
    // Who shows one answer to a finding shows them all: a later one may have taken it back.
    ...(event.type === 'finding.answered' ? [findingSubject(event.payload.finding)] : []),
    eventSubject(event.id),
  ];
}

/** Every series that a tag may be of: all before some of the digits it ends in. Only its issue would tell which it is. */
function seriesOf(tag: string): string[] {
  const digits = tagDigits(tag);
  return Array.from({ length: digits }, (_, i) => tag.slice(0, tag.length - digits + i));
}

function certificatesOf(event: AditEvent): string[] {
  if (event.type === 'certificate.issued' || event.type === 'certificate.revoked')
    return [certificateSubject(event.payload.serial)];
  if ((event.type === 'lot.exported' || event.type === 'lot.imported') && event.payload.certificate !== undefined)
    return [certificateSubject(event.payload.certificate)];
  return [];
}
