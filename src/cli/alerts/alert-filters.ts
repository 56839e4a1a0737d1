import type { Command } from 'commander';
import type { AditClient } from '../../client/adit-client.js';
import { mineral as minerals } from '../../core/event/primitives.js';
import { severities } from '../../core/rules/engine/rule.js';
import { gathered } from '../command.js';
import { oneOf, someOf } from '../input/did-you-mean.js';
import { namedLot } from '../named-lot.js';

const groups = ['record', 'custody', 'tags', 'mass', 'origin', 'movement', 'actors', 'operation'];

/** Filters of alerts as options of a command. */
export interface FilterOptions {
  rule?: string[];
  group?: string[];
  minimumSeverity?: string;
  mineral?: string[];
  site?: string[];
  country?: string[];
  lot?: string[];
  holder?: string;
}

export const withFilters = (command: Command): Command =>
  command
    .option('--rule <rule>', 'only of this rule; may be given several times', gathered, [])
    .option('--group <group>', `only of rules of this group: ${groups.join(', ')}`, someOf(groups), [])
    .option('--minimum-severity <severity>', `this and graver: ${severities.join(', ')}`, oneOf(severities))
    .option('--mineral <mineral>', 'only about this mineral', someOf(minerals.options), [])
    .option('--site <site>', 'only about what comes from this site', gathered, [])
    .option('--country <country>', 'only about this country, such as RW', gathered, [])
    .option('--lot <lot>', 'only about this lot (tag, number or id), what it was made of and became', gathered, [])
    .option('--holder <actor>', 'only about what this actor holds, held or is about to receive');

/** Replaces the tags, numbers and beginnings of ids that name lots with ids. */
export async function withLotIds<T extends FilterOptions>(client: AditClient, filters: T): Promise<T> {
  if (filters.lot === undefined || filters.lot.length === 0) return filters;
  const lot = await Promise.all(filters.lot.map(async (name) => (await namedLot(client, name)).id));
  return { ...filters, lot };
}

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** Returns the filters as query parameters. */
export function queryOf({ minimumSeverity, holder, ...lists }: FilterOptions): Record<string, string> {
  const { rule, group, mineral, site, country, lot } = lists;
  const several = Object.entries({ rule, group, mineral, site, country, lot }).flatMap(([name, list]) =>
    list === undefined || list.length === 0 ? [] : [[name, list.join(',')] as const],
  );
  return {
    ...Object.fromEntries(several),
    ...(minimumSeverity === undefined ? {} : { minimumSeverity }),
    ...(holder === undefined ? {} : { holder }),
  };
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Describes the filters of a subscription: "critical and high; site hill"; "" without filters. */
export function filterWords(filters: Readonly<Record<string, unknown>>): string {
  const { minimumSeverity, holder } = filters;
  const least = severities.findIndex((severity) => severity === minimumSeverity);
  const names = ['rule', 'group', 'mineral', 'site'].flatMap((name) => {
    const values = list(filters[`${name}s`]);
    return values.length === 0 ? [] : [`${name} ${values.join(' or ')}`];
  });
  const countries = list(filters.countries);
  const lots = list(filters.lots).map((lot) => lot.slice(0, 8));
  return [
    ...(least < 0 ? [] : [severities.slice(least).join(', ')]),
    ...names,
    ...(countries.length === 0 ? [] : [`country ${countries.join(' or ')}`]),
    ...(lots.length === 0 ? [] : [`lot ${lots.join(' or ')}`]),
    ...(typeof holder === 'string' ? [`what ${holder} holds`] : []),
  ].join('; ');
}

/** Returns the filters as a subscription has them. */
export function filtersOf({
  rule,
  group,
  mineral,
  site,
  country,
  lot,
  minimumSeverity,
  holder,
}: FilterOptions): object {
  const filters = {
    rules: filled(rule),
    groups: filled(group),
    minerals: filled(mineral),
    sites: filled(site),
    countries: filled(country),
    lots: filled(lot),
    minimumSeverity,
    holder,
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
