import * as z from 'zod';
import { countryCode, knownName, mineralName, ruleName } from '../../core/api/values.js';
import { lotIdSchema, registryId } from '../../core/event/primitives.js';
import { rules } from '../../core/rules/index.js';
import { type RuleGroup, type Severity, severities } from '../../core/rules/rule.js';
import type { Queryable } from '../database/rows.js';
import type { AlertFacets } from './alert.js';

/** What an operator is told of: that a rule failed says nothing about any lot. */
const OPERATION = 'operation';
const groups = ['record', 'custody', 'tags', 'mass', 'origin', 'movement', 'actors', OPERATION] as const;
type Group = RuleGroup | typeof OPERATION;

const MOST = 100;
const several = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(MOST).optional();

/** Which alerts somebody wants to be told of, or not to be: all that is named must hold; of each list, any. */
export const alertFilters = z.strictObject({
  rules: several(ruleName),
  groups: several(knownName('group', groups)),
  /** This and graver. */
  minimumSeverity: knownName('severity', severities).optional(),
  minerals: several(mineralName),
  /** Where the mineral comes from, or what the alert is put down to. */
  sites: several(registryId),
  countries: several(countryCode),
  /** These lots, all that is made of them, and what they were made of. */
  lots: several(lotIdSchema),
  /** Whatever this actor holds, held or is about to receive, and what was made of it. */
  holder: registryId.optional(),
});
export type AlertFilters = z.infer<typeof alertFilters>;

const groupOfRule = new Map<string, Group>(rules.map(({ id, group }) => [id, group]));

/** Returns the group of a rule; of what is no rule, that of the operator. */
export const groupOf = (rule: string): Group => groupOfRule.get(rule) ?? OPERATION;

/** What of an alert filters look at. */
export interface Filtered {
  rule: string;
  severity: Severity;
  facets: AlertFacets;
}

const anyOf = (wanted: readonly string[] | undefined, present: readonly string[]): boolean =>
  wanted === undefined || wanted.some((one) => present.includes(one));

/** Whether an alert is of the kind asked for, as far as can be said without asking which lots hang together. */
export function isOfKind(filters: AlertFilters, { rule, severity, facets }: Filtered): boolean {
  const { minimumSeverity } = filters;
  return (
    anyOf(filters.rules, [rule]) &&
    anyOf(filters.groups, [groupOf(rule)]) &&
    (minimumSeverity === undefined || severities.indexOf(severity) >= severities.indexOf(minimumSeverity)) &&
    anyOf(filters.minerals, facets.minerals) &&
    anyOf(filters.sites, facets.sites) &&
    anyOf(filters.countries, facets.countries)
  );
}

/** Lots that are followed from one alert, up and down; beyond that the alert concerns more people than it is news to. */
const MAX_RELATED = 10_000;

/** Of the lots and actors that filters name, those that an alert on `named` concerns. */
export async function concerned(
  db: Queryable,
  named: readonly string[],
  filters: readonly AlertFilters[],
): Promise<{ lots: Set<string>; holders: Set<string> }> {
  const lots = [...new Set(filters.flatMap((one) => one.lots ?? []))];
  const holders = [...new Set(filters.flatMap(({ holder }) => holder ?? []))];
  if (named.length === 0 || (lots.length === 0 && holders.length === 0)) return { lots: new Set(), holders: new Set() };
  const { rows } = await db.query<{ lots: string[]; holders: string[] }>(
    `WITH RECURSIVE down (lot) AS (
       SELECT unnest($1::uuid[]) UNION SELECT edge.to_lot FROM down JOIN lineage AS edge ON edge.from_lot = down.lot
     ), up (lot) AS (
       SELECT unnest($1::uuid[]) UNION SELECT edge.from_lot FROM up JOIN lineage AS edge ON edge.to_lot = up.lot
     ), below AS MATERIALIZED (SELECT lot FROM down LIMIT ${MAX_RELATED}),
        above AS MATERIALIZED (SELECT lot FROM up WHERE cardinality($2::uuid[]) > 0 LIMIT ${MAX_RELATED})
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

/** Which of the filters an alert meets, each answered in its place. */
export async function matching(
  db: Queryable,
  alert: Filtered & { lots: readonly string[] },
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

/** Filters as a list or a stream takes them in its address: every list as words between commas. */
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

/** The filters that an address asks for; with the context of a schema, what is wrong with them is its issue. */
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

/** The rules that filters speak of, by name or by group; undefined: all. */
export function rulesOf({ rules: named, groups: wanted }: AlertFilters): string[] | undefined {
  if (wanted === undefined) return named;
  const ofGroups = [...groupOfRule].flatMap(([rule, group]) => (wanted.includes(group) ? [rule] : []));
  const all = wanted.includes(OPERATION) ? [...ofGroups, 'rule-failed'] : ofGroups;
  return named === undefined ? all : all.filter((rule) => named.includes(rule));
}
