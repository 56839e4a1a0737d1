import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { dayOf } from '../engine/day.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { actorFacts, countryOfPlace, siteBelow } from '../engine/registry.js';
import type { Rule, ValuesOf } from '../engine/rule.js';

const closure = z.strictObject({
  country: z.string().describe('ISO 3166 code of the country whose goods are concerned'),
  regions: parameter.codes.describe('Words in the region of a site; empty: the whole country'),
  minerals: parameter.codes.describe('Empty: all'),
  forms: parameter.codes.describe('Empty: all'),
  what: z.enum(['export', 'mining']).describe('What is forbidden'),
  from: z.iso.date(),
  to: z.iso.date().nullable().describe('Last day; null: in force'),
  severity: parameter.severity,
  by: z.string().describe('The decree or decision'),
});
type Closure = z.infer<typeof closure>;

const schema = {
  tradeClosed: z.strictObject({
    closures: z
      .array(closure)
      .default([
        {
          country: 'CD',
          regions: ['kivu', 'maniema'],
          minerals: [],
          forms: [],
          what: 'mining',
          from: '2010-09-11',
          to: '2011-03-10',
          severity: 'critical',
          by: 'DR Congo, suspension of mining in North Kivu, South Kivu and Maniema',
        },
        {
          country: 'CD',
          regions: [],
          minerals: ['cobalt'],
          forms: [],
          what: 'export',
          from: '2025-02-22',
          to: '2025-10-15',
          severity: 'high',
          by: 'DR Congo, ARECOMS, suspension of cobalt exports',
        },
        {
          country: 'ID',
          regions: [],
          minerals: ['cassiterite'],
          forms: ['ore', 'concentrate'],
          what: 'export',
          from: '2002-06-01',
          to: null,
          severity: 'high',
          by: 'Indonesia, ban on the export of tin ore',
        },
      ])
      .describe('Bans of exports and closures of mining or markets, by country and mineral, with their days'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const isInForce = ({ from, to }: Closure, day: string): boolean => from <= day && (to === null || day <= to);
const isAmong = (list: readonly string[], word: string): boolean => list.length === 0 || list.includes(word);

interface Goods {
  lot: string;
  mineral: string;
  form: string;
}

/** Returns the closure that forbids something on a day; the newest one, if there are several. */
function closureOf(
  what: Closure['what'],
  where: { country: string; region: string | null; day: string },
  goods: Goods,
  { tradeClosed }: Parameters,
): Closure | undefined {
  const region = where.region?.toLowerCase() ?? '';
  return tradeClosed.closures.findLast(
    (one) =>
      one.what === what &&
      one.country === where.country &&
      isInForce(one, where.day) &&
      isAmong(one.minerals, goods.mineral) &&
      isAmong(one.forms, goods.form) &&
      (one.regions.length === 0 || one.regions.some((word) => region.includes(word.toLowerCase()))),
  );
}

type Judged = JudgedOf<'lot.declared' | 'lot.exported'>;

/** Lists the goods of an entry, with the country and region where it happened; none if that is unknown. */
function goodsOf(entry: Judged, facts: Facts): { country: string; region: string | null; goods: Goods[] } | null {
  if (isType(entry, 'lot.declared')) {
    const site = siteBelow(facts, entry.event.place?.site ?? '', entry.index);
    return site === null ? null : { ...site, goods: entry.event.payload.outputs };
  }
  const country = countryOfPlace(facts, entry) ?? actorFacts(facts, entry.event.iss)?.country ?? null;
  if (country === null) return null;
  const { payload } = entry.event;
  const goods = ('lots' in payload ? payload.lots : []).flatMap(({ lot }) => {
    const known = facts.lots.get(lot);
    return known === undefined ? [] : [{ lot, mineral: known.mineral, form: known.form }];
  });
  return { country, region: null, goods };
}

function look(entry: Judged, facts: Facts, parameters: Parameters): EventObservation[] {
  const found = goodsOf(entry, facts);
  if (found === null) return [];
  const day = dayOf(entry.event);
  const what = isType(entry, 'lot.declared') ? 'mining' : 'export';
  const byClosure = new Map<Closure, Goods[]>();
  for (const goods of found.goods) {
    const one = closureOf(what, { ...found, day }, goods, parameters);
    if (one !== undefined) byClosure.set(one, [...(byClosure.get(one) ?? []), goods]);
  }
  return [...byClosure].map(([one, goods]) => ({
    severity: one.severity,
    cause: `${what}:${one.country}:${one.from}`,
    root: `closure:${one.country}:${one.from}`,
    lots: goods.map(({ lot }) => lot),
    measured: `${what} on ${day}`,
    threshold: `none from ${one.from}${one.to === null ? '' : ` to ${one.to}`}`,
    detail: `${entry.event.iss} entered ${entry.event.type} for ${goods[0]?.mineral ?? 'mineral'} in ${found.country} on ${day}, when this was in force: ${one.by} (${one.from} to ${one.to ?? 'now'}). Likeliest: an exception or a waiver was granted; at worst the goods left or were dug in spite of it.`,
  }));
}

export const tradeClosed: Rule<typeof schema> = {
  id: 'trade-closed',
  version: 1,
  group: 'origin',
  title: 'Dug or exported while it was forbidden',
  means: 'On that day the country forbade to export the mineral, or to dig it in that region.',
  doesNotMean: 'That no exception was granted: waivers and quotas are not in the ledger.',
  causes: {
    innocent: 'a waiver or a quota that is not in the ledger',
    bad: 'a ban was evaded',
  },
  advice:
    'Ask the exporter for the waiver or quota, and the authority whether it knows of it. A wrong date or place is corrected by `event.corrected`, which closes it; a waiver is named in `finding.answered`.',
  parameters: schema,
  describe: ({ tradeClosed: { closures } }) =>
    `A \`lot.exported\` in a country, or a \`lot.declared\` at a site of it (by the region of its registration), on a day of a ban in the parameters: ${closures
      .map(({ by, what, from, to, severity }) => `${by} (${what}, ${from} to ${to ?? 'now'}): ${severity}`)
      .join('; ')}. An operator adds bans, quotas and closed markets to the parameters.`,
  standard: 'National decrees; OECD Due Diligence Guidance, Annex II red flags of location',
  evidence: byRegistry,
  scope: ['chains', 'about'],
  ...judgesEach(['lot.declared', 'lot.exported'], look),
};
