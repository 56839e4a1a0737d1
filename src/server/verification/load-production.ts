import { milligrams } from '../../core/custody/quantity.js';
import type { Site } from '../../core/custody/view.js';
import { type Facts, type SiteProduction, isType } from '../../core/rules/facts.js';
import type { Parameters } from '../../core/rules/parameters.js';
import { productionRange } from '../../core/rules/site-over-capacity.js';
import type { Queryable } from '../database/rows.js';

const DAY = 86_400_000;

interface Declared {
  lot: string;
  site: string;
  mineral: string;
  day: number;
  mass: string;
  event: string;
  index: number;
}

/** Masses as declared; the mass of a lot changes with every weighing, what was dug does not. */
function declaredLots({ entries }: Facts): Declared[] {
  return entries.flatMap((entry) => {
    if (!isType(entry, 'lot.declared')) return [];
    const { id, occurredAtMs, payload } = entry.event;
    const site = entry.event.place?.site;
    if (site === undefined) return [];
    return payload.outputs.map(({ lot, mineral, mass }) => ({
      lot,
      site,
      mineral,
      day: Math.floor(occurredAtMs / DAY),
      mass: milligrams(mass).toString(),
      event: id,
      index: entry.index,
    }));
  });
}

/** Keeps what the entries declare, and gives the production around them of every site whose capacity is known. */
export async function loadProduction(db: Queryable, facts: Facts, parameters: Parameters): Promise<SiteProduction[]> {
  const declared = declaredLots(facts);
  if (declared.length === 0) return [];
  await db.query(
    `INSERT INTO site_production SELECT * FROM json_populate_recordset(NULL::site_production, $1)
     ON CONFLICT (lot) DO UPDATE SET mass = EXCLUDED.mass, site = EXCLUDED.site, day = EXCLUDED.day
      WHERE (site_production.mass, site_production.site, site_production.day)
         IS DISTINCT FROM (EXCLUDED.mass, EXCLUDED.site, EXCLUDED.day)`,
    [JSON.stringify(declared)],
  );
  const { rows: sites } = await db.query<Pick<Site, 'id' | 'capacity'>>(
    'SELECT id, capacity FROM sites WHERE id = ANY($1::text[]) AND capacity IS NOT NULL',
    [[...new Set(declared.map(({ site }) => site))]],
  );
  const capacities = new Map(sites.map((site) => [site.id, site]));
  const ranges = rangesOf(
    declared.filter(({ site }) => capacities.has(site)),
    facts.end,
    parameters,
  );
  const [days, earlier] = [await productionDays(db, ranges), await withEarlier(db, ranges)];
  return ranges.flatMap(({ site: id, mineral, from, to }) => {
    const site = capacities.get(id);
    const key = keyOf(id, mineral);
    return site === undefined
      ? []
      : [{ site, mineral, from, to, earlier: earlier.has(key), days: days.get(key) ?? [] }];
  });
}

interface Range {
  site: string;
  mineral: string;
  from: number;
  to: number;
  end: number;
}

const keyOf = (site: string, mineral: string): string => `${site}/${mineral}`;

/** By site and mineral, the days that what was declared there can matter to. */
function rangesOf(declared: readonly Declared[], end: number, parameters: Parameters): Range[] {
  const groups = new Map<string, Declared[]>();
  for (const lot of declared) {
    const group = groups.get(keyOf(lot.site, lot.mineral));
    if (group === undefined) groups.set(keyOf(lot.site, lot.mineral), [lot]);
    else group.push(lot);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const days = group.map(({ day }) => day);
    const range = productionRange(Math.min(...days), Math.max(...days), parameters);
    return [{ site: first.site, mineral: first.mineral, ...range, end }];
  });
}

const wanted = `unnest($1::text[], $2::text[], $3::integer[], $4::integer[]) AS wanted (site, mineral, low, high)`;
const valuesOf = (ranges: readonly Range[]): unknown[] => [
  ranges.map(({ site }) => site),
  ranges.map(({ mineral }) => mineral),
  ranges.map(({ from }) => from),
  ranges.map(({ to }) => to),
];

/** Sites and minerals of which anything was declared before the days that are loaded: one index probe each. */
async function withEarlier(db: Queryable, ranges: readonly Range[]): Promise<Set<string>> {
  const { rows } = await db.query<{ site: string; mineral: string }>(
    `SELECT wanted.site, wanted.mineral FROM ${wanted}
      WHERE wanted.high >= wanted.low AND EXISTS (
        SELECT FROM site_production AS p
         WHERE p.site = wanted.site AND p.mineral = wanted.mineral AND p.day < wanted.low)`,
    valuesOf(ranges),
  );
  return new Set(rows.map(({ site, mineral }) => keyOf(site, mineral)));
}

async function productionDays(db: Queryable, ranges: readonly Range[]): Promise<Map<string, SiteProduction['days']>> {
  const { rows } = await db.query<Declared>(
    `SELECT p.site, p.mineral, p.lot, p.day, p.mass::text AS mass, p.event, p.index
       FROM ${wanted}
      CROSS JOIN LATERAL (SELECT * FROM site_production AS q
                           WHERE q.site = wanted.site AND q.mineral = wanted.mineral
                             AND q.day BETWEEN wanted.low AND wanted.high AND q.index < $5) AS p
      ORDER BY p.day, p.index, p.lot`,
    [...valuesOf(ranges), ranges[0]?.end ?? 0],
  );
  const byKey = new Map<
    string,
    { day: number; lots: { lot: string; event: string; mass: bigint; index: number }[] }[]
  >();
  for (const { site, mineral, lot, day, mass, event, index } of rows) {
    const days = byKey.get(keyOf(site, mineral)) ?? [];
    byKey.set(keyOf(site, mineral), days);
    if (days.at(-1)?.day !== day) days.push({ day, lots: [] });
    days.at(-1)?.lots.push({ lot, event, mass: BigInt(mass), index });
  }
  return byKey;
}
