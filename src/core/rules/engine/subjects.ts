import type { Quantity } from '../../event/quantity-claims.js';
import type { AditEvent } from '../../event/event.js';
import { encodeBase64url } from '../../event/grammar.js';
import { thumbprint } from '../../event/keys.js';
import { dateMs } from '../../event/primitives.js';
import { references } from '../../event/references.js';
import { defaultSha256 } from '../../log/tree.js';
import { numbered } from '../custody/device-numbers.js';
import { numbersOf } from '../tags/series-numbers.js';
import { spansFiled, spansRead } from '../origin/declared-spans.js';
import { declaredFor, producedBy, readsOfProducer } from '../people/producers.js';
import type { JudgedEvent } from './facts.js';
import { goodsNamed } from './goods-named.js';

/**
 * An index of entries: a rule that judges one entry finds related ones without searching the log. Subjects with many
 * entries are split into months, days or ranges of numbers: the loaded part stays small however large the log grows. A
 * subject is a short text that begins with its kind.
 */

export interface Filing {
  subject: string;
  /** Time of the event, ms since 1970 UTC: a re-evaluation often needs only events after a date. */
  at: number;
  /** A quantity to sum, to sort by or to list: milligrams, a count, a device's sequence number, an item of a series. */
  amount?: bigint;
  /** Of an item of a series: the quantity that the amount is a part or a deviation of. */
  whole?: bigint;
}

/** A filing with a quantity. */
export type AmountFiling = Filing & { amount: bigint };

const DAY = 86_400_000;
const HOUR = 3_600_000;

const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);
const dayOf = (ms: number): number => Math.floor(ms / DAY);

/** Hashes a value that may be erased: base64url of SHA-256 of its kind and itself. */
const hidden = (text: string): string => encodeBase64url(defaultSha256(new TextEncoder().encode(text)));

export const siteSubject = (site: string): string => `site:${site}`;
export const actorSubject = (actor: string): string => `actor:${actor}`;
export const keySubject = (kid: string): string => `key:${kid}`;
export const facilitySubject = (facility: string): string => `facility:${facility}`;
export const lotSubject = (lot: string): string => `lot:${lot}`;
export const eventSubject = (id: string): string => `event:${id}`;
export const tagSubject = (tag: string): string => `tag:${tag}`;
export const certificateSubject = (serial: string): string => `certificate:${serial}`;
export const serialSubject = (serial: string): string => `serial:${serial}`;
export const documentSubject = (digest: string): string => `document:${hidden(`document:${digest}`)}`;
/** Everything that an actor signed, with any key; read only for re-evaluation. */
const signedBySubject = (actor: string): string => `signed-by:${actor}`;
/** Receipts from an actor; read only for re-evaluation. */
const suppliedBySubject = (actor: string): string => `supplied-by:${actor}`;
/** Events in a facility; read only for re-evaluation. */
const happenedInSubject = (facility: string): string => `happened-in:${facility}`;
/** Lots declared at a site; read only for re-evaluation. */
const declaredAtSubject = (site: string): string => `declared-at:${site}`;
/** Mixes of mineral of a site with other; read only for re-evaluation. */
export const mixedFromSubject = (site: string): string => `mixed-from:${site}`;
/** Entries of a device; the amount is its sequence number. */
export const deviceSubject = (actor: string, device: string): string => `device:${actor}/${device}`;
/** The recorder of an event: its device if it names one, else its signer. */
export const recorderSubject = ({ iss, payload: { device } }: Pick<AditEvent, 'iss' | 'payload'>): string =>
  device === undefined ? actorSubject(iss) : deviceSubject(iss, device);
/** The beginning of the subjects of a vehicle, one for each day. */
export const vehiclePrefix = (vehicle: string): string => `vehicle:${hidden(`vehicle:${vehicle}`)}/`;
const vehicleSubject = (vehicle: string, ms: number): string => `${vehiclePrefix(vehicle)}${dayOf(ms)}`;
/** The registrations of a vehicle. */
export const vehicleRegisteredSubject = (vehicle: string): string => `${vehiclePrefix(vehicle)}registered`;
/** Returns the subjects of a vehicle from two days before an instant to two days after it. */
export function vehicleAround(vehicle: string, ms: number): string[] {
  return [-2, -1, 0, 1, 2].map((days) => vehicleSubject(vehicle, ms + days * DAY));
}
/** Intake and output of a facility in a month, which rules sum. */
export const intakeSubject = (facility: string, ms: number): string => `intake:${facility}/${monthOf(ms)}`;
export const outputSubject = (facility: string, ms: number): string => `output:${facility}/${monthOf(ms)}`;
/** The number of weights that an actor declared in a month, and of those that end in 0 or 5. */
export const weightsSubject = (actor: string, ms: number): string => `weights:${actor}/${monthOf(ms)}`;
export const roundWeightsSubject = (actor: string, ms: number): string => `round:${actor}/${monthOf(ms)}`;
/** A series of amounts, of which rules read the newest; they are filed as soon as chains are loaded. */
export const seriesSubject = (kind: string, ...names: readonly string[]): string => `series:${kind}:${names.join('/')}`;

