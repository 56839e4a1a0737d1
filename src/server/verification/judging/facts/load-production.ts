import { milligrams } from '../../../../core/custody/quantity.js';
import { type Facts, type SiteProduction, isType } from '../../../../core/rules/engine/facts.js';
import type { Parameters } from '../../../../core/rules/index.js';
import { capacitiesOf, siteFacts } from '../../../../core/rules/engine/registry.js';
import { siteDormantBurst } from '../../../../core/rules/origin/site-dormant-burst.js';
import { productionRange, siteOverCapacity } from '../../../../core/rules/origin/site-over-capacity.js';
import { siteStartsFull } from '../../../../core/rules/origin/site-starts-full.js';
import type { Queryable } from '../../../database/rows.js';

const DAY = 86_400_000;

interface DeclaredMass {
  lot: string;
  site: string;
  mineral: string;
  day: number;
  mass: string;
  event: string;
  index: number;
}

/** Returns the declared masses; weighings change a lot's mass but not the production. */
function declaredLots({ entries }: Facts): DeclaredMass[] {
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

/** Stores declarations and the sum of each day. A correction moves mass between days. */
async function keepProduction(db: Queryable, declared: readonly DeclaredMass[]): Promise<void> {
  await db.query(
    `WITH given AS (
       SELECT * FROM json_populate_recordset(NULL::site_production, $1)
     ), before AS (
       SELECT site_production.* FROM given JOIN site_production USING (lot)
     ), written AS (
       INSERT INTO site_production SELECT * FROM given
       ON CONFLICT (lot) DO UPDATE SET mass = EXCLUDED.mass, site = EXCLUDED.site, day = EXCLUDED.day
        WHERE (site_production.mass, site_production.site, site_production.day)
           IS DISTINCT FROM (EXCLUDED.mass, EXCLUDED.site, EXCLUDED.day)
       RETURNING lot, site, mineral, day, mass
     ), changes AS (
       SELECT site, mineral, day, mass FROM written
       UNION ALL
       SELECT before.site, before.mineral, before.day, -before.mass FROM written JOIN before USING (lot)
     )
     INSERT INTO site_days (site, mineral, day, mass)
     SELECT site, mineral, day, sum(mass) FROM changes GROUP BY site, mineral, day
     ON CONFLICT (site, mineral, day) DO UPDATE SET mass = site_days.mass + EXCLUDED.mass`,
    [JSON.stringify(declared)],
  );
}

/** Stores the entries' declarations; returns the production of every site with a known capacity around them. */
export async function loadProduction(db: Queryable, facts: Facts, parameters: Parameters): Promise<SiteProduction[]> {
  const declared = declaredLots(facts);
  if (declared.length === 0) return [];
  await keepProduction(db, declared);
  const capacities = new Map(
    declared.flatMap(({ site: id }) => {
      const site = siteFacts(facts, id);
      const known = site === null ? [] : capacitiesOf(site, parameters.siteOverCapacity);
      return known.length === 0 ? [] : [[id, known] as const];
    }),
  );
  const ranges = rangesOf(
    declared.filter(({ site }) => capacities.has(site)),
    facts.end,
    parameters,
  );
  const [days, earlier] = [await dailyMasses(db, ranges), await withEarlier(db, ranges)];
  const productions = ranges.flatMap((range): SiteProduction[] => {
    const { site: id, mineral, from, to } = range;
    const key = keyOf(id, mineral);
    const known = capacities.get(id);
    return known === undefined
      ? []
      : [
          {
            site: { id },
            capacities: known,
            mineral,
            from,
            to,
            earlier: earlier.has(key),
            days: days.get(key) ?? [],
          },
        ];
  });
  return withLots(db, facts, productions, parameters);
}

/** Rules name the lots of a window above the limit; for other windows the masses suffice. */
async function withLots(
  db: Queryable,
  facts: Facts,
  productions: readonly SiteProduction[],
  parameters: Parameters,
): Promise<SiteProduction[]> {
  const isFound = (production: SiteProduction): boolean =>
    [siteOverCapacity, siteDormantBurst, siteStartsFull].some(
      (rule) => rule.evaluate({ ...facts, production: [production] }, parameters).length > 0,
    );
  const found = productions.filter(isFound);
  const ranges = found.map(({ site, mineral, from, to }) => ({ site: site.id, mineral, from, to, end: facts.end }));
  const days = found.length === 0 ? new Map<string, SiteProduction['days']>() : await productionDays(db, ranges);
  return productions.map((production) => {
    const full = days.get(keyOf(production.site.id, production.mineral));
    return full === undefined ? production : { ...production, days: full };
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

/** Returns the days that the declarations affect, by site and mineral. */
function rangesOf(declared: readonly DeclaredMass[], end: number, parameters: Parameters): Range[] {
  const groups = new Map<string, DeclaredMass[]>();
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

/** Returns sites and minerals with a declaration before the loaded days: one index probe each. */
async function withEarlier(db: Queryable, ranges: readonly Range[]): Promise<Set<string>> {
  const { rows } = await db.query<{ site: string; mineral: string }>(
    `SELECT wanted.site, wanted.mineral FROM ${wanted}
      WHERE wanted.high >= wanted.low AND EXISTS (
        SELECT FROM site_days AS p
         WHERE p.site = wanted.site AND p.mineral = wanted.mineral AND p.day < wanted.low AND p.mass > 0)`,
    valuesOf(ranges),
  );
  return new Set(rows.map(({ site, mineral }) => keyOf(site, mineral)));
}

/** Returns the declared mass of each day, by site and mineral. */
async function dailyMasses(db: Queryable, ranges: readonly Range[]): Promise<Map<string, SiteProduction['days']>> {
  const { rows } = await db.query<Pick<DeclaredMass, 'site' | 'mineral' | 'day' | 'mass'>>(
    `SELECT wanted.site, wanted.mineral, p.day, p.mass::text AS mass
       FROM ${wanted}
      CROSS JOIN LATERAL (SELECT day, mass FROM site_days AS d
                           WHERE d.site = wanted.site AND d.mineral = wanted.mineral
                             AND d.day BETWEEN wanted.low AND wanted.high AND d.mass > 0) AS p
      ORDER BY p.day`,
    valuesOf(ranges),
  );
  const byKey = new Map<string, { day: number; mass: bigint; lots: never[] }[]>();
  for (const { site, mineral, day, mass } of rows) {
    const days = byKey.get(keyOf(site, mineral)) ?? [];
    byKey.set(keyOf(site, mineral), days);
    days.push({ day, mass: BigInt(mass), lots: [] });
  }
  return byKey;
}

/** Returns the same with every lot. */
async function productionDays(db: Queryable, ranges: readonly Range[]): Promise<Map<string, SiteProduction['days']>> {
  const { rows } = await db.query<DeclaredMass>(
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
    { day: number; mass: bigint; lots: { lot: string; event: string; mass: bigint; index: number }[] }[]
  >();
  for (const { site, mineral, lot, day, mass, event, index } of rows) {
    const days = byKey.get(keyOf(site, mineral)) ?? [];
    byKey.set(keyOf(site, mineral), days);
    if (days.at(-1)?.day !== day) days.push({ day, mass: 0n, lots: [] });
    const last = days.at(-1);
    if (last === undefined) continue;
    last.mass += BigInt(mass);
    last.lots.push({ lot, event, mass: BigInt(mass), index });
  }
  return byKey;
}
