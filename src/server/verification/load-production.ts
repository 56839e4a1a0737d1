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
  const all: SiteProduction[] = [];
  for (const site of sites) {
    const here = declared.filter((lot) => lot.site === site.id);
    for (const mineral of new Set(here.map((lot) => lot.mineral))) {
      const days = here.filter((lot) => lot.mineral === mineral).map(({ day }) => day);
      const { from, to } = productionRange(Math.min(...days), Math.max(...days), parameters);
      all.push({
        site,
        mineral,
        from,
        to,
        earlier: await hasEarlier(db, site.id, mineral, from),
        days: await productionDays(db, { site: site.id, mineral, from, to, end: facts.end }),
      });
    }
  }
  return all;
}

/** Whether anything was declared there before the days that are loaded: one index probe. */
async function hasEarlier(db: Queryable, site: string, mineral: string, from: number): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT 1 FROM site_production WHERE site = $1 AND mineral = $2 AND day < $3 LIMIT 1',
    [site, mineral, from],
  );
  return rowCount !== 0;
}

interface Range {
  site: string;
  mineral: string;
  from: number;
  to: number;
  end: number;
}

async function productionDays(db: Queryable, { site, mineral, from, to, end }: Range): Promise<SiteProduction['days']> {
  const { rows } = await db.query<Pick<Declared, 'lot' | 'day' | 'mass' | 'event' | 'index'>>(
    `SELECT lot, day, mass::text AS mass, event, index FROM site_production
      WHERE site = $1 AND mineral = $2 AND day BETWEEN $3 AND $4 AND index < $5
      ORDER BY day, index, lot`,
    [site, mineral, from, to, end],
  );
  const days: { day: number; lots: { lot: string; event: string; mass: bigint; index: number }[] }[] = [];
  for (const { lot, day, mass, event, index } of rows) {
    if (days.at(-1)?.day !== day) days.push({ day, lots: [] });
    days.at(-1)?.lots.push({ lot, event, mass: BigInt(mass), index });
  }
  return days;
}
