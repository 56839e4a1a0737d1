import { lotsOf } from '../../core/rules/each-event.js';
import {
  type Facts,
  type JudgedEvent,
  type JudgedOf,
  type LotFacts,
  MAX_UPSTREAM,
  isType,
} from '../../core/rules/facts.js';
import { MAX_STEPS } from '../../core/rules/known-of-lots.js';
import type { Queryable } from '../database/rows.js';
import { pastsOf } from './walk-lineage.js';

interface LotRow {
  id: string;
  mineral: string;
  form: string;
  model: string | null;
  site: string | null;
  born_index: number;
  origins: { site: string; mass: string }[];
}

/** What was said of lots at their birth, and where their mass comes from. */
export async function loadLots(db: Queryable, lots: string[]): Promise<Map<string, LotFacts>> {
  if (lots.length === 0) return new Map();
  const { rows } = await db.query<LotRow>(
    'SELECT id, mineral, form, model, site, born_index, origins FROM lots WHERE id = ANY($1::uuid[])',
    [lots],
  );
  return new Map(
    rows.map(({ born_index: bornIndex, origins, ...lot }) => [
      lot.id,
      { ...lot, bornIndex, origins: origins.map(({ site, mass }) => ({ site, mass: BigInt(mass) })) },
    ]),
  );
}

/** The entries at which rules ask for the whole past of the lots, because these leave, arrive, or cross a border. */
export async function borderCrossings(db: Queryable, facts: Facts): Promise<Set<JudgedEvent>> {
  const receipts = facts.entries.filter((entry) => isType(entry, 'custody.received'));
  const countries = await countriesOfPlaces(
    db,
    receipts.flatMap((entry) => placesOnTheWay(entry, facts)),
  );
  return new Set(
    facts.entries.filter((entry) => {
      if (isType(entry, 'lot.exported') || isType(entry, 'lot.imported')) return true;
      if (isType(entry, 'lot.processed')) return entry.event.payload.process === 'smelt';
      if (!isType(entry, 'custody.received')) return false;
      const places = placesOnTheWay(entry, facts).map((place) => countries.get(place));
      return differs([...places, ...countriesOfParties(entry, facts)]);
    }),
  );
}

const differs = (countries: readonly (string | null | undefined)[]): boolean =>
  new Set(countries.filter((country) => country !== undefined && country !== null)).size > 1;

/** The registered countries of who sent and who received. */
function countriesOfParties(entry: JudgedOf<'custody.received'>, { actors, handovers }: Facts): (string | null)[] {
  const prevs = new Set(entry.event.payload.lots.map(({ prev }) => prev));
  return handovers
    .filter(({ event }) => prevs.has(event.id))
    .flatMap(({ event }) => [event.iss, event.payload.to].map((actor) => actors.get(actor)?.country ?? null));
}

/** Sites and facilities that the chains of a receipt's lots name. */
const placesOnTheWay = (entry: JudgedOf<'custody.received'>, { chains }: Facts): string[] => [
  ...new Set(
    entry.event.payload.lots
      .flatMap(({ lot }) => chains.get(lot) ?? [])
      .flatMap(({ event: { place } }) => place?.facility ?? place?.site ?? []),
  ),
];

async function countriesOfPlaces(db: Queryable, places: readonly string[]): Promise<Map<string, string>> {
  if (places.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; country: string }>(
    `SELECT id, country FROM facilities WHERE id = ANY($1::text[])
     UNION ALL SELECT id, country FROM sites WHERE id = ANY($1::text[])`,
    [[...new Set(places)]],
  );
  return new Map(rows.map(({ id, country }) => [id, country]));
}

/** The lots that an entry puts together with others: what they were made of tells whether that may be. */
export function lotsMixed(entry: JudgedEvent): string[] {
  if (!isType(entry, 'lot.aggregated') && !isType(entry, 'lot.processed')) return [];
  const { inputs } = entry.event.payload;
  return inputs.length < 2 ? [] : inputs.map(({ lot }) => lot);
}

/**
 * All lots that each lot was made of. A lot of more ancestors than rules read is left out: what is asked of a past so
 * wide is answered by what was judged on the way.
 */
