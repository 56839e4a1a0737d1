import type { Command } from 'commander';
import { mineral as minerals } from '../../core/event/primitives.js';
import { severities } from '../../core/rules/rule.js';
import { gathered } from '../command.js';
import { oneOf, someOf } from '../input/did-you-mean.js';

const groups = ['record', 'custody', 'tags', 'mass', 'origin', 'movement', 'actors', 'operation'];

/** Which alerts somebody asks for, as options of a command. */
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
    .option('--lot <lot>', 'only about this lot, what it was made of and what was made of it', gathered, [])
    .option('--holder <actor>', 'only about what this actor holds, held or is about to receive');

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** As the address of a list or a stream has them. */
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

/** As a subscription has them. */
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
