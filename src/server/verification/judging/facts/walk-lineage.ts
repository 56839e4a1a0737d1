import type { Queryable } from '../../../database/rows.js';

/** Ancestries that one statement walks. */
const AT_ONCE = 50;

interface Walk {
  /** Only lots born below this index count. */
  end: number;
  /** Ancestors that are followed from one lot at most. */
  limit: number;
  /** Receives the number of rows read; throws if there are too many. */
  spend: (rows: number) => void;
  /** Lots to look for; by default all found ones are returned. */
  among?: readonly string[];
}

/** The ancestors of a lot, as far as they were followed. */
export interface Past {
  lots: readonly string[];
  /** Number of followed lots; more than `limit` is cut. */
  walked: number;
}

/**
 * Returns the ancestors of each of many lots, many by one statement. Lots with the same parents, such as those of one
 * split, share one result.
 */
export async function pastsOf(db: Queryable, lots: readonly string[], walk: Walk): Promise<Map<string, Past>> {
  const pasts = new Map<string, Past>();
  const groups = [...(await groupedByParents(db, lots, walk))];
  for (let from = 0; from < groups.length; from += AT_ONCE) {
    const piece = groups.slice(from, from + AT_ONCE);
    const { rows } = await db.query<Past & { number: number }>(
      `SELECT asked.number::integer, count(*)::integer AS walked,
              COALESCE(array_agg(up.lot::text) FILTER (WHERE $3::uuid[] IS NULL OR up.lot = ANY($3)), '{}') AS lots
         FROM unnest($1::text[]) WITH ORDINALITY AS asked (parents, number)
        CROSS JOIN LATERAL with_ancestors(string_to_array(asked.parents, ' ')::uuid[], $2) AS up (lot)
        GROUP BY asked.number`,
      [piece.map(([parents]) => parents), walk.limit + 1, walk.among ?? null],
    );
    for (const { number, ...past } of rows) {
      walk.spend(past.walked);
      for (const lot of piece[number - 1]?.[1] ?? []) pasts.set(lot, past);
    }
  }
  return pasts;
}

/** Groups the lots by their parents. */
async function groupedByParents(
  db: Queryable,
  lots: readonly string[],
  { end, spend }: Walk,
): Promise<Map<string, string[]>> {
  const groups = new Map<string, string[]>();
  if (lots.length === 0) return groups;
  const { rows } = await db.query<{ lot: string; parents: string; count: number }>(
    `SELECT to_lot AS lot, string_agg(from_lot::text, ' ' ORDER BY from_lot) AS parents, count(*)::integer AS count
       FROM lineage WHERE to_lot = ANY($1::uuid[]) AND index < $2 GROUP BY to_lot`,
    [lots, end],
  );
  for (const { lot, parents, count } of rows) {
    spend(count);
    const group = groups.get(parents);
    if (group === undefined) groups.set(parents, [lot]);
    else group.push(lot);
  }
  return groups;
}
