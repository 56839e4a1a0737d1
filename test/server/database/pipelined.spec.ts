import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeptSession, type Pipelined } from '../../../src/server/database/connections.js';
import { type Queryable, together } from '../../../src/server/database/rows.js';
import { asSuperuser } from '../../support/database.js';
import { TestLedger } from '../../support/test-ledger.js';

const FIRST = 'SELECT 7 AS n';
const rowsOf = (): Promise<unknown[]> => ledger.database.rows('SELECT n FROM pipelined ORDER BY n');

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.open();
  await asSuperuser(
    ledger.behind.superuserUrl,
    'CREATE TABLE pipelined (n integer PRIMARY KEY); GRANT ALL ON pipelined TO ledger_app',
  );
});
beforeEach(() => asSuperuser(ledger.behind.superuserUrl, 'TRUNCATE pipelined'));
afterAll(() => ledger.close());

const insert = async (db: Queryable, n: number): Promise<void> => {
  await db.query('INSERT INTO pipelined (n) VALUES ($1)', [n]);
};

const run = <T>(work: (db: Queryable, rows: Promise<{ n: number }[]>) => Promise<Pipelined<T>>): Promise<T> =>
  ledger.database.append.session((session) => session.pipelined(FIRST, work));

describe('a transaction whose statements do not wait for each other', () => {
  it('gives the first rows, and commits its last statements with the others', async () => {
    const value = await run(async (db, rows) => {
      await insert(db, 1);
      return { value: await rows, last: () => together([insert(db, 2), insert(db, 3)]) };
    });
    expect(value).toEqual([{ n: 7 }]);
    expect(await rowsOf()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('undoes everything if one of the last statements fails, and says which', async () => {
    const failing = run(async (db) => {
      await insert(db, 1);
      return { value: null, last: () => together([insert(db, 2), insert(db, 1), insert(db, 3)]) };
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await rowsOf()).toEqual([]);
    await run(async (db) => ({ value: null, last: () => insert(db, 4) }));
    expect(await rowsOf()).toEqual([{ n: 4 }]);
  });

  it('undoes everything if the work fails before its last statements', async () => {
    const failing = run(async (db) => {
      await insert(db, 1);
      throw new Error('not admitted');
    });
    await expect(failing).rejects.toThrow('not admitted');
    expect(await rowsOf()).toEqual([]);
  });

  it('refuses a statement that comes after COMMIT, which would be outside of it', async () => {
    const late = run(async (db) => ({
      value: null,
      last: async () => {
        await insert(db, 1);
        await insert(db, 2);
      },
    }));
    await expect(late).rejects.toThrow('A statement was sent after COMMIT');
    expect(await rowsOf()).toEqual([{ n: 1 }]);
  });
});

describe('a connection that is kept between pieces of work', () => {
  it('is the same for work that follows at once, and goes back to its pool afterwards', async () => {
    const { append } = ledger.database;
    const kept = new KeptSession(append);
    const backend = (): Promise<unknown> =>
      kept.use(async (session) => (await session.query('SELECT pg_backend_pid() AS pid')).rows[0]);
    const first = await backend();
    expect(append.counts.busy).toBe(1);
    expect(await backend()).toEqual(first);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(append.counts.busy).toBe(0);
  });

  it('goes back at once when work fails, and the next work gets one that works', async () => {
    const { append } = ledger.database;
    const kept = new KeptSession(append);
    const lost = kept.use((session) => session.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(lost).rejects.toThrow();
    const { rows } = await kept.use((session) => session.query<{ n: number }>('SELECT 1 AS n'));
    expect(rows).toEqual([{ n: 1 }]);
  });
});
