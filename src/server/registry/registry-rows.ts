import type {
  Actor,
  Changes,
  Endorsement,
  Facility,
  Key,
  LedgerInfo,
  LedgerView,
  LogKey,
  Site,
} from '../../core/custody/view.js';
import { AditError } from '../../core/errors.js';
import type { PublicJwk } from '../../core/event/keys.js';
import { type Queryable, type Row, insertRows, rowsByKey, together, upsertRows } from '../database/rows.js';

/**
 * Projections of the registry: actors, keys, sites, facilities, tag ranges, certificates, endorsements, incidents and
 * corrections. Every column is a function of the log, so that a replay writes the same bytes.
 */
export const registryTables = [
  'ledger_info',
  'clocks',
  'actors',
  'keys',
  'sites',
  'facilities',
  'tag_ranges',
  'certificates',
  'endorsements',
  'incidents',
  'corrections',
  'access_grants',
] as const;

interface ActorRow {
  id: string;
  roles: string[];
  country: string | null;
  card_from: string | null;
  card_to: string | null;
  suspended: boolean;
  index: number;
}

interface KeyRow {
  kid: string;
  actor: string;
  jwk: PublicJwk;
  added_index: number;
  active_from: number | null;
  introduced: boolean;
  revoked_index: number | null;
  compromised_since: number | null;
}

interface SiteRow {
  id: string;
  country: string;
  operator: string;
  minerals: string[];
  licence: unknown;
  capacity: Site['capacity'];
  certification: number | null;
  activity: number | null;
  inspected_on: string | null;
  index: number;
}

interface FacilityRow {
  id: string;
  kind: string;
  country: string;
  operator: string | null;
  capacity_per_month: unknown;
  index: number;
}

interface InfoRow {
  registrar: string;
  registrar_kid: string;
  /** Any JSON, because a superuser of the database may have changed it. */
  log_keys: unknown;
  service_kid: string;
  admission_version: number;
}

const actorRow = (actor: Actor): Row & ActorRow => ({
  id: actor.id,
  roles: actor.roles,
  country: actor.country,
  card_from: actor.cardFrom,
  card_to: actor.cardTo,
  suspended: actor.suspended,
  index: actor.index,
});

const actorOf = (row: ActorRow): Actor => ({
  id: row.id,
  roles: row.roles,
  country: row.country,
  cardFrom: row.card_from,
  cardTo: row.card_to,
  suspended: row.suspended,
  index: row.index,
});

const keyRow = (key: Key): Row & KeyRow => ({
  kid: key.kid,
  actor: key.actor,
  jwk: key.jwk,
  added_index: key.addedIndex,
  active_from: key.activeFrom,
  introduced: key.introduced,
  revoked_index: key.revokedIndex,
  compromised_since: key.compromisedSince,
});

const keyOf = (row: KeyRow): Key => ({
  kid: row.kid,
  actor: row.actor,
  jwk: row.jwk,
  addedIndex: row.added_index,
  activeFrom: row.active_from,
  introduced: row.introduced,
  revokedIndex: row.revoked_index,
  compromisedSince: row.compromised_since,
});

const siteRow = (site: Site): Row & SiteRow => ({
  id: site.id,
  country: site.country,
  operator: site.operator,
  minerals: site.minerals,
  licence: site.licence,
  capacity: site.capacity,
  certification: site.certification,
  activity: site.activity,
  inspected_on: site.inspectedOn,
  index: site.index,
});

const siteOf = (row: SiteRow): Site => ({
  id: row.id,
  country: row.country,
  operator: row.operator,
  minerals: row.minerals,
  licence: row.licence,
  capacity: row.capacity,
  certification: row.certification,
  activity: row.activity,
  inspectedOn: row.inspected_on,
  index: row.index,
});

const facilityRow = (facility: Facility): Row & FacilityRow => ({
  id: facility.id,
  kind: facility.kind,
  country: facility.country,
  operator: facility.operator,
  capacity_per_month: facility.capacityPerMonth,
  index: facility.index,
});

const facilityOf = (row: FacilityRow): Facility => ({
  id: row.id,
  kind: row.kind,
  country: row.country,
  operator: row.operator,
  capacityPerMonth: row.capacity_per_month,
  index: row.index,
});

/** Returns the well-formed log keys in the column `log_keys`, which may hold any JSON. */
export function logKeysIn(stored: unknown): LogKey[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((key: { vkey?: unknown; from?: unknown } | null) =>
    typeof key?.vkey === 'string' && typeof key.from === 'number' ? [{ vkey: key.vkey, from: key.from }] : [],
  );
}

/** Throws `log-halted` if a stored log key is damaged. */
function soundLogKeys(stored: unknown): LogKey[] {
  const keys = logKeysIn(stored);
  if (Array.isArray(stored) && keys.length === stored.length && keys.length > 0) return keys;
  throw new AditError('log-halted', 'The stored keys of the log are damaged. Run "adit audit".');
}

/** Loads the log's facts about the ledger itself; null before it is opened. Throws `log-halted` if they are damaged. */
export async function loadLedgerInfo(db: Queryable): Promise<LedgerInfo | null> {
  const { rows } = await db.query<InfoRow>('SELECT * FROM ledger_info');
  const row = rows[0];
  if (row === undefined) return null;
  return {
    registrar: row.registrar,
    registrarKid: row.registrar_kid,
    logKeys: soundLogKeys(row.log_keys),
    serviceKid: row.service_kid,
    admissionVersion: row.admission_version,
  };
}

