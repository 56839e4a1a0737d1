import * as z from 'zod';
import { type Severity, rankOf } from '../../core/rules/engine/rule.js';
import { type AlertFilters, alertFilters, groupOf } from '../../core/api/alerts/alert-filters.js';
import { ruleNames } from '../../core/api/values.js';
import type { Queryable } from '../database/rows.js';
import type { AlertFacets } from './alert.js';

/** The fields of an alert that filters compare. */
export interface FilterClause {
  rule: string;
  severity: Severity;
  facets: AlertFacets;
}

const anyOf = (wanted: readonly string[] | undefined, present: readonly string[]): boolean =>
  wanted === undefined || wanted.some((one) => present.includes(one));

/** Checks all filters that need no query: rule, severity, sites, minerals and countries. */
export function isOfKind(filters: AlertFilters, { rule, severity, facets }: FilterClause): boolean {
  const { minimumSeverity } = filters;
  return (
    anyOf(filters.rules, [rule]) &&
    anyOf(filters.groups, [groupOf(rule)]) &&
    (minimumSeverity === undefined || rankOf(severity) >= rankOf(minimumSeverity)) &&
    anyOf(filters.minerals, facets.minerals) &&
    anyOf(filters.sites, facets.sites) &&
    anyOf(filters.countries, facets.countries)
  );
}

/** Related lots that are followed from one alert at most, up and down. */
const MAX_RELATED = 10_000;

/** Returns those of the named lots and actors that an alert on `named` concerns. */
async function concerned(
  db: Queryable,
  named: readonly string[],
  filters: readonly AlertFilters[],
): Promise<{ lots: Set<string>; holders: Set<string> }> {
  const lots = [...new Set(filters.flatMap((one) => one.lots ?? []))];
  const holders = [...new Set(filters.flatMap(({ holder }) => holder ?? []))];
  if (named.length === 0 || (lots.length === 0 && holders.length === 0)) return { lots: new Set(), holders: new Set() };
  const { rows } = await db.query<{ lots: string[]; holders: string[] }>(
    `WITH below AS MATERIALIZED (SELECT lot FROM with_descendants($1::uuid[], ${MAX_RELATED}) AS lot),
          above AS MATERIALIZED (SELECT lot FROM with_ancestors($1::uuid[], ${MAX_RELATED}) AS lot
                                  WHERE cardinality($2::uuid[]) > 0)
     SELECT ARRAY(SELECT lot FROM unnest($2::uuid[]) AS asked (lot)
                   WHERE lot IN (SELECT lot FROM below) OR lot IN (SELECT lot FROM above)) AS lots,
            ARRAY(SELECT actor FROM unnest($3::text[]) AS asked (actor)
                   WHERE EXISTS (SELECT FROM below JOIN lots ON lots.id = below.lot
                                  WHERE lots.holder = actor OR lots.in_transit_to = actor)
                      OR EXISTS (SELECT FROM below JOIN lot_events AS e ON e.lot = below.lot
                                   JOIN filings ON filings.subject = 'signed-by:' || actor AND filings.index = e.index)) AS holders`,
    [named, lots, holders],
  );
  return { lots: new Set(rows[0]?.lots), holders: new Set(rows[0]?.holders) };
}

/** Returns for each of the filters whether an alert meets it, in order. */
export async function matching(
  db: Queryable,
  alert: FilterClause & { lots: readonly string[] },
  filters: readonly AlertFilters[],
): Promise<boolean[]> {
  const ofKind = filters.map((one) => isOfKind(one, alert));
  const related = filters.filter((one, i) => ofKind[i] && (one.lots !== undefined || one.holder !== undefined));
  const { lots, holders } = await concerned(db, alert.lots, related);
  return filters.map(
    (one, i) =>
      ofKind[i] === true &&
      (one.lots === undefined || one.lots.some((lot) => lots.has(lot))) &&
      (one.holder === undefined || holders.has(one.holder)),
  );
}

/** Filters as the query parameters of a list or a stream: every list is comma-separated. */
const listed = z
  .string()
  .max(8_000)
  .transform((text) => text.split(',').filter((one) => one !== ''))
  .optional();

const filterQuery = z.strictObject({
  rule: listed,
  group: listed,
  minimumSeverity: z.string().max(64).optional(),
  mineral: listed,
  site: listed,
  country: listed,
  lot: listed,
  holder: z.string().max(64).optional(),
});
export const filterQueryShape = filterQuery.shape;
type FilterQuery = z.infer<typeof filterQuery>;

/** Parses the filters of a query. With the context of a schema, a fault becomes an issue of that schema. */
export function filtersAsked(query: FilterQuery, context: z.RefinementCtx): AlertFilters {
  const { rule, group, mineral, site, country, lot, minimumSeverity, holder } = query;
  const lists = { rules: rule, groups: group, minerals: mineral, sites: site, countries: country, lots: lot };
  const result = alertFilters.safeParse({ ...lists, minimumSeverity, holder });
  if (result.success) return result.data;
  for (const { message, path } of result.error.issues)
    context.addIssue({
      code: 'custom',
      message,
      path: [
        String(path[0] ?? '')
          .replace(/ies$/, 'y')
          .replace(/s$/, ''),
      ],
    });
  return z.NEVER;
}

export const streamQuery = filterQuery.transform(filtersAsked);

/** Returns the rules that filters select, by name or by group; undefined: all. */
export function rulesOf({ rules: named, groups: wanted }: AlertFilters): string[] | undefined {
  if (wanted === undefined) return named;
  const ofGroups = ruleNames.filter((rule) => wanted.includes(groupOf(rule)));
  return named === undefined ? ofGroups : ofGroups.filter((rule) => named.includes(rule));
}
