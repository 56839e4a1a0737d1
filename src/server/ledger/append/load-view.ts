import { type LedgerView, type Successor, endorsementKey, successorKey } from '../../../core/custody/view.js';
import type { AditEvent } from '../../../core/event/event.js';
import { AditError } from '../../../core/errors.js';
import { successorOf } from '../../../core/custody/fork.js';
import { targetOf } from '../../../core/custody/check-target.js';
import { lotsOf } from '../../../core/custody/links.js';
import { loadCorrections, loadIncidents, targetsOfCorrections } from '../../registry/attestation-rows.js';
import { type References, references } from '../../../core/event/references.js';
import { type Queryable, together } from '../../database/rows.js';
import { loadCertificates, loadEndorsements, loadIntroducedKeys, loadRegistry } from '../../registry/registry-rows.js';
import { loadLots } from './lot-rows.js';
import { readEntry, storedPayload } from '../read/reread-event.js';

/** Names and rows that a batch refers to, collected so that each table is queried once. */
interface ReferencedRows {
  actors: Set<string>;
  kids: Set<string>;
  sites: Set<string>;
  facilities: Set<string>;
  lots: Set<string>;
  events: Set<string>;
  links: { lot: string; prev: string }[];
}

function gather(all: readonly References[]): ReferencedRows {
  const gathered: ReferencedRows = {
    actors: new Set(),
    kids: new Set(),
    sites: new Set(),
    facilities: new Set(),
    lots: new Set(),
    events: new Set(),
    links: [],
  };
  for (const refs of all) {
    for (const id of refs.actors) gathered.actors.add(id);
    for (const id of refs.kids) gathered.kids.add(id);
    for (const id of refs.sites) gathered.sites.add(id);
    for (const id of refs.facilities) gathered.facilities.add(id);
    for (const id of refs.outputs) gathered.lots.add(id);
    const parents = new Set<string>();
    for (const { lot, prev } of refs.lots) {
      gathered.lots.add(lot);
      if (prev === null) continue;
      gathered.links.push({ lot, prev });
      parents.add(prev);
    }
    for (const id of refs.events) if (!parents.has(id)) gathered.events.add(id);
  }
  return gathered;
}

/**
 * Loads into the view every row that the events refer to: one statement a table, by primary key, so the cost depends on
 * the batch and not on the ledger. Only entries below `view.size` count, so that a replay can read the same tables.
 * @param logged the events that are among those entries, by id, with their indexes, which may be looked up meanwhile;
 * absent: not known, so that each parent is looked up
 */
export async function loadView(
  db: Queryable,
  view: LedgerView,
  events: readonly AditEvent[],
  logged?: Promise<ReadonlyMap<string, { index: number }>>,
): Promise<void> {
  const wanted = gather(events.map(references));
  // A key that an update replaces is named only by the ledger itself.
  if (view.opened !== null && events.some(({ type }) => type === 'ledger.updated'))
    wanted.kids.add(view.opened.serviceKid);
  await together([
    ...(logged === undefined ? [] : [logged]),
    loadRegistry(db, wanted, view),
    loadLots(db, wanted.lots, view.lots),
    loadCertificates(db, events.flatMap(serialOf), view.certificates),
  ]);

  // If a chain has not moved, only its head is needed, which is loaded with the lot.
  const moved = wanted.links.filter(({ lot, prev }) => view.lots.get(lot)?.head !== prev);
  for (const { prev } of moved) wanted.events.add(prev);
  // A head is in the log; another event of the batch may name it after it is no longer the head.
  for (const { lot, prev } of wanted.links) {
    const head = view.lots.get(lot);
    if (head?.head === prev) view.events.set(prev, { index: head.headIndex });
  }
  if (logged !== undefined) {
    for (const [id, { index }] of await logged) view.events.set(id, { index });
    for (const { id } of events) wanted.events.delete(id);
  }
  await loadEvents(db, view, wanted.events);
  await loadSuccessors(
    db,
    view,
    moved.filter(({ lot, prev }) => view.lots.has(lot) && view.events.has(prev)),
  );
  // Events of a revoked or lost key may still count if an active key has endorsed them.
  const revokedHere = new Set(events.flatMap((event) => (event.type === 'key.revoked' ? [event.payload.kid] : [])));
  const revoked = events.filter(
    ({ kid }) => revokedHere.has(kid) || (view.keys.get(kid)?.revokedIndex ?? null) !== null,
  );
  const endorsed = await loadEndorsements(
    db,
    revoked.map((event) => event.id),
    view.size,
  );
  for (const endorsement of endorsed)
    view.endorsements.set(endorsementKey(endorsement.event, endorsement.by), endorsement);
  await loadTargets(db, view, events);
  const endorsers = events.flatMap((event) => (event.type === 'event.endorsed' ? [event.iss] : []));
  await loadIntroducedKeys(db, [...new Set(endorsers)], view.keys);
}

