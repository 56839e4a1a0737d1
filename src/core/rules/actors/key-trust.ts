import { thumbprint } from '../../event/keys.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { eventSubject, keySubject } from '../engine/subjects.js';

/**
 * Trust of keys. The key that added a key vouches for it: the new key inherits the trust that the other had at that
 * time, until the actor endorses the addition with a more trusted key.
 */

type Addition = JudgedOf<'key.added'> | JudgedOf<'actor.registered'>;

interface KnownKey {
  kid: string;
  /** The entry that added the key; null if it is not loaded, or the key is the root registrar's first. */
  added: Addition | null;
  revoked: JudgedOf<'key.revoked'> | null;
}

/** The entry from which a key may have been used by another actor, and the revocation that states it. */
export interface Compromise {
  since: number;
  by: JudgedOf<'key.revoked'>;
  /** The addition by a compromised key; null if the key itself is compromised. */
  through: Addition | null;
}

interface Trust {
  compromised: ReadonlyMap<string, Compromise>;
  /** By key that a registrar introduced, or that such a key added: the entry from which it is the actor's own. */
  ownFrom: ReadonlyMap<string, number>;
  keys: ReadonlyMap<string, KnownKey>;
}

/** Cache per set of facts: rules ask for every event. */
const known = new WeakMap<Facts['about'], Trust>();

function trustOf(facts: Facts): Trust {
  const before = known.get(facts.about);
  if (before !== undefined) return before;
  const keys = readKeys(facts);
  const compromised = findCompromised(facts, keys);
  const trust = { keys, compromised, ownFrom: findOwn(facts, keys, compromised) };
  known.set(facts.about, trust);
  return trust;
}

const addedBefore = (a: KnownKey, b: KnownKey): number => (a.added?.index ?? -1) - (b.added?.index ?? -1);

/** Lists every key that facts are loaded about, oldest first. */
function readKeys(facts: Facts): Map<string, KnownKey> {
  const keys: KnownKey[] = [];
  for (const [subject, entries] of facts.about) {
    if (!subject.startsWith('key:') || entries.length === 0) continue;
    const kid = subject.slice('key:'.length);
    const added = entries.find((entry) => isAddition(entry) && thumbprint(entry.event.payload.key) === kid);
    keys.push({
      kid,
      added: (added as Addition | undefined) ?? null,
      revoked: entries.find((entry) => isType(entry, 'key.revoked')) ?? null,
    });
  }
  return new Map(keys.toSorted(addedBefore).map((key) => [key.kid, key]));
}

const isAddition = (entry: JudgedEvent): entry is Addition =>
  isType(entry, 'key.added') || isType(entry, 'actor.registered');

type CompromisedKeys = ReadonlyMap<string, Compromise>;

const isSuspect = (compromised: CompromisedKeys, kid: string, index: number): boolean =>
  index >= (compromised.get(kid)?.since ?? Infinity);

/** Lists the entries in which an actor endorses an event of its own. */
const endorsementsOf = (facts: Facts, id: string, actor: string): JudgedOf<'event.endorsed'>[] =>
  (facts.about.get(eventSubject(id)) ?? []).filter(
    (entry): entry is JudgedOf<'event.endorsed'> =>
      isType(entry, 'event.endorsed') && entry.event.iss === actor && entry.event.payload.events.includes(id),
  );

/**
 * Finds compromised keys, and the keys that they added since. Endorsements by a thief with such keys do not count. So
 * first no endorsement counts; each round then counts those of the keys that are cleared so far, until no more are
 * cleared. Two stolen keys cannot clear each other.
 */
function findCompromised(facts: Facts, keys: ReadonlyMap<string, KnownKey>): CompromisedKeys {
  if (![...keys.values()].some(({ revoked }) => revoked?.event.payload.compromisedSince !== undefined))
    return new Map();
  let before = compromisedIf(keys, () => false);
  for (;;) {
    const trusted = before;
    const after = compromisedIf(keys, ({ event }) =>
      endorsementsOf(facts, event.id, event.iss).some((entry) => !isSuspect(trusted, entry.event.kid, entry.index)),
    );
    if ([...before].every(([kid, { since }]) => after.get(kid)?.since === since)) return after;
    before = after;
  }
}

function compromisedIf(
  keys: ReadonlyMap<string, KnownKey>,
  isEndorsedAddition: (added: Addition) => boolean,
): Map<string, Compromise> {
  const found = new Map<string, Compromise>();
  for (const { kid, added, revoked } of keys.values()) {
    const adder = added === null ? undefined : found.get(added.event.kid);
    if (added !== null && adder !== undefined && added.index >= adder.since && !isEndorsedAddition(added)) {
      found.set(kid, { since: added.index, by: adder.by, through: added });
      continue;
    }
    const since = revoked?.event.payload.compromisedSince;
    if (revoked !== null && since !== undefined) found.set(kid, { since, by: revoked, through: null });
  }
  return found;
}

/** Finds the entry from which each introduced key is the actor's own: an older key of its own endorses it. */
function findOwn(facts: Facts, keys: ReadonlyMap<string, KnownKey>, compromised: CompromisedKeys): Map<string, number> {
  const ownFrom = new Map<string, number>();
  const isOwn = (kid: string, index: number): boolean => index >= (ownFrom.get(kid) ?? 0);
  for (const { kid, added } of keys.values()) {
    if (added === null || !isType(added, 'key.added')) continue;
    const { actor } = added.event.payload;
    if (added.event.iss === actor && isOwn(added.event.kid, added.index)) continue;
    const accepted = endorsementsOf(facts, added.event.id, actor).find(
      ({ event, index }) =>
        (keys.get(event.kid)?.added?.index ?? -1) < added.index &&
        isOwn(event.kid, index) &&
        !isSuspect(compromised, event.kid, index),
    );
    ownFrom.set(kid, accepted?.index ?? Infinity);
  }
  return ownFrom;
}

/** Returns since when a key is compromised; null if it is not, by the log. */
export const compromiseOf = (facts: Facts, kid: string): Compromise | null =>
  trustOf(facts).compromised.get(kid) ?? null;

/** Returns the `key.added` of a key that a registrar introduced and no older key of its actor endorses; else null. */
export function introductionOf(facts: Facts, kid: string): JudgedOf<'key.added'> | null {
  const { keys, ownFrom } = trustOf(facts);
  const added = keys.get(kid)?.added ?? null;
  return added !== null && isType(added, 'key.added') && ownFrom.get(kid) === Infinity ? added : null;
}

/** Returns whether an actor endorses an event with a living key of its own that was not compromised at that time. */
export const isEndorsed = (facts: Facts, id: string, actor: string): boolean =>
  endorsementsOf(facts, id, actor).some(({ event, index }) => !isSuspect(trustOf(facts).compromised, event.kid, index));

/** Lists the subjects that decide the trust of these entries' keys: the addition of each key, and its endorsements. */
export function subjectsOfTrust(about: Facts['about']): Set<string> {
  const subjects = new Set<string>();
  for (const [subject, entries] of about) {
    if (!subject.startsWith('key:') && !subject.startsWith('event:')) continue;
    for (const entry of entries) {
      if (isAddition(entry)) subjects.add(eventSubject(entry.event.id));
      if (isAddition(entry) || isType(entry, 'event.endorsed')) subjects.add(keySubject(entry.event.kid));
    }
  }
  return subjects;
}
