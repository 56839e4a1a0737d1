import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import type { ShareViewer, Viewer } from '../../../src/core/access/viewer.js';
import { ExplainAccess } from '../../../src/server/access/explain-access.js';
import { Database } from '../../../src/server/database/database.js';
import { READER_ROLE } from '../../../src/server/database/pools.js';
import { sessionOptions } from '../../../src/server/database/session.js';
import { viewerContext } from '../../../src/server/database/viewer-context.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { lotsSeen } from '../../../src/server/ledger/read/lots-seen.js';
import type { FormerLot } from '../../../src/server/provenance/former-lot.js';
import type { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { whole } from '../../support/rounds.js';
import {
  ENTRIES,
  STRANGER,
  type Sight,
  type SightWorld,
  putWorld,
  sightOf,
  sightWorlds,
} from '../../support/random-sight.js';

const WORLDS = 15;
const everyone: Viewer = { kind: 'everyone' };
const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] });

let place: TestDatabase;
let database: Database;
let rights: LotRights;
let superuser: pg.Client;
/** A connection of the readers' role. */
let raw: pg.Client;
let key: Buffer;

beforeAll(async () => {
  place = await testDatabase();
  database = new Database({ url: place.url, failed: () => undefined });
  rights = new LotRights(database);
  superuser = new pg.Client({ connectionString: place.superuserUrl });
  raw = new pg.Client({ connectionString: place.url, options: sessionOptions(READER_ROLE) });
  await Promise.all([superuser.connect(), raw.connect()]);
  key = (await database.rows<{ key: Buffer }>('SELECT key FROM viewer_key'))[0]?.key ?? Buffer.alloc(0);
});

afterAll(async () => {
  await Promise.all([superuser.end(), raw.end(), database.close()]);
  await place.drop();
});

/** Returns what a statement of the readers' role finds for a viewer, one text a row. */
async function found(viewer: Viewer, text: string): Promise<string[]> {
  await raw.query('BEGIN');
  await raw.query(`SELECT set_config('adit.viewer', $1, true)`, [viewerContext(viewer, key, Date.now())]);
  const { rows } = await raw.query<{ found: string }>(`SELECT found FROM (${text}) AS each (found) ORDER BY found`);
  await raw.query('COMMIT');
  return rows.map((row) => row.found);
}

const listed = async (viewer: Viewer): Promise<string[]> => {
  const search = new SearchLots(database, {} as JudgeLots, {} as FormerLot);
  const { items } = await asViewer(viewer, () => search.search(lotsQuery.parse({ limit: 100 })));
  return items.map(({ id }) => id).toSorted();
};

const reaches = (part: Sight['part'], index: number | null): boolean =>
  part !== null && (part.until === null || (index !== null && part.until >= index));

/** Everything that answers what a viewer sees by parts in lots, as the service finds it. */
const byParts = async (viewer: Viewer, lots: readonly string[]) => ({
  list: await listed(viewer),
  lots: await found(viewer, 'SELECT id FROM lots'),
  entries: await found(viewer, `SELECT lot || ' ' || index FROM lot_events`),
  tags: await found(viewer, `SELECT lot || ' ' || index FROM tag_uses`),
  findings: await found(viewer, 'SELECT id FROM findings'),
  alerts: await found(viewer, 'SELECT id FROM alerts'),
  visible: Object.fromEntries(await rights.visible(lots, viewer)),
});

/** The same as the rule says. */
const byRule = (world: SightWorld, sights: ReadonlyMap<string, Sight>): Awaited<ReturnType<typeof byParts>> => {
  const parts = [...sights].flatMap(([lot, { part }]) => (part === null ? [] : [{ lot, ...part }]));
  const full = parts.filter(({ until }) => until === null).map(({ lot }) => lot);
  const entries = parts
    .flatMap(({ lot, until }) => Array.from({ length: until ?? ENTRIES }, (_, n) => `${lot} ${n + 1}`))
    .toSorted();
  const findings = world.findings
    .filter(({ lots, first }) => lots.some((lot) => reaches(sights.get(lot)?.part ?? null, first)))
    .map(({ id }) => id);
  return {
    list: full.toSorted(),
    lots: full.toSorted(),
    entries,
    tags: entries,
    findings,
    alerts: findings,
    visible: Object.fromEntries(parts.map(({ lot, until }) => [lot, { until }])),
  };
};

/** The right to one lot as the rule says. */
const rightBy = ({ part, upstream }: Sight) => (upstream ? { until: null, upstream } : part && { ...part, upstream });

const sightsOf = (world: SightWorld, who: string): Map<string, Sight> =>
  new Map(world.lots.map((lot) => [lot.id, sightOf(world, who, lot)]));

/** Compares the policies, the list, the right to each lot and its explanation with the rule, for one actor. */
async function compareActor(world: SightWorld, who: string): Promise<void> {
  const sights = sightsOf(world, who);
  const lots = [...sights.keys()];
  expect([who, await byParts(actor(who), lots)]).toEqual([who, byRule(world, sights)]);
  const explain = new ExplainAccess(database, rights);
  await Promise.all([...sights].map(([lot, sight]) => compareLot(world, { who, lot, right: rightBy(sight) }, explain)));
}

