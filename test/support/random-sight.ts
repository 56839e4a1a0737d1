import fc from 'fast-check';
import pg from 'pg';
import { insertRows } from '../../src/server/database/rows.js';

/**
 * Random worlds of lots, parties and grants, with the rule of access in plain code beside: what somebody who reads
 * docs/access.md would decide by hand.
 */

export interface SightWorld {
  actors: { id: string; roles: string[]; country: string | null; suspended: boolean }[];
  lots: {
    id: string;
    bornAt: number;
    site: string;
    holder: string;
    to: string | null;
    parts: { party: string; until: number | null }[];
    /** Lots before this one that it was made of. */
    madeOf: string[];
  }[];
  grants: {
    id: string;
    by: string;
    to: string;
    lots: string[] | null;
    sites: string[] | null;
    bornFrom: number | null;
    bornUntil: number | null;
    ended: boolean;
    withdrawn: boolean;
    disclosures: boolean;
  }[];
  findings: { id: string; lots: string[]; first: number | null }[];
}

type Lot = SightWorld['lots'][number];

/** Entries of each lot, whose indexes are 1 to this. */
export const ENTRIES = 6;
const DAYS = 6;
const traders = ['a1', 'a2', 'a3', 'a4', 'a5'];
/** Everybody who is registered, in order: traders, two authorities, a registrar, an auditor. */
const registered = [...traders, 'ministry', 'customs', 'registrar', 'auditor'];
export const STRANGER = 'stranger';
const sites = ['hill', 'ridge'];
const lotId = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;
const findingId = (n: number): string => `00000000-0000-8000-9000-${String(n).padStart(12, '0')}`;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 2 });
const index = fc.integer({ min: 1, max: ENTRIES });
const day = fc.integer({ min: 0, max: DAYS });

const lot = fc.record({
  bornAt: day,
  site: fc.constantFrom(...sites),
  holder: fc.constantFrom(...traders),
  to: maybe(fc.constantFrom(...traders)),
  others: fc.uniqueArray(
    fc.record({ party: fc.constantFrom(...registered, '@RW', '@CD'), until: fc.option(index, { nil: null, freq: 3 }) }),
    { selector: ({ party }) => party, maxLength: 3 },
  ),
  madeOf: fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 2 }),
});

/** Parts of a lot: those of its holder and of its named receiver last, and those of countries end never. */
function partsOf({ holder, to, others }: { holder: string; to: string | null; others: Lot['parts'] }): Lot['parts'] {
  const now = [holder, ...(to === null ? [] : [to])];
  const rest = others.filter(({ party }) => !now.includes(party));
  return [
    ...[...new Set(now)].map((party) => ({ party, until: null })),
    ...rest.map(({ party, until }) => ({ party, until: party.startsWith('@') ? null : until })),
  ];
}

const lots = fc.array(lot, { minLength: 2, maxLength: 8 }).map((made) =>
  made.map(({ others, madeOf, ...one }, n): Lot => ({
    ...one,
    id: lotId(n),
    parts: partsOf({ ...one, others }),
    madeOf: n === 0 ? [] : [...new Set(madeOf.map((above) => lotId(above % n)))],
  })),
);

const grant = fc.record({
  by: fc.constantFrom(...registered),
  to: fc.constantFrom(...registered),
  lots: maybe(fc.uniqueArray(fc.nat({ max: 7 }).map(lotId), { minLength: 1, maxLength: 3 })),
  sites: maybe(fc.uniqueArray(fc.constantFrom(...sites, 'nowhere'), { minLength: 1, maxLength: 2 })),
  bornFrom: maybe(day),
  bornUntil: maybe(day),
  ended: fc.constantFrom(false, false, true),
  withdrawn: fc.constantFrom(false, false, true),
  disclosures: fc.boolean(),
});

export const sightWorlds: fc.Arbitrary<SightWorld> = fc
  .record({
    suspended: fc.uniqueArray(fc.constantFrom(...registered), { maxLength: 2 }),
    lots,
    grants: fc.array(grant, { maxLength: 10 }),
    findings: fc.array(
      fc.record({ lots: fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 3 }), first: maybe(index) }),
      {
        maxLength: 4,
      },
    ),
  })
  .map(({ suspended, lots: made, grants, findings }) => ({
    actors: registered.map((id) => ({ id, ...officeOf(id), suspended: suspended.includes(id) })),
    lots: made,
    grants: grants.map((one, n) => ({ ...one, id: `g${n}` })),
    findings: findings.map(({ lots: named, first }, n) => ({
      id: findingId(n),
      first,
      lots: [...new Set(named.map((at) => lotId(at % made.length)))],
    })),
  }));

function officeOf(id: string): { roles: string[]; country: string | null } {
  if (id === 'ministry') return { roles: ['authority'], country: 'RW' };
  if (id === 'customs') return { roles: ['authority', 'trader'], country: 'CD' };
  if (id === 'registrar') return { roles: ['registrar'], country: 'RW' };
  return { roles: [id === 'auditor' ? 'auditor' : 'trader'], country: id === 'a5' ? null : 'RW' };
}

/** What the rule says of one actor and one lot. */
export interface Sight {
  /** Whether a part, its own or a granted one, shows the lot; until which entry, null: to its end. */
  part: { until: number | null } | null;
  /** Whether it, or who granted it, holds or is to receive the lot or one that was made of it. */
  upstream: boolean;
}

