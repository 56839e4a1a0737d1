import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryResult, QueryResultRow } from 'pg';
import { checkInclusion, inclusionNodes, proveInclusion, rootHash, rootNodes } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';
import type { Connections } from '../../../src/server/database/connections.js';
import { type Queryable, together } from '../../../src/server/database/rows.js';
import { loadHashes } from '../../../src/server/ledger/read/read-tree.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.open();
  // Two full tiles and a part of a third.
  await ledger.declareMany(600);
});
afterAll(() => ledger.close());

const keyed = (): [string, Connections][] => [
  ['append', ledger.database.append],
  ['intake', ledger.database.intake],
  ['lookup', ledger.database.lookup],
];

describe('connections that look rows up by key', () => {
  it('keep a plan that uses the index, also from a time when the table was empty', async () => {
    for (const [name, connections] of keyed()) {
      const settings = await connections.rows<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('enable_seqscan', 'enable_hashjoin', 'enable_mergejoin')`,
      );
      expect([name, settings.map(({ setting }) => setting)]).toEqual([name, ['off', 'off', 'off']]);
    }
  });

  it('prepare each statement once, and the general ones none', async () => {
    const prepared = (connections: Connections): Promise<number> =>
      connections.session(async (session) => {
        for (const index of [1, 2, 3]) await session.query('SELECT id FROM entries WHERE index = $1', [index]);
        const { rows } = await session.query<{ count: number }>(
          `SELECT count(*)::integer AS count FROM pg_prepared_statements WHERE statement = 'SELECT id FROM entries WHERE index = $1'`,
        );
        return rows[0]?.count ?? -1;
      });
    for (const [name, connections] of keyed()) expect([name, await prepared(connections)]).toEqual([name, 1]);
    expect(await prepared(ledger.database)).toBe(0);
  });

  it('run what is sent without waiting in the order in which it was sent', async () => {
    const order = await ledger.database.append.session((session) =>
      session.transaction(async (db) => {
        await db.query('CREATE TEMPORARY TABLE steps (n integer, at serial)');
        await together([1, 2, 3, 4].map((n) => db.query('INSERT INTO steps (n) VALUES ($1)', [n])));
        const { rows } = await db.query<{ n: number }>('SELECT n FROM steps ORDER BY at');
        await db.query('DROP TABLE steps');
        return rows.map(({ n }) => n);
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

describe('statements that are sent together', () => {
  it.each([
    ['at once', (): Connections => ledger.database.append],
    ['one by one', (): Connections => ledger.database],
  ])('fail with the first fault of their transaction, %s, and leave the connection usable', async (_how, of) => {
    const failing = of().transaction((db) =>
      together([
        // The second part of the first statement fails only because of the statement after it.
        db
          .query('SELECT $1::integer AS n', [1])
          .then(() => db.query('SELECT 1 AS n'))
          .then(() => db.query('SELECT 2 AS n')),
        db.query('SELECT 1 / $1::integer AS n', [0]),
        db.query('SELECT $1::integer AS n', [3]),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ message: 'division by zero' });
    expect(await of().rows('SELECT 4 AS n')).toEqual([{ n: 4 }]);
  });
});

/** Counts the statements that another connection runs. */
class Counted implements Queryable {
  count = 0;

  constructor(private readonly db: Queryable) {}

  query<T extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<T>> {
    this.count += 1;
    return this.db.query<T>(text, values);
  }
}

describe('the hashes of a proof', () => {
  it('are read in one statement, from full tiles and from parts, and prove the same root', async () => {
    const [state] = await ledger.database.rows<{ size: number; root: Buffer }>('SELECT size, root FROM log_state');
    const { size = 0, root } = state ?? {};
    expect(size).toBeGreaterThan(600);
    for (const index of [0, 300, size - 1]) {
      const counted = new Counted(ledger.database);
      const hashOf = await loadHashes(counted, [...inclusionNodes(index, size), ...rootNodes(size)]);
      expect(Buffer.from(rootHash(size, hashOf, sha256))).toEqual(root);
      const [entry] = await ledger.database.rows<{ leaf: Buffer }>(
        'SELECT leaf_hash AS leaf FROM entries WHERE index = $1',
        [index],
      );
      const proof = proveInclusion(index, size, hashOf);
      expect(checkInclusion(entry?.leaf ?? sha256(Buffer.of()), index, size, proof, root ?? Buffer.of(), sha256)).toBe(
        true,
      );
      expect(counted.count).toBe(1);
    }
  });
});
