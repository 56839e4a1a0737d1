import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { fillOf, lotAt } from '../../../bench/access/fill.js';
import { type ListStatement, listsOf, mayRead, statementsOf, viewers } from '../../../bench/access/lists.js';
import { Explainer } from '../../../bench/access/plans.js';
import type { Viewer } from '../../../src/core/access/viewer.js';
import type { Database } from '../../../src/server/database/database.js';
import { APPLICATION_ROLE } from '../../../src/server/database/pools.js';
import { sessionOptions } from '../../../src/server/database/session.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { endParts } from '../../../src/server/ledger/append/lot-rows.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';

/** Lots of the ledger, of which each of 100 actors holds every hundredth. */
const LOTS = 30_000;
const holder: Viewer = { kind: 'actor', actor: 'a7', scopes: ['read'] };

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

let place: TestDatabase;
let explainer: Explainer;
let app: pg.Client;

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Returns the first statement that code runs as the application. */
async function statementOf(viewer: Viewer, work: (database: Database) => Promise<unknown>): Promise<ListStatement> {
  const noted: ListStatement[] = [];
  const query = (text: string, values: unknown[] = []) => {
    noted.push({ text, values });
    return Promise.resolve({ rows: [], rowCount: 0 });
  };
  await asViewer(viewer, () => work({ query, reads: { query } } as unknown as Database)).catch(() => undefined);
  const [first] = noted;
  if (first === undefined) throw new Error('No statement ran.');
  return first;
}

async function planOf({ text, values }: ListStatement, options: string): Promise<PlanNode> {
  const { rows } = await app.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (${options}) ${text}`, values);
  const [row] = rows;
  if (row === undefined) throw new Error('EXPLAIN returned nothing.');
  return row['QUERY PLAN'][0].Plan;
}

beforeAll(async () => {
  place = await testDatabase();
  await asSuperuser(place.superuserUrl, fillOf(LOTS));
  explainer = await Explainer.open(place);
  app = new pg.Client({ connectionString: place.url, options: sessionOptions(APPLICATION_ROLE) });
  await app.connect();
});

afterAll(async () => {
  await Promise.all([explainer.close(), app.end()]);
  await place.drop();
});

describe(`lists in a ledger of ${LOTS} lots`, () => {
  it.each(listsOf(LOTS))('%s: found for every viewer without looking through all lots', async (name, list) => {
    let explained = 0;
    for (const [who, viewer] of viewers)
      for (const statement of await statementsOf(viewer, list)) {
        const { policed, open } = await explainer.explain(viewer, statement);
        expect([who, policed.faults]).toEqual([who, []]);
        const isFew = mayRead(name, who, policed.blocks, open.blocks) !== null;
        expect([who, isFew ? 'few' : `${policed.blocks} blocks, ${open.blocks} without policies`]).toEqual([
          who,
          'few',
        ]);
        explained += 1;
      }
    expect(explained).toBeGreaterThan(0);
  });

  it('rights to lots of a finding probe those lots alone', async () => {
    const statement = await statementOf(holder, (database) => new LotRights(database).visible([1, 2, 3].map(lotAt)));
    // The first time a connection also reads the catalogue.
    await planOf(statement, 'ANALYZE, FORMAT JSON');
    const plan = await planOf(statement, 'ANALYZE, BUFFERS, FORMAT JSON');
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(100);
  });
});

// Runs last: it takes the statistics away.
describe('the append of a young ledger, whose tables nothing is known of', () => {
  it('reads the parties of its lots alone', async () => {
    await asSuperuser(place.superuserUrl, "DELETE FROM pg_statistic WHERE starelid = 'lot_parties'::regclass");
    const ended = [{ lot: lotAt(1), index: LOTS + 1, keeps: ['a5'] }];
    const statement = await statementOf(holder, (database) => endParts(database, ended));
    const plan = await planOf(statement, 'FORMAT JSON');
    const reads = nodesOf(plan).filter((node) => node['Relation Name'] === 'lot_parties');
    expect(reads.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });
});