/** Decides by the rule, without a database. */
export function sightOf(world: SightWorld, who: string, of: Lot): Sight {
  const actor = world.actors.find(({ id }) => id === who);
  if (actor === undefined || actor.suspended) return { part: null, upstream: false };
  const supervises = actor.roles.some((role) => role === 'authority' || role === 'registrar');
  const own = [who, ...(supervises && actor.country !== null ? [`@${actor.country}`] : [])];
  const given = world.grants.filter(
    ({ to, by, ended, withdrawn }) =>
      to === who && !ended && !withdrawn && world.actors.some(({ id, suspended }) => id === by && !suspended),
  );
  const mayBe = (party: string | null, one: Lot): boolean =>
    party !== null && (own.includes(party) || given.some((grantOne) => grantOne.by === party && covers(grantOne, one)));
  const ends = of.parts.filter(({ party }) => mayBe(party, of)).map(({ until }) => until);
  return {
    part: ends.length === 0 ? null : { until: ends.includes(null) ? null : Math.max(...ends.map(Number)) },
    upstream: withDescendants(world, of).some((one) => mayBe(one.holder, one) || mayBe(one.to, one)),
  };
}

const covers = ({ lots: only, sites: at, bornFrom, bornUntil }: SightWorld['grants'][number], one: Lot): boolean =>
  (only === null || only.includes(one.id)) &&
  (at === null || at.includes(one.site)) &&
  (bornFrom === null || one.bornAt >= bornFrom) &&
  (bornUntil === null || one.bornAt < bornUntil);

function withDescendants(world: SightWorld, of: Lot): Lot[] {
  const found = new Set([of.id]);
  // Lots are made of lots before them.
  for (const one of world.lots) if (one.madeOf.some((above) => found.has(above))) found.add(one.id);
  return world.lots.filter(({ id }) => found.has(id));
}

const TABLES =
  'actors, lots, lot_parties, lot_events, tag_uses, lineage, access_grants, findings, alerts, alert_findings';
const LONG = 4_102_444_800_000;

/** Puts a world in the place of the one before, as rows. */
export async function putWorld(client: pg.Client, world: SightWorld): Promise<void> {
  await client.query(`SET session_replication_role = replica; TRUNCATE ${TABLES}`);
  await insertRows(
    client,
    'actors',
    world.actors.map((actor, n) => ({ ...actor, index: n })),
  );
  await insertRows(client, 'lots', world.lots.map(lotRow));
  await insertRows(
    client,
    'lot_parties',
    world.lots.flatMap(({ id, parts }, n) =>
      parts.map(({ party, until }) => ({ lot: id, party, born_index: n, from_index: 1, until_index: until })),
    ),
  );
  await insertRows(
    client,
    'lot_events',
    world.lots.flatMap(({ id }) => Array.from({ length: ENTRIES }, (_, n) => ({ lot: id, seq: n + 1, index: n + 1 }))),
  );
  await insertRows(
    client,
    'lineage',
    world.lots.flatMap(({ id, madeOf }) =>
      madeOf.map((above) => ({ from_lot: above, to_lot: id, index: 1, mass: '1' })),
    ),
  );
  await insertRows(client, 'access_grants', world.grants.map(grantRow));
  await insertRows(client, 'findings', world.findings.map(findingRow));
  await client.query(`INSERT INTO tag_uses SELECT 'tag', lot, index FROM lot_events;
    INSERT INTO alerts (id, finding, rule, root, severity, ordering_key, status, lots)
    SELECT id, id, rule, root, severity, root, 'open', lots FROM findings;
    INSERT INTO alert_findings SELECT finding, id, 'open', 3, 1 FROM alerts`);
}

const lotRow = ({ id, bornAt, site, holder, to }: Lot, n: number): Record<string, unknown> => ({
  id,
  seq: ENTRIES,
  head: `head${n}`,
  born_index: n,
  head_index: n,
  status: to === null ? 'held' : 'inTransit',
  holder,
  in_transit_to: to,
  holds: [],
  mineral: 'cassiterite',
  form: 'ore',
  mass: '1000000',
  grades: [],
  tags: [],
  site,
  born_at: bornAt,
  origins: [{ site, mass: '1000000' }],
  origins_by: 'dryMass',
  assayed: false,
});

const grantRow = (one: SightWorld['grants'][number], n: number): Record<string, unknown> => ({
  id: one.id,
  index: n,
  by_actor: one.by,
  to_actor: one.to,
  lots: one.lots,
  sites: one.sites,
  born_from: one.bornFrom,
  born_until: one.bornUntil,
  until: one.ended ? 1 : LONG,
  disclosures: one.disclosures,
  withdrawn_index: one.withdrawn ? n : null,
});

const findingRow = (
  { id, lots: named, first }: SightWorld['findings'][number],
  n: number,
): Record<string, unknown> => ({
  id,
  fingerprint: id,
  rule: 'mass-balance',
  version: 1,
  severity: 'high',
  status: 'open',
  subject: id,
  root: id,
  cause: id,
  lots: named,
  events: [],
  measured: '',
  threshold: '',
  detail: '',
  first_index: first,
  first_opened: 1,
  opened_at: n,
  reopened: 0,
  change: n + 1,
  parameters: 1,
});
