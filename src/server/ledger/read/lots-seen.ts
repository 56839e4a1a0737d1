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

/** Whether a name, if it is that of a giver, covers a lot within the limits of its grant. */
const covers = (lot: string): string => `
  (name.lots IS NULL OR ${lot} = ANY (name.lots))
  AND ((name.sites IS NULL AND name.born_from IS NULL AND name.born_until IS NULL)
       OR is_granted(${lot}, name.sites, name.born_from, name.born_until))`;

const SEEN = `
  WITH asked AS MATERIALIZED (
    SELECT n, lot, first, place
      FROM unnest($1::integer[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS named (n, lot, first, place)
  ), party AS MATERIALIZED (
    SELECT who.actor, named.party FROM unnest($4::text[]) AS who (actor) CROSS JOIN LATERAL unnest(parties_of(who.actor)) AS named (party)
  ), name AS MATERIALIZED (
    SELECT actor, party, NULL::uuid[] AS lots, NULL::text[] AS sites, NULL::bigint AS born_from, NULL::bigint AS born_until FROM party
     UNION ALL
    SELECT who.actor, g.by_actor, g.lots, g.sites, g.born_from, g.born_until
      FROM (SELECT DISTINCT actor FROM party) AS who JOIN access_grants AS g ON g.to_actor = who.actor AND g.withdrawn_index IS NULL
       AND g.until > extract(epoch FROM statement_timestamp()) * 1000
      JOIN actors AS giver ON giver.id = g.by_actor AND NOT giver.suspended
  ), upstream AS MATERIALIZED (
    SELECT n, lot, row_number() OVER (PARTITION BY n ORDER BY place) AS nth
      FROM asked WHERE EXISTS (SELECT FROM lineage WHERE from_lot = asked.lot)
  ), below AS MATERIALIZED (
    SELECT DISTINCT up.lot, name.actor
      FROM (SELECT DISTINCT lot FROM upstream WHERE nth <= ${MAX_UPSTREAM}) AS up
     CROSS JOIN LATERAL with_descendants(ARRAY[up.lot], ${MAX_DESCENDANTS}) AS made (lot)
      JOIN lots ON lots.id = made.lot JOIN name ON name.party IN (lots.holder, lots.in_transit_to) AND ${covers('lots.id')}
  ), seen AS (
    SELECT asked.n, name.actor, asked.lot
      FROM asked JOIN lot_parties AS p ON p.lot = asked.lot AND (p.until_index IS NULL OR p.until_index >= asked.first)
      JOIN name ON name.party = p.party AND ${covers('asked.lot')}
     UNION
    SELECT upstream.n, below.actor, upstream.lot FROM upstream JOIN below ON below.lot = upstream.lot WHERE upstream.nth <= ${MAX_UPSTREAM}
  )
  SELECT n, actor, array_agg(lot) AS lots FROM seen GROUP BY n, actor`;
