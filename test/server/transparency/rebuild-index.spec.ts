import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Queryable } from '../../../src/server/database/rows.js';
import type { Difference } from '../../../src/server/ledger/replay/compare-projections.js';
import { LogEvents } from '../../../src/server/ledger/append/log-events.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { readIndexState, recut } from '../../../src/server/transparency/index-rows.js';
import { RebuildIndex } from '../../../src/server/transparency/rebuild-index.js';
import { type SealedIndex, SealIndex } from '../../../src/server/transparency/seal-index.js';
import type { ShowCheckpoint } from '../../../src/server/transparency/show-checkpoint.js';
import { JudgeAgain } from '../../../src/server/verification/audit/rebuild/judge-again.js';
import { TestLedger } from '../../support/test-ledger.js';

const indexTables = ['index_state', 'index_leaves', 'index_nodes'];
/** A ledger without witnesses shows every checkpoint at once. */
const shown = { covers: () => Promise.resolve(true) } as unknown as ShowCheckpoint;

let ledger: TestLedger;

const seal = async (): Promise<SealedIndex> => {
  const { database, identity, append, clock } = ledger;
  const sealed = await new SealIndex(database, identity, new LogEvents(identity, clock), append, shown).seal();
  if (sealed === null) throw new Error('The log is empty.');
  return sealed;
};

async function differences(): Promise<Pick<Difference, 'table' | 'key' | 'column'>[]> {
  const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, RuleParameters.load(null), 3);
  const replay = await replayLog(ledger.database, ledger.identity, { follower });
  return replay.differences.map(({ table, key, column }) => ({ table, key, column }));
}

/** Hashes all above the leaves anew, as somebody would who changes a leaf and wants nothing to show. */
async function hashAnew(): Promise<void> {
  await ledger.database.transaction(async (db) => {
    const { cut } = await readIndexState(db, true);
    const { hash, leaves } = await recut(db, cut, false);
    await db.query('UPDATE index_state SET root = $1, leaves = $2', [Buffer.from(hash), leaves]);
  });
}

const keep = (schema: string): Promise<number> =>
  ledger.tamper(
    `DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
     ${indexTables.map((table) => `CREATE TABLE ${schema}.${table} AS SELECT * FROM ${table};`).join('\n')}`,
  );

const putBack = (schema: string): Promise<number> =>
  ledger.tamper(
    indexTables
      .map((table) => `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM ${schema}.${table};`)
      .join('\n'),
  );

beforeAll(async () => {
  ledger = await TestLedger.open();
  await ledger.declareMany(40);
  await seal();
  await keep('older');
  await ledger.dispatch(await ledger.declare('48.6'));
  await seal();
  await keep('newest');
});
beforeEach(() => putBack('newest'));
afterAll(() => ledger.close());

describe('rebuilding the sealed index', () => {
  it('finds nothing where nobody has touched it, also while the log has grown since', async () => {
    expect(await differences()).toEqual([]);
    await ledger.declare('50');
    expect(await differences()).toEqual([]);
  });

  it('finds a leaf that is gone, though everything above it was hashed anew', async () => {
    await ledger.tamper('DELETE FROM index_leaves WHERE key = (SELECT min(key) FROM index_leaves)');
    await hashAnew();
    const found = await differences();
    expect(new Set(found.map(({ table }) => table))).toEqual(new Set(indexTables));
    expect(found.find(({ table }) => table === 'index_leaves')?.column).toBeNull();
  });

  it('finds a leaf that counts fewer events, though everything above it was hashed anew', async () => {
    await ledger.tamper('UPDATE index_leaves SET count = count - 1 WHERE count > 1');
    await hashAnew();
    expect(await differences()).toContainEqual(expect.objectContaining({ table: 'index_leaves', column: 'count' }));
  });

  it('finds an older index that was put back whole', async () => {
    await putBack('older');
    expect(await differences()).toContainEqual({ table: 'index_state', key: 'single=true', column: 'size' });
  });

  it('finds a state that names another entry', async () => {
    await ledger.tamper('UPDATE index_state SET entry = entry - 1');
    expect(await differences()).toEqual([{ table: 'index_state', key: 'single=true', column: 'entry' }]);
  });

  it('leaves what follows a damaged entry to the rest of the audit', async () => {
    const [entry] = await ledger.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE index = 12');
    await ledger.tamper("UPDATE entries SET jws = 'e30.e30.AA' WHERE index = 12");
    const found = await differences();
    await ledger.tamper('UPDATE entries SET jws = $1 WHERE index = 12', [entry?.jws]);
    expect(found.filter(({ table }) => indexTables.includes(table))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  });

  it('never takes an error of the program for a damaged entry', async () => {
    const mistake = new TypeError('a mistake of the program');
    const compared = ledger.database.session(
      async (session) => {
        const index = new RebuildIndex(ledger.identity.origin);
        await index.begin(session);
        await index.follow(session, (await readIndexState(ledger.database)).size);
        const failing: Queryable = {
          query: (sql, values) =>
            sql.includes('INSERT INTO index_leaves') ? Promise.reject(mistake) : session.query(sql, values),
        };
        await index.compare(failing);
      },
      { isClosed: true },
    );
    await expect(compared).rejects.toBe(mistake);
  });

  it('finds that the row of the state is gone', async () => {
    await ledger.tamper('DELETE FROM index_state');
    expect(await differences()).toEqual([{ table: 'index_state', key: 'single=true', column: null }]);
  });

  it('names an entry that sealed what the entries before it do not give, though the leaf was put back', async () => {
    await ledger.declare('51');
    await ledger.tamper('UPDATE index_leaves SET count = count + 7 WHERE count > 1');
    await hashAnew();
    const { entry } = await seal();
    await ledger.tamper('UPDATE index_leaves SET count = count - 7 WHERE count > 7');
    await hashAnew();
    expect(await differences()).toContainEqual({
      table: 'index_state',
      key: `index.sealed index=${entry}`,
      column: 'root',
    });
  });
});