/** Entries that an actor logged late within one hour. */
export const enteredSubject = (actor: string, recordedAt: number): string =>
  `entered:${actor}/${Math.floor(recordedAt / HOUR)}`;
/** Returns whether the delay between event and entry shows that its recorder was offline. */
export const isEnteredLate = ({ event, recordedAt }: JudgedEvent): boolean =>
  recordedAt !== null && recordedAt - event.occurredAtMs >= HOUR;

/** Lists the tags that an entry applies, each with its lot. */
export function tagsPutOn({ event }: Pick<JudgedEvent, 'event'>): { tag: string; lot: string }[] {
  if (event.type === 'lot.sealed')
    return event.payload.lots.flatMap(({ lot, tagsOn = [] }) => tagsOn.map((tag) => ({ tag, lot })));
  if ('outputs' in event.payload)
    return event.payload.outputs.flatMap(({ lot, tags = [] }) => tags.map((tag) => ({ tag, lot })));
  return [];
}

/** The export of a lot, filed under each of its ancestors. */
const exportedSubject = (lot: string): string => `exported:${lot}`;

/** Lists the serial numbers of bars that an entry gives to new lots. */
export function serialsGiven({ event }: JudgedEvent): { serial: string; lot: string }[] {
  if (event.type !== 'lot.aggregated' && event.type !== 'lot.split' && event.type !== 'lot.processed') return [];
  return event.payload.outputs.flatMap(({ lot, serials = [] }) => serials.map((serial) => ({ serial, lot })));
}

const isRound = ({ value }: Quantity): boolean => value.endsWith('0') || value.endsWith('5');

/** Attachments that may look alike without being the same document. */
const LIKENESSES = new Set(['photo', 'photograph', 'picture', 'logo', 'id', 'portrait']);

/** Lists the digests of attached documents: of their bytes if disclosed, else the commitment. */
export const papersOf = ({ event }: JudgedEvent): string[] =>
  (event.payload.attachments ?? [])
    .filter(({ kind }) => !LIKENESSES.has(kind))
    .flatMap(({ commit, digest }) => (digest === undefined ? [commit] : [commit, digest]));

/** Lists what an entry adds to sums by itself: to the weights that an actor declares, and to a person's production. */
export function countedIn(entry: JudgedEvent): AmountFiling[] {
  const { event } = entry;
  if (event.type !== 'lot.declared') return [];
  const at = event.occurredAtMs;
  const masses = event.payload.outputs.map(({ mass }) => mass);
  const round = masses.filter(isRound).length;
  return [
    { subject: weightsSubject(event.iss, at), at, amount: BigInt(masses.length) },
    { subject: roundWeightsSubject(event.iss, at), at, amount: BigInt(round) },
    ...producedBy(entry),
  ];
}

/** Cache: an entry never changes, and is filed and cached. */
const filings = new WeakMap<JudgedEvent, readonly Filing[]>();

/** Lists every subject that an entry is filed under. */
export function filedUnder(entry: JudgedEvent): readonly Filing[] {
  const known = filings.get(entry) ?? filingsOf(entry);
  filings.set(entry, known);
  return known;
}

function filingsOf(entry: JudgedEvent): Filing[] {
  const { event, recordedAt } = entry;
  if (event.type === 'log.clock' || event.type === 'index.sealed') return [];
  const at = event.occurredAtMs;
  const subjects = new Set<string>([
    ...subjectsStated(event),
    ...registeredWith(event),
    ...paperSubjects(entry),
    ...goodsNamed(event),
    ...lotsStated(event).map(lotSubject),
    ...declaredFor(event),
    ...spansFiled(entry),
  ]);
  if (event.iss !== 'ledger') {
    subjects.add(signedBySubject(event.iss));
    if (recordedAt !== null && isEnteredLate(entry)) subjects.add(enteredSubject(event.iss, recordedAt));
  }
  if (event.type === 'custody.received') subjects.add(suppliedBySubject(event.payload.from));
  if (event.place?.facility !== undefined) subjects.add(happenedInSubject(event.place.facility));
  if ((event.type === 'custody.dispatched' || event.type === 'transit.checked') && event.payload.vehicle !== undefined)
    subjects.add(vehicleSubject(event.payload.vehicle, at));
  if (event.type === 'vehicle.registered') subjects.add(vehicleRegisteredSubject(event.payload.vehicle));
  if (event.type === 'lot.declared' && event.place?.site !== undefined) {
    subjects.add(declaredAtSubject(event.place.site));
  }
  for (const { tag } of tagsPutOn(entry)) subjects.add(tagSubject(tag));
  if (event.type === 'lot.exported') for (const { lot } of event.payload.lots) subjects.add(exportedSubject(lot));
  const own = numbered(entry);
  const ofDevice = own === null ? [] : [{ subject: deviceSubject(own.actor, own.device), at, amount: BigInt(own.seq) }];
  return [
    ...[...subjects].map((subject) => ({ subject, at })),
    ...ofDevice,
    ...countedIn(entry).filter(({ amount }) => amount > 0n),
  ];
}