export async function loadUpstream(
  db: Queryable,
  lots: string[],
  { chains, end }: Pick<Facts, 'chains' | 'end'>,
  spend: (rows: number) => void,
): Promise<Map<string, readonly string[]>> {
  const upstream = new Map<string, readonly string[]>(lots.map((lot) => [lot, []]));
  const made = lots.filter((lot) => {
    const birth = chains.get(lot)?.[0];
    return birth === undefined || !isType(birth, 'lot.declared');
  });
  for (const [lot, past] of await pastsOf(db, made, { end, limit: MAX_UPSTREAM, spend }))
    if (past.walked > MAX_UPSTREAM) upstream.delete(lot);
    else upstream.set(lot, past.lots);
  return upstream;
}

/** Lots that are followed downstream from one correction at most. */
const MAX_DOWNSTREAM = 10_000;
/** Lots that one statement follows downstream. */
const FOLLOWED_AT_ONCE = 50;

/** Of every lot that a corrected event touched, the first export of it or of a lot made of it. */
export async function loadExports(
  db: Queryable,
  { entries, end }: Facts,
  spend: (rows: number) => void,
): Promise<Map<string, number>> {
  const corrected = new Set(
    entries.flatMap((entry) => (isType(entry, 'event.corrected') ? [entry.event.payload.event] : [])),
  );
  const lots = [...new Set(entries.filter(({ event }) => corrected.has(event.id)).flatMap(lotsOf))];
  const exports = new Map<string, number>();
  for (let from = 0; from < lots.length; from += FOLLOWED_AT_ONCE) {
    const { rows } = await db.query<{ lot: string; first: number | null; walked: number }>(
      `SELECT asked.lot, min(filed.index) AS first, count(*)::integer AS walked
         FROM unnest($1::uuid[]) AS asked (lot)
        CROSS JOIN LATERAL (
          WITH RECURSIVE down (lot) AS (
            SELECT asked.lot
            UNION
            SELECT edge.to_lot FROM down JOIN lineage AS edge ON edge.from_lot = down.lot AND edge.index < $2
          ) SELECT lot FROM down LIMIT ${MAX_DOWNSTREAM}
        ) AS reached
         LEFT JOIN filings AS filed ON filed.subject = 'exported:' || reached.lot AND filed.index < $2
        GROUP BY asked.lot`,
      [lots.slice(from, from + FOLLOWED_AT_ONCE), end],
    );
    for (const { lot, first, walked } of rows) {
      spend(walked);
      if (first !== null) exports.set(lot, first);
    }
  }
  return exports;
}

/**
 * All entries on the chains of lots, and of those made of them as far as rules look back: a heap weighs by what is said of
 * the bags. The nearest lots come first, and no more of them than rules read.
 */
export async function entriesDownstream(db: Queryable, lots: readonly string[]): Promise<number[]> {
  const { rows } = await db.query<{ index: number }>(
    `WITH RECURSIVE down (lot, steps) AS (
       SELECT unnest($1::uuid[]), 0
       UNION
       SELECT edge.to_lot, down.steps + 1 FROM down JOIN lineage AS edge ON edge.from_lot = down.lot
        WHERE down.steps < ${MAX_STEPS}
     ), reached AS (
       SELECT lot FROM down GROUP BY lot ORDER BY min(steps), lot LIMIT GREATEST(${MAX_UPSTREAM}, cardinality($1::uuid[]))
     )
     SELECT DISTINCT e.index FROM reached JOIN lot_events AS e USING (lot)`,
    [lots],
  );
  return rows.map(({ index }) => index);
}

/** All entries on the chains of some lots. */
export async function entriesOn(db: Queryable, lots: readonly string[]): Promise<number[]> {
  if (lots.length === 0) return [];
  const { rows } = await db.query<{ index: number }>(
    'SELECT DISTINCT index FROM lot_events WHERE lot = ANY($1::uuid[])',
    [lots],
  );
  return rows.map(({ index }) => index);
}

/** Returns those of some lots that have been closed. */
export async function closedAmong(db: Queryable, lots: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    "SELECT id FROM lots WHERE id = ANY($1::uuid[]) AND status = 'closed'",
    [lots],
  );
  return new Set(rows.map(({ id }) => id));
}
