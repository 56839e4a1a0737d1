import * as z from 'zod';
import { milligrams } from '../../custody/quantity.js';
import { dayOf } from '../engine/day.js';
import type { Facts, JudgedOf } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { actorFacts, siteAt } from '../engine/registry.js';
import type { ValuesOf } from '../engine/rule.js';

/** What one person may produce, or can dig, of a mineral: parameters by country and role, with dates. */

const cap = z.strictObject({
  countries: parameter.codes.describe('Countries, or `*`: all others'),
  mineral: z.string(),
  roles: parameter.codes.describe('Words of a person’s role, of the method, or of the kind of licence'),
  from: z.iso.date(),
  kilogramsPerMonth: parameter.kilogramsText,
  kilogramsPerYear: parameter.kilogramsText.nullable(),
  severity: parameter.severity,
});
export type Cap = z.infer<typeof cap>;

const SUBSISTENCE = [
  'subsistence',
  'barequeo',
  'barequero',
  'chatarreo',
  'chatarrero',
  'mazamorreo',
  'panning',
  'panner',
];

/** What one worker digs in a month at most, three times the usual: more is implausible, and not forbidden. */
const dug = (mineral: string, kilogramsPerMonth: string): Cap => ({
  countries: ['*'],
  mineral,
  roles: [...SUBSISTENCE, 'person'],
  from: '2000-01-01',
  kilogramsPerMonth,
  kilogramsPerYear: null,
  severity: 'medium',
});

export const capSchema = {
  personCaps: z.strictObject({
    caps: z
      .array(cap)
      .default([
        {
          countries: ['CO'],
          mineral: 'gold',
          roles: SUBSISTENCE,
          from: '2017-02-09',
          kilogramsPerMonth: '0.035',
          kilogramsPerYear: '0.42',
          severity: 'high',
        },
        dug('gold', '0.105'),
        dug('coltan', '36'),
        dug('cassiterite', '120'),
        dug('wolframite', '90'),
        dug('cobalt', '9000'),
      ])
      .describe('Caps of one person by country, mineral and role, in force from a day on'),
  }),
};
export type CapParameters = ValuesOf<typeof capSchema>;

const wordOf = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');

/**
 * Returns the cap of the person that a declaration names; null: that person has none. The role is that of the
 * person, the method, or the kind of the site's licence.
 */
export function capOf(
  { event }: JudgedOf<'lot.declared'>,
  mineral: string,
  facts: Facts,
  { personCaps: { caps } }: CapParameters,
): Cap | null {
  const { person, holder, method } = event.payload;
  const site = siteAt(facts, event.place?.site ?? '', event.occurredAtMs);
  const country = site?.country ?? (holder === undefined ? undefined : actorFacts(facts, holder)?.country) ?? '';
  const said = [person?.role, method, ...(site?.licences.map(({ kind }) => kind) ?? [])];
  const words = new Set([
    ...said.flatMap((word) => (word === undefined ? [] : [wordOf(word)])),
    ...(person === undefined ? [] : ['person']),
  ]);
  const day = dayOf(event);
  const known = caps.filter(
    (one) => one.mineral === mineral && one.from <= day && one.roles.some((role) => words.has(wordOf(role))),
  );
  const inForce = (country_: string): Cap | undefined =>
    known
      .filter(({ countries }) => countries.includes(country_))
      .toSorted((a, b) => (a.from < b.from ? -1 : 1))
      .at(-1);
  return inForce(country) ?? inForce('*') ?? null;
}

export const monthlyCap = ({ kilogramsPerMonth }: Cap): bigint => milligrams({ value: kilogramsPerMonth, uom: 'KGM' });
export const yearlyCap = ({ kilogramsPerYear }: Cap): bigint | null =>
  kilogramsPerYear === null ? null : milligrams({ value: kilogramsPerYear, uom: 'KGM' });