/** Returns the newest `log.clock`, ms since 1970 UTC; null before the first. */
export async function loadClock(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ time: number }>('SELECT time FROM clocks ORDER BY index DESC LIMIT 1');
  return rows[0]?.time ?? null;
}

export interface RegistryNames {
  actors: Iterable<string>;
  kids: Iterable<string>;
  sites: Iterable<string>;
  facilities: Iterable<string>;
}

type RegistryMaps = Pick<LedgerView, 'actors' | 'keys' | 'sites' | 'facilities'>;

/** Loads the named rows that are not in the maps. */
export async function loadRegistry(db: Queryable, names: RegistryNames, into: RegistryMaps): Promise<void> {
  const missing = (wanted: Iterable<string>, have: Map<string, unknown>): string[] =>
    [...new Set(wanted)].filter((name) => !have.has(name));
  await together([
    rowsByKey<ActorRow>(db, 'actors', 'id', missing(names.actors, into.actors)).then((rows) => {
      for (const row of rows) into.actors.set(row.id, actorOf(row));
    }),
    rowsByKey<KeyRow>(db, 'keys', 'kid', missing(names.kids, into.keys)).then((rows) => {
      for (const row of rows) into.keys.set(row.kid, keyOf(row));
    }),
    rowsByKey<SiteRow>(db, 'sites', 'id', missing(names.sites, into.sites)).then((rows) => {
      for (const row of rows) into.sites.set(row.id, siteOf(row));
    }),
    rowsByKey<FacilityRow>(db, 'facilities', 'id', missing(names.facilities, into.facilities)).then((rows) => {
      for (const row of rows) into.facilities.set(row.id, facilityOf(row));
    }),
  ]);
}

export async function loadCertificates(
  db: Queryable,
  serials: string[],
  into: LedgerView['certificates'],
): Promise<void> {
  const missing = serials.filter((serial) => !into.has(serial));
  const rows = await rowsByKey<{ serial: string; index: number; revoked_index: number | null }>(
    db,
    'certificates',
    'serial',
    missing,
  );
  for (const { serial, index, revoked_index } of rows) into.set(serial, { serial, index, revokedIndex: revoked_index });
}

/** Loads keys that a registrar introduced for these actors, because a key event may be about to accept one. */
export async function loadIntroducedKeys(db: Queryable, actors: string[], into: LedgerView['keys']): Promise<void> {
  if (actors.length === 0) return;
  const { rows } = await db.query<KeyRow>('SELECT * FROM keys WHERE actor = ANY($1::text[]) AND introduced', [actors]);
  for (const row of rows) if (!into.has(row.kid)) into.set(row.kid, keyOf(row));
}

/** Loads all endorsements of the given events. */
export async function loadEndorsements(db: Queryable, events: string[], before: number): Promise<Endorsement[]> {
  if (events.length === 0) return [];
  const { rows } = await db.query<{ event: string; index: number; by_actor: string }>(
    'SELECT event, index, by_actor FROM endorsements WHERE event = ANY($1::text[]) AND index < $2 ORDER BY index',
    [events, before],
  );
  return rows.map((row) => ({ event: row.event, index: row.index, by: row.by_actor }));
}

const rowsOf = <T>(ids: Iterable<string>, map: ReadonlyMap<string, T>, row: (value: T) => Row): Row[] =>
  [...ids].flatMap((id) => {
    const value = map.get(id);
    return value === undefined ? [] : [row(value)];
  });

/** Writes the times of the log that `log.clock` entries declare, ms since 1970 UTC. */
export async function writeClocks(db: Queryable, clocks: { index: number; time: number }[]): Promise<void> {
  await insertRows(db, 'clocks', clocks);
}

/** Writes the final state of every registry row that the batch changed. */
export async function writeRegistry(db: Queryable, view: LedgerView, changes: Changes): Promise<void> {
  const statements: Promise<void>[] = [];
  if (changes.opened && view.opened !== null) {
    const { registrar, registrarKid, logKeys, serviceKid, admissionVersion } = view.opened;
    statements.push(
      upsertRows(db, 'ledger_info', 'single', [
        {
          single: true,
          registrar,
          registrar_kid: registrarKid,
          log_keys: logKeys,
          service_kid: serviceKid,
          admission_version: admissionVersion,
        },
      ]),
    );
  }
  statements.push(
    upsertRows(db, 'actors', 'id', rowsOf(changes.actors, view.actors, actorRow)),
    upsertRows(db, 'keys', 'kid', rowsOf(changes.keys, view.keys, keyRow)),
    upsertRows(db, 'sites', 'id', rowsOf(changes.sites, view.sites, siteRow)),
    upsertRows(db, 'facilities', 'id', rowsOf(changes.facilities, view.facilities, facilityRow)),
    insertRows(
      db,
      'tag_ranges',
      changes.tagRanges.map((range) => ({
        index: range.index,
        series: range.series,
        from_number: range.from,
        to_number: range.to,
        digits: range.digits,
        site: range.site,
        issuer: range.issuer,
      })),
    ),
    upsertRows(
      db,
      'certificates',
      'serial',
      rowsOf(changes.certificates, view.certificates, ({ serial, index, revokedIndex }) => ({
        serial,
        index,
        revoked_index: revokedIndex,
      })),
    ),
    insertRows(
      db,
      'endorsements',
      changes.endorsements.map((e) => ({ event: e.event, index: e.index, by_actor: e.by })),
    ),
  );
  await together(statements);
}
