import {
  type Facts,
  type JudgedEvent,
  type JudgedOf,
  type LotFacts,
  MAX_UPSTREAM,
  isType,
  lotsOf,
} from '../../../../core/rules/engine/facts.js';
import { MAX_STEPS } from '../../../../core/rules/engine/known-of-lots.js';
import type { Queryable } from '../../../database/rows.js';
import { namesOn } from './names-on-chain.js';
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

/** Loads the declarations of lots and their origins. */
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

/** Returns the entries for which rules need all ancestors of the lots: they leave, arrive, or cross a border. */
export async function borderCrossings(db: Queryable, facts: Facts): Promise<Set<JudgedEvent>> {
  const receipts = facts.entries.filter((entry) => isType(entry, 'custody.received'));
  const countries = await countriesOfPlaces(
    db,
    receipts.flatMap((entry) => placesOnTheWay(entry, facts)),
  );
  const handovers = new Map(facts.handovers.map((dispatch) => [dispatch.event.id, dispatch]));
  return new Set(
    facts.entries.filter((entry) => {
      if (isType(entry, 'lot.exported') || isType(entry, 'lot.imported')) return true;
      if (isType(entry, 'lot.processed')) return entry.event.payload.process === 'smelt';
      if (!isType(entry, 'custody.received')) return false;
      const places = placesOnTheWay(entry, facts).map((place) => countries.get(place));
      return differs([...places, ...countriesOfParties(entry, handovers, facts)]);
    }),
  );
}

const differs = (countries: readonly (string | null | undefined)[]): boolean =>
  new Set(countries.filter((country) => country !== undefined && country !== null)).size > 1;

/** Returns the registered countries of sender and receiver. */
const countriesOfParties = (
  entry: JudgedOf<'custody.received'>,
  handovers: ReadonlyMap<string, Facts['handovers'][number]>,
  { actors }: Facts,
): (string | null)[] =>
  [...new Set(entry.event.payload.lots.map(({ prev }) => prev))]
    .flatMap((prev) => handovers.get(prev) ?? [])
    .flatMap(({ event }) => [event.iss, event.payload.to].map((actor) => actors.get(actor)?.country ?? null));

/** Returns the sites and facilities in the chains of a receipt's lots. */
const placesOnTheWay = (entry: JudgedOf<'custody.received'>, { chains }: Facts): string[] => [
  ...new Set(entry.event.payload.lots.flatMap(({ lot }) => [...namesOn(chains.get(lot) ?? [], lot).stations])),
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

/** Returns the lots that an entry mixes; their ancestors decide whether that is allowed. */
export function lotsMixed(entry: JudgedEvent): string[] {
  if (!isType(entry, 'lot.aggregated') && !isType(entry, 'lot.processed')) return [];
  const { inputs } = entry.event.payload;
  return inputs.length < 2 ? [] : inputs.map(({ lot }) => lot);
}

/**
 * Loads all ancestors of each lot. Lots with more ancestors than rules read are left out; the judgements of their
 * ancestors cover them.
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

/** Descendants that are followed from one correction at most. */
const MAX_DOWNSTREAM = 10_000;
/** Lots whose descendants one statement follows. */
const FOLLOWED_AT_ONCE = 50;

/** Loads the first export of each lot that a corrected event touched, or of a descendant. */
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
        CROSS JOIN LATERAL with_descendants(ARRAY[asked.lot], ${MAX_DOWNSTREAM}, $2) AS reached (lot)
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
 * Returns the entries on the chains of lots and of their descendants, as far as rules look back: the mass of a heap
 * depends on its bags. Nearest lots first, as many as rules read.
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

/** Returns all entries on the chains of lots. */
export async function entriesOn(db: Queryable, lots: readonly string[]): Promise<number[]> {
  if (lots.length === 0) return [];
  const { rows } = await db.query<{ index: number }>(
    'SELECT DISTINCT index FROM lot_events WHERE lot = ANY($1::uuid[])',
    [lots],
  );
  return rows.map(({ index }) => index);
}

/** Returns the closed lots among the given ones. */
export async function closedAmong(db: Queryable, lots: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    "SELECT id FROM lots WHERE id = ANY($1::uuid[]) AND status = 'closed'",
    [lots],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Lists the entries that new ones correct, or whose corrections they endorse, and those of some further events. */
export async function entriesMended(
  db: Queryable,
  fresh: readonly JudgedEvent[],
  others: readonly string[] = [],
): Promise<number[]> {
  const corrected = fresh.flatMap(({ event }) => (event.type === 'event.corrected' ? [event.payload.event] : []));
  const endorsed = fresh.flatMap(({ event }) => (event.type === 'event.endorsed' ? event.payload.events : []));
  const ids = [...others, ...corrected];
  if (ids.length === 0 && endorsed.length === 0) return [];
  const { rows } = await db.query<{ index: number }>(
    `SELECT index FROM entries
      WHERE id = ANY($1::text[]) OR id IN (SELECT target FROM corrections WHERE id = ANY($2::text[]))`,
    [ids, endorsed],
  );
  return rows.map(({ index }) => index);
}