/** Compares the right of one actor to one lot, and its explanation. */
async function compareLot(
  world: SightWorld,
  { who, lot, right }: { who: string; lot: string; right: ReturnType<typeof rightBy> },
  explain: ExplainAccess,
): Promise<void> {
  expect([who, lot, await rights.of(lot, actor(who))]).toEqual([who, lot, right]);
  const { sees, until, reasons } = await asViewer(everyone, () => explain.explain(lot, who));
  const said = right === null ? 'nothing' : right.until === null ? 'all' : 'part';
  expect([who, lot, sees, until]).toEqual([who, lot, said, right?.until ?? null]);
  expect([who, lot, reasons.length > 0]).toEqual([who, lot, right !== null]);
  for (const reason of reasons) {
    if (reason.rule !== 'grant') continue;
    const given = world.grants.find(({ id }) => id === reason.grant);
    expect(given).toMatchObject({ by: reason.by, to: who, ended: false, withdrawn: false });
  }
}

/** Compares which lots of findings several actors see at once. */
async function compareFindings(world: SightWorld, actors: readonly string[]): Promise<void> {
  const asked = world.findings.map(({ lots, first }) => ({ lots, firstIndex: first }));
  const seen = await lotsSeen(database, asked, actors);
  const isParent = (lot: string): boolean => world.lots.some(({ madeOf }) => madeOf.includes(lot));
  for (const who of actors) {
    const sights = sightsOf(world, who);
    const expected = asked.map(({ lots, firstIndex }) =>
      lots.filter((lot) => {
        const sight = sights.get(lot);
        return sight !== undefined && (reaches(sight.part, firstIndex) || (isParent(lot) && sight.upstream));
      }),
    );
    expect([who, seen.map((each) => [...(each.get(who) ?? [])].toSorted())]).toEqual([
      who,
      expected.map((lots) => lots.toSorted()),
    ]);
  }
}

/** Compares what a share of the first lot shows, whoever made it. */
async function compareShares(world: SightWorld): Promise<void> {
  const [lot] = world.lots;
  if (lot === undefined) return;
  for (const { id: by, suspended } of world.actors) {
    const own = suspended ? undefined : lot.parts.find(({ party }) => party === by);
    expect([by, await rights.ownPart(lot.id, by)]).toEqual([by, own === undefined ? null : { until: own.until }]);
    if (own === undefined) continue;
    const share: ShareViewer = {
      kind: 'share',
      share: 's',
      by,
      lot: lot.id,
      until: own.until,
      expiresAt: '2099-01-01T00:00:00Z',
      disclosures: false,
    };
    const shown = own.until === null ? [lot.id] : [];
    expect([by, await found(share, 'SELECT id FROM lots'), await listed(share)]).toEqual([by, shown, shown]);
    expect(await found(share, 'SELECT index::text FROM lot_events')).toHaveLength(own.until ?? ENTRIES);
    const isHeld = [lot.holder, lot.to].includes(by);
    for (const other of world.lots) {
      // A share by who holds the lot also shows what it was made of; the first lot was made of nothing.
      const right = other.id === lot.id ? { until: isHeld ? null : own.until, upstream: isHeld } : null;
      expect([by, other.id, await rights.of(other.id, share)]).toEqual([by, other.id, right]);
    }
  }
}

/** Compares whose disclosures grants show. */
async function compareOpenings(world: SightWorld, who: string): Promise<void> {
  const isActive = (id: string): boolean => world.actors.some((one) => one.id === id && !one.suspended);
  const given = world.grants.filter(
    ({ by, to, ended, withdrawn, disclosures }) =>
      to === who && disclosures && !ended && !withdrawn && isActive(by) && isActive(who),
  );
  const { grants } = await rights.opening(actor(who));
  const textOf = ({
    by,
    lots,
    sites,
  }: {
    by: string;
    lots: readonly string[] | null;
    sites: readonly string[] | null;
  }): string => JSON.stringify([by, lots, sites]);
  expect([who, grants.map(textOf).toSorted()]).toEqual([who, given.map(textOf).toSorted()]);
}

describe('in any world of lots, parties and grants', () => {
  it('policies, lists, rights, findings and explanations follow one rule', async () => {
    await fc.assert(
      fc.asyncProperty(sightWorlds, async (world) => {
        await putWorld(superuser, world);
        const actors = [...world.actors.map(({ id }) => id), STRANGER];
        for (const who of actors) {
          await compareActor(world, who);
          await compareOpenings(world, who);
        }
        await compareFindings(world, actors);
        await compareShares(world);
        const nothing = byRule(world, new Map());
        for (const viewer of [{ kind: 'nobody' }, { kind: 'operator', scopes: ['read'] }] as const)
          expect(
            await byParts(
              viewer,
              world.lots.map(({ id }) => id),
            ),
          ).toEqual(nothing);
      }),
      { numRuns: whole ? WORLDS : WORLDS / 3, endOnFailure: true },
    );
  });

  it('worlds show lots by every rule, and hide others', () => {
    const worlds = fc.sample(sightWorlds, { numRuns: WORLDS, seed: 1 });
    const sights = worlds.flatMap((world) =>
      world.actors.flatMap(({ id }) => world.lots.map((lot) => sightOf(world, id, lot))),
    );
    const counts = [
      sights.filter(({ part, upstream }) => part === null && !upstream),
      sights.filter(({ part, upstream }) => part === null && upstream),
      sights.filter(({ part, upstream }) => part?.until === null && !upstream),
      sights.filter(({ part, upstream }) => part !== null && part.until !== null && !upstream),
    ].map(({ length }) => length);
    for (const count of counts) expect(count).toBeGreaterThan(20);
  });
});