/** Lists what a registry event or a statement is about, besides lots, papers and applied tags. */
export function subjectsStated(event: AditEvent): string[] {
  switch (event.type) {
    case 'actor.registered':
    case 'key.added':
      return [actorSubject(event.payload.actor), keySubject(thumbprint(event.payload.key))];
    case 'actor.statusChanged':
      return [actorSubject(event.payload.actor)];
    case 'actor.related': {
      const { actor, other } = event.payload;
      return [actor, ...(other === undefined ? [] : [other])].map(actorSubject);
    }
    case 'key.revoked':
      return [actorSubject(event.payload.actor), keySubject(event.payload.kid)];
    case 'site.registered':
    case 'site.updated':
    case 'site.inspected':
      return [siteSubject(event.payload.site)];
    case 'facility.registered':
      return [facilitySubject(event.payload.facility)];
    case 'tags.voided':
      return event.payload.tags.map(tagSubject);
    case 'incident.reported': {
      const { sites = [], facilities = [], actors = [] } = event.payload;
      return [...sites.map(siteSubject), ...facilities.map(facilitySubject), ...actors.map(actorSubject)];
    }
    default:
      return eventsSpokenOf({ event }).map(eventSubject);
  }
}

/** Lists the certificates that an entry issues, revokes or names. */
export function certificateSubjects(event: AditEvent): string[] {
  if (event.type === 'certificate.issued' || event.type === 'certificate.revoked')
    return [certificateSubject(event.payload.serial)];
  if ((event.type === 'lot.exported' || event.type === 'lot.imported') && event.payload.certificate !== undefined)
    return [certificateSubject(event.payload.certificate)];
  return [];
}

/** Lists the actors and things to which a registry event adds something. */
function registeredWith(event: AditEvent): string[] {
  if (event.type === 'tags.issued') return [siteSubject(event.payload.site)];
  if (event.type !== 'facility.registered' || event.payload.operator === undefined) return [];
  return [actorSubject(event.payload.operator)];
}

function paperSubjects(entry: JudgedEvent): string[] {
  const { event } = entry;
  const subjects = serialsGiven(entry).map(({ serial }) => serialSubject(serial));
  for (const { commit, digest } of event.payload.attachments ?? []) {
    subjects.push(documentSubject(commit));
    if (digest !== undefined) subjects.push(documentSubject(digest));
  }
  return [...subjects, ...certificateSubjects(event)];
}

/** Lists the lots of a statement that does not extend their chains. */
function lotsStated(event: AditEvent): string[] {
  switch (event.type) {
    case 'event.corrected':
    case 'event.disputed':
    case 'event.settled':
    case 'event.endorsed':
      return [];
    case 'event.refused':
      return event.payload.lots;
    default:
      return references(event)
        .lots.filter(({ prev }) => prev === null)
        .map(({ lot }) => lot);
  }
}

/** Lists subjects whose entries a rule may need to judge this entry, besides the lots' own chains. */
export function readsAbout(entry: JudgedEvent): string[] {
  const { event, recordedAt } = entry;
  if (event.type === 'log.clock' || event.type === 'index.sealed') return [];
  const at = event.occurredAtMs;
  const refs = references(event);
  const subjects = new Set<string>([
    ...refs.actors.map(actorSubject),
    ...refs.sites.map(siteSubject),
    ...refs.facilities.map(facilitySubject),
    ...refs.lots.map(({ lot }) => lotSubject(lot)),
    ...refs.outputs.map(lotSubject),
    ...paperSubjects(entry),
    keySubject(event.kid),
    eventSubject(event.id),
    ...tagsPutOn(entry).map(({ tag }) => tagSubject(tag)),
    ...readsOfProducer(event),
    ...spansRead(entry),
  ]);
  if (event.type === 'tags.voided') for (const tag of event.payload.tags) subjects.add(tagSubject(tag));
  if (recordedAt !== null && isEnteredLate(entry))
    for (const hours of [-2, -1, 0, 1, 2]) subjects.add(enteredSubject(event.iss, recordedAt + hours * HOUR));
  if ((event.type === 'custody.dispatched' || event.type === 'transit.checked') && event.payload.vehicle !== undefined)
    for (const subject of [
      ...vehicleAround(event.payload.vehicle, at),
      vehicleRegisteredSubject(event.payload.vehicle),
    ])
      subjects.add(subject);
  return [...subjects];
}

