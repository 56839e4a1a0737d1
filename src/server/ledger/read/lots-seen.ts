import type { Queryable } from '../../database/rows.js';

/** Descendants of a lot at most that are looked through for one that an actor holds. */
export const MAX_DESCENDANTS = 1_000;

/** Lots of one finding at most that are looked at as something that a lot of the actor was made of. */
const MAX_UPSTREAM = 20;

/** The lots that a finding or an alert names. */
export interface NamedLots {
  lots: readonly string[];
  /** Index of the first entry that it concerns; null: the whole log. */
  firstIndex: number | null;
}

/**
 * Returns, for each of several findings or alerts, which of its lots each actor may see: parties of a lot, former ones if it
 * begins within their part, and those that hold, or are to receive, what was made of the lot; and
 * those to whom one of these granted it. One statement for all.
 */
export async function lotsSeen(
  db: Queryable,
  asked: readonly NamedLots[],
  actors: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>[]> {
  const seen = asked.map(() => new Map<string, Set<string>>());
  const named = asked.flatMap(({ lots, firstIndex }, n) => lots.map((lot) => ({ n, lot, firstIndex })));
  if (named.length === 0 || actors.length === 0) return seen;
  const { rows } = await db.query<{ n: number; actor: string; lots: string[] }>(SEEN, [
    named.map(({ n }) => n),
    named.map(({ lot }) => lot),
    named.map(({ firstIndex }) => firstIndex),
    actors,
  ]);
  for (const { n, actor, lots } of rows) seen[n]?.set(actor, new Set(lots));
  return seen;
}

const SEEN = `
  WITH asked AS MATERIALIZED (
    SELECT n, lot, first, place
      FROM unnest($1::integer[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS named (n, lot, first, place)
  ), upstream AS MATERIALIZED (
    SELECT * FROM (
      SELECT n, lot, row_number() OVER (PARTITION BY n ORDER BY place) AS nth
        FROM asked WHERE EXISTS (SELECT FROM lineage WHERE from_lot = asked.lot)) AS made_from
     WHERE nth <= ${MAX_UPSTREAM}
  ), part AS MATERIALIZED (
    SELECT lot, actor, until_index FROM parts_seen(ARRAY(SELECT DISTINCT lot FROM asked), $4)
  ), holding AS MATERIALIZED (
    SELECT DISTINCT lot, actor FROM holdings_seen(ARRAY(SELECT DISTINCT lot FROM upstream), $4, ${MAX_DESCENDANTS})
  ), seen AS (
    SELECT asked.n, part.actor, asked.lot FROM asked JOIN part ON part.lot = asked.lot AND part_reaches(part.until_index, asked.first)
     UNION
    SELECT upstream.n, holding.actor, upstream.lot FROM upstream JOIN holding ON holding.lot = upstream.lot
  )
  SELECT n, actor, array_agg(lot) AS lots FROM seen GROUP BY n, actor`;
