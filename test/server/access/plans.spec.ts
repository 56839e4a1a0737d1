import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Viewer } from '../../../src/core/access/viewer.js';
import type { Database } from '../../../src/server/database/database.js';
import { APPLICATION_ROLE, READER_ROLE } from '../../../src/server/database/pools.js';
import { sessionOptions } from '../../../src/server/database/session.js';
import { viewerContext } from '../../../src/server/database/viewer-context.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { AlertSight } from '../../../src/server/alerts/alert-sight.js';
import { endParts } from '../../../src/server/ledger/append/lot-rows.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import type { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import type { FormerLot } from '../../../src/server/provenance/former-lot.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';

/** Lots of the ledger, of which each of 100 actors holds every hundredth. */
const LOTS = 30_000;
const holder: Viewer = { kind: 'actor', actor: 'a7', scopes: ['read'] };
const authority: Viewer = { kind: 'actor', actor: 'ministry', scopes: ['read'] };
const grantee: Viewer = { kind: 'actor', actor: 'auditor', scopes: ['read'] };

const LEDGER = /* sql */ `
INSERT INTO actors (id, roles, country, suspended, index)
SELECT 'a' || n, '{trader}'::text[], 'RW', false, n FROM generate_series(0, 99) AS n
UNION ALL SELECT 'ministry', '{authority}', 'RW', false, 100 UNION ALL SELECT 'auditor', '{auditor}', 'DE', false, 101;
INSERT INTO lots SELECT ('00000000-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 'head' || n, n, n, 'held', 'a' || n % 100,
  NULL, NULL, NULL, '{}', 'cassiterite', 'ore', 1000000, NULL, '[]', '{}', NULL, NULL, 'hill', n,
  '[{"site": "hill", "mass": "1000000"}]', 'dryMass', false FROM generate_series(1, ${LOTS}) AS n;
INSERT INTO lot_parties SELECT id, 'a' || born_index % 100, born_index, born_index, NULL FROM lots;
INSERT INTO lot_parties SELECT id, '@RW', born_index, born_index, NULL FROM lots;
INSERT INTO lot_parties SELECT id, 'a' || (born_index + 1) % 100, born_index, born_index, born_index FROM lots;
INSERT INTO access_grants VALUES ('g', 1, 'a7', 'auditor', NULL, NULL, NULL, NULL, 4102444800000, false, NULL);
ANALYZE lots; ANALYZE lot_parties; ANALYZE actors; ANALYZE access_grants;`;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

interface Statement {
  text: string;
  values: unknown[];
}

let place: TestDatabase;
let reader: pg.Client;
let app: pg.Client;
let key: Buffer;

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Runs code against a database that only notes its statements, and returns the first. */
async function statementOf(viewer: Viewer, work: (database: Database) => Promise<unknown>): Promise<Statement> {
  const noted: Statement[] = [];
  const query = (text: string, values: unknown[] = []) => {
    noted.push({ text, values });
    return Promise.resolve({ rows: [], rowCount: 0 });
  };
  const database = { query, reader: { for: () => ({ query }) } } as unknown as Database;
  await asViewer(viewer, () => work(database)).catch(() => undefined);
  const [first] = noted;
  if (first === undefined) throw new Error('No statement ran.');
  return first;
}

async function planOf(
  viewer: Viewer,
  { text, values }: Statement,
  client = reader,
): Promise<{ plan: PlanNode; written: string; blocks: number }> {
  await client.query('BEGIN');
  await client.query(`SELECT set_config('adit.viewer', $1, true)`, [viewerContext(viewer, key, Date.now())]);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  await client.query('COMMIT');
  const [{ Plan: plan }] = (rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'];
  return { plan, written: JSON.stringify(plan), blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
}

const search = (query: object) => (database: Database) =>
  new SearchLots(database, {} as JudgeLots, {} as FormerLot).search(lotsQuery.parse({ limit: 50, ...query }));

beforeAll(async () => {
  place = await testDatabase();
  await asSuperuser(place.superuserUrl, LEDGER);
  reader = new pg.Client({ connectionString: place.url, options: sessionOptions(READER_ROLE) });
  app = new pg.Client({ connectionString: place.url, options: sessionOptions(APPLICATION_ROLE) });
  await Promise.all([reader.connect(), app.connect()]);
  const { rows } = await app.query<{ key: Buffer }>('SELECT key FROM viewer_key');
  key = rows[0]?.key ?? Buffer.alloc(0);
});

afterAll(async () => {
  await Promise.all([reader.end(), app.end()]);
  await place.drop();
});

describe(`lists of one viewer in a ledger of ${LOTS} lots`, () => {
  const lists: [string, (database: Database) => Promise<unknown>, readonly Viewer[]][] = [
    ['the newest lots', search({}), [holder, authority, grantee]],
    ['the newest lots of a mineral', search({ mineral: 'cassiterite' }), [holder, authority, grantee]],
    ['lots of a tag', search({ tag: 'none' }), [holder]],
    ['former lots', search({ part: 'former' }), [holder]],
  ];

  it.each(lists)(
    '%s are found by the parts of the viewer, not by looking through all lots',
    async (_, work, viewers) => {
      for (const viewer of viewers) {
        const statement = await statementOf(viewer, work);
        const { plan, written, blocks } = await planOf(viewer, statement);
        const scanned = nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan');
        expect(scanned.map((node) => node['Relation Name'])).not.toContain('lots');
        expect(scanned.map((node) => node['Relation Name'])).not.toContain('lot_parties');
        // The lots of a tag are hashed for every viewer: they are those of the tag alone.
        if (!statement.values.includes('none')) expect(written.includes('hashed SubPlan')).toBe(false);
        // The same statement by the role from which no policy hides rows. Former lots may be sorted: those of one actor.
        const open = await planOf(viewer, statement, app);
        expect([
          viewer.kind,
          blocks <= 2 * open.blocks + (statement.text.includes('viewer()') ? LOTS / 50 : 200)
            ? 'few'
            : `${blocks} of ${open.blocks}`,
        ]).toEqual([viewer.kind, 'few']);
      }
    },
  );

  it('rights to lots of a finding probe those lots alone', async () => {
    const ids = [1, 2, 3].map((n) => `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`);
    const statement = await statementOf(holder, (database) => new LotRights(database).visible(ids));
    expect((await planOf(holder, statement, app)).blocks).toBeLessThan(100);
  });

  it('alerts are listed by their number', async () => {
    const statement = await statementOf(holder, (database) =>
      new AlertSight(database, new LotRights(database)).candidates(1_000_000),
    );
    const { written } = await planOf(holder, statement);
    expect(written.includes('hashed SubPlan')).toBe(false);
  });
});

// Runs last: it takes the statistics away.
describe('the append of a young ledger, whose tables nothing is known of', () => {
  it('reads the parties of its lots alone', async () => {
    await asSuperuser(place.superuserUrl, "DELETE FROM pg_statistic WHERE starelid = 'lot_parties'::regclass");
    const ended = [{ lot: '00000000-0000-8000-8000-000000000001', index: LOTS + 1, keeps: ['a5'] }];
    const { text, values } = await statementOf(holder, (database) => endParts(database, ended));
    const { rows } = await app.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
    const [{ Plan: plan }] = (rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'];
    const reads = nodesOf(plan).filter((node) => node['Relation Name'] === 'lot_parties');
    expect(reads.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });
});