/** Entries to re-evaluate because of this one: those filed under `subject` that happened since. */
export interface Revisit {
  subject: string;
  /** ms since 1970 UTC. */
  since: number;
}

const YEAR = 366 * DAY;
/** Days after a raise of a capacity within which an inspection may confirm it, at most. */
export const MOST_DAYS_CONFIRMED = 92;

/** Returns the instant, ms, at which a day begins in the first time zone; null if the text is no date. */
function dayBegins(day: string): number | null {
  const ms = dateMs(day);
  return ms === null ? null : ms - DAY;
}

/** Lists what to re-evaluate after an entry. A late registration counts one year back, not more. */
export function revisitsAfter({ event }: JudgedEvent): Revisit[] {
  const at = event.occurredAtMs;
  switch (event.type) {
    case 'site.inspected': {
      const { site, date } = event.payload;
      const since = dayBegins(date) ?? at;
      return [
        // It may also confirm a capacity that was raised before it.
        { subject: declaredAtSubject(site), since: since - MOST_DAYS_CONFIRMED * DAY },
        { subject: mixedFromSubject(site), since },
      ];
    }
    case 'site.updated':
      return [{ subject: declaredAtSubject(event.payload.site), since: at - YEAR }];
    case 'actor.statusChanged': {
      const { actor, from, card } = event.payload;
      const cardSince = card === undefined ? at : (dayBegins(card.from ?? '') ?? at - YEAR);
      const since = Math.min(dayBegins(from ?? '') ?? at, cardSince);
      return [signedBySubject(actor), suppliedBySubject(actor)].map((subject) => ({ subject, since }));
    }
    case 'actor.related': {
      const { actor, from } = event.payload;
      const since = dayBegins(from ?? '') ?? at;
      return [signedBySubject(actor), suppliedBySubject(actor)].map((subject) => ({ subject, since }));
    }
    case 'tags.issued':
      return numbersOf(event.payload).map((tag) => ({ subject: tagSubject(tag), since: at - YEAR }));
    case 'tags.voided':
      return event.payload.tags.map((tag) => ({ subject: tagSubject(tag), since: at - YEAR }));
    case 'certificate.issued':
      return [certificateSubject(event.payload.serial), ...event.payload.lots.map(exportedSubject)].map((subject) => ({
        subject,
        since: at - YEAR,
      }));
    case 'certificate.revoked':
      return [{ subject: certificateSubject(event.payload.serial), since: at - YEAR }];
    case 'lot.exported': {
      const { certificate } = event.payload;
      // Exports under one certificate are weighed together.
      return certificate === undefined ? [] : [{ subject: certificateSubject(certificate), since: at - YEAR }];
    }
    case 'incident.reported': {
      const { sites = [], facilities = [], actors = [] } = event.payload;
      const subjects = [
        ...sites.map(declaredAtSubject),
        ...facilities.map(happenedInSubject),
        ...actors.map(signedBySubject),
      ];
      return subjects.map((subject) => ({ subject, since: at - DAY }));
    }
    default:
      return [];
  }
}

/**
 * Lists the subjects to re-evaluate after a later disclosure of a judged entry, beside the chains of its lots: declarations at
 * a site whose place is now known, events in a facility, and uses of the same vehicle or paper.
 */
export function revisitsOnceDisclosed(entry: JudgedEvent): Revisit[] {
  const { event } = entry;
  const at = event.occurredAtMs;
  const subjects = papersOf(entry).map(documentSubject);
  if (event.type === 'site.registered' || event.type === 'site.updated')
    subjects.push(declaredAtSubject(event.payload.site));
  if (event.type === 'facility.registered') subjects.push(happenedInSubject(event.payload.facility));
  if (event.type === 'actor.registered')
    subjects.push(signedBySubject(event.payload.actor), suppliedBySubject(event.payload.actor));
  if (
    (event.type === 'custody.dispatched' || event.type === 'transit.checked') &&
    event.payload.vehicle !== undefined
  ) {
    const { vehicle } = event.payload;
    subjects.push(...vehicleAround(vehicle, at));
  }
  return subjects.map((subject) => ({ subject, since: Number.MIN_SAFE_INTEGER }));
}

/** Lists the events that an entry refers to, which are re-evaluated with it. */
export function eventsSpokenOf({ event }: Pick<JudgedEvent, 'event'>): string[] {
  switch (event.type) {
    case 'event.corrected':
    case 'event.disputed':
      return [event.payload.event];
    case 'event.settled':
      return [event.payload.dispute];
    case 'event.endorsed':
      return event.payload.events;
    case 'incident.updated':
      return [event.payload.incident];
    default:
      return [];
  }
}