/**
 * Loads the events that others correct, dispute, settle or update, as they were signed, with earlier statements about
 * them.
 */
async function loadTargets(db: Queryable, view: LedgerView, events: readonly AditEvent[]): Promise<void> {
  const named = events.flatMap((event) => targetOf(event)?.id ?? []);
  const endorsed = events.flatMap((event) => (event.type === 'event.endorsed' ? event.payload.events : []));
  if (named.length === 0 && endorsed.length === 0) return;
  const targets = [...new Set([...named, ...(await targetsOfCorrections(db, endorsed))])];
  const missing = targets.filter((id) => view.events.get(id)?.event === undefined);
  const { rows } = await db.query<{ index: number; jws: string }>(
    'SELECT index, jws FROM entries WHERE id = ANY($1::text[]) AND index < $2',
    [missing, view.size],
  );
  for (const { index, jws } of rows) {
    const event = readLogged(jws, view.log);
    if (event !== null) view.events.set(event.id, { index, event });
  }
  await loadLots(db, new Set(targets.flatMap((id) => lotsOfTarget(view, id))), view.lots);
  await loadRegistry(db, gather(named.flatMap((id) => referencesOfTarget(view, id))), view);
  await loadIncidents(db, named, view.incidents);
  for (const [target, corrections] of await loadCorrections(db, targets, view.size))
    if (!view.corrections.has(target)) view.corrections.set(target, corrections);
}

/** Returns null if a stored text was tampered with and cannot be parsed; the replay reports it. */
function readLogged(jws: string, log: string): AditEvent | null {
  try {
    return readEntry(jws, log);
  } catch (error) {
    if (error instanceof AditError) return null;
    throw error;
  }
}

const lotsOfTarget = (view: LedgerView, id: string): string[] => {
  const event = view.events.get(id)?.event;
  return event === undefined ? [] : lotsOf(event);
};

/** Returns the actors and places of the target, which determine its country. */
const referencesOfTarget = (view: LedgerView, id: string): References[] => {
  const event = view.events.get(id)?.event;
  return event === undefined ? [] : [references(event)];
};

const serialOf = (event: AditEvent): string[] =>
  event.type === 'certificate.issued' || event.type === 'certificate.revoked' ? [event.payload.serial] : [];

async function loadEvents(db: Queryable, view: LedgerView, ids: ReadonlySet<string>): Promise<void> {
  const missing = [...ids].filter((id) => !view.events.has(id));
  if (missing.length === 0) return;
  const { rows } = await db.query<{ id: string; index: number }>(
    'SELECT id, index FROM entries WHERE id = ANY($1::text[]) AND index < $2',
    [missing, view.size],
  );
  for (const { id, index } of rows) view.events.set(id, { index });
}

interface SuccessorRow {
  lot: string;
  prev: string;
  id: string;
  jws: string;
}

async function loadSuccessors(
  db: Queryable,
  view: LedgerView,
  links: readonly { lot: string; prev: string }[],
): Promise<void> {
  if (links.length === 0) return;
  const { rows } = await db.query<SuccessorRow>(
    `SELECT link.lot, link.prev, entry.id, entry.jws
       FROM unnest($1::uuid[], $2::text[]) AS link (lot, prev)
       JOIN entries AS parent ON parent.id = link.prev
       JOIN lot_events AS here ON here.lot = link.lot AND here.index = parent.index
       JOIN lot_events AS next ON next.lot = link.lot AND next.seq = here.seq + 1
       JOIN entries AS entry ON entry.index = next.index`,
    [links.map(({ lot }) => lot), links.map(({ prev }) => prev)],
  );
  for (const row of rows) view.successors.set(successorKey(row.lot, row.prev), successorIn(row));
}

/** Reads from a logged event what it did with a lot; admission has checked the text before. */
function successorIn({ id, jws }: SuccessorRow): Successor {
  const payload = storedPayload<AditEvent['payload']>(jws);
  return successorOf({ id, iss: payload.iss, type: payload.type, payload } as AditEvent);
}
