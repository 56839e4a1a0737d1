import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../../src/server/database/database.js';
import { insertRows } from '../../../src/server/database/rows.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let behind: TestDatabase;
let database: Database;

const lots = Object.fromEntries(['bag', 'other', 'heap', 'half', 'rest', 'ingot'].map((name) => [name, randomUUID()]));
/** Flows of mass: two bags into a heap, the heap into two halves, one of which is smelted together with the first bag. */
const flows: [string, string, number][] = [
  ['bag', 'heap', 10],
  ['other', 'heap', 10],
  ['heap', 'half', 11],
  ['heap', 'rest', 11],
  ['half', 'ingot', 12],
  ['bag', 'ingot', 12],
];

beforeAll(async () => {
  behind = await testDatabase();
  database = new Database({ url: behind.url, failed: () => undefined });
  const rows = flows.map(([from, to, index]) => ({ from_lot: lots[from], to_lot: lots[to], index, mass: '1' }));
  await insertRows(database, 'lineage', rows);
});
afterAll(async () => {
  await database.close();
  await behind.drop();
});

/** Returns the names of the lots that a walk reaches, in its order. */
async function walk(name: string, from: readonly string[], ...more: (number | null)[]): Promise<string[]> {
  const places = more.map((_, i) => `, $${i + 2}`).join('');
  const given = from.map((one) => lots[one]);
  const rows = await database.rows<{ lot: string }>(`SELECT lot FROM ${name}($1::uuid[]${places}) AS lot`, [
    given,
    ...more,
  ]);
  return rows.map(({ lot }) => Object.keys(lots).find((one) => lots[one] === lot) ?? lot);
}

describe('walking over the lineage of lots', () => {
  it('reaches every ancestor once, nearest first, and the given lots too', async () => {
    const found = await walk('with_ancestors', ['ingot'], 100);
    expect(found.slice(0, 1)).toEqual(['ingot']);
    expect(found.slice(1, 3).toSorted()).toEqual(['bag', 'half']);
    expect(found.slice(3)).toEqual(['heap', 'other']);
  });

  it('reaches every descendant once, only by entries below a given one', async () => {
    expect((await walk('with_descendants', ['other'], 100)).toSorted()).toEqual([
      'half',
      'heap',
      'ingot',
      'other',
      'rest',
    ]);
    expect((await walk('with_descendants', ['other'], 100, 12)).toSorted()).toEqual(['half', 'heap', 'other', 'rest']);
    expect(await walk('with_descendants', ['other'], 100, 10)).toEqual(['other']);
  });

  it('ends at the limit, and gives nothing for no lots', async () => {
    expect(await walk('with_ancestors', ['ingot'], 2)).toHaveLength(2);
    expect(await walk('with_descendants', ['bag'], 3)).toHaveLength(3);
    expect(await walk('with_ancestors', [], 100)).toEqual([]);
  });

  it('walks over the tables that shadow the real ones in a replay', async () => {
    await database.session(
      async (session) => {
        const sql = 'SELECT lot FROM with_descendants(ARRAY[$1::uuid], 100) AS lot';
        expect((await session.query(sql, [lots.other])).rows).toHaveLength(5);
        await session.query('CREATE TEMPORARY TABLE lineage (LIKE public.lineage)');
        expect((await session.query(sql, [lots.other])).rows).toEqual([{ lot: lots.other }]);
      },
      { isClosed: true },
    );
  });

  it('becomes part of the statement that calls it, which then reads only what it needs', async () => {
    for (const called of ['with_ancestors(ARRAY[asked.lot], 9)', 'with_descendants(ARRAY[asked.lot], 9, $2)']) {
      const rows = await database.rows<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT reached.lot FROM unnest($1::uuid[]) AS asked (lot) CROSS JOIN LATERAL ${called} AS reached (lot)
          WHERE $2::bigint IS NULL OR $2 > 0`,
        [Object.values(lots), 12],
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Recursive Union');
      expect(plan).not.toContain('Function Scan on with_');
    }
  });
});
