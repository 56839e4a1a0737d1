import * as z from 'zod';
import { milligrams } from '../../custody/quantity.js';
import { countOf, massText } from '../../words.js';
import { judgesEach } from '../engine/each-event.js';
import { byCapacity } from '../engine/evidence.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import { measureBefore } from '../engine/lot-history.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, Severity, ValuesOf } from '../engine/rule.js';
import { vehicleAround } from '../engine/subjects.js';
import { sum } from '../mass/mass-balance.js';
import { vehicleBelow } from './vehicles.js';

const level = z.strictObject({ above: parameter.partsPerMillion, severity: parameter.severity });

const schema = {
  payloadExceeded: z.strictObject({
    kilograms: z
      .record(z.string(), parameter.kilogramsText)
      .default({
        foot: '60',
        porter: '60',
        bicycle: '200',
        chukudu: '600',
        donkey: '150',
        mule: '150',
        motorbike: '250',
        motorcycle: '250',
        moto: '250',
        tricycle: '1000',
        car: '700',
        van: '2000',
        pickup: '2000',
        canoe: '3000',
        track: '40000',
        truck: '40000',
      })
      .describe('What one of each mode of transport carries at most, kg'),
    named: z
      .array(level)
      .min(1)
      .default([
        { above: 1_250_000, severity: 'medium' },
        { above: 2_000_000, severity: 'high' },
      ])
      .describe('Share of the payload, parts per million, above which each severity applies, if one vehicle is named'),
    unnamed: z
      .array(level)
      .min(1)
      .default([{ above: 3_000_000, severity: 'medium' }])
      .describe('The same if no vehicle is named: several may have gone'),
    convoys: parameter.codes
      .default(['truck', 'track', 'canoe'])
      .describe('Modes of which several usually go together: judged only if one vehicle is named'),
    minutes: parameter.minutes.default(60).describe('Loads of one vehicle within so many minutes are one load'),
  }),
};
type Parameters = ValuesOf<typeof schema>;
type Dispatch = JudgedOf<'custody.dispatched'>;

const MINUTE = 60_000;
const WHOLE = 1_000_000n;

/** Returns the mass of a dispatch, as it states it or as it was last known, mg. */
const loadOf = ({ event, index }: Dispatch, { chains }: Pick<Facts, 'chains'>): bigint =>
  sum(
    event.payload.lots.map(({ lot, mass }) =>
      mass === undefined ? (measureBefore(chains.get(lot) ?? [], lot, index)?.mass ?? 0n) : milligrams(mass),
    ),
  );

/** Lists earlier entries of other loads that the vehicle of a dispatch took at about the same time. */
function loadedWith({ event, index }: Dispatch, { about }: Pick<Facts, 'about'>, minutes: number): Dispatch[] {
  const { vehicle } = event.payload;
  if (vehicle === undefined) return [];
  return vehicleAround(vehicle, event.occurredAtMs)
    .flatMap((subject) => about.get(subject) ?? [])
    .filter(
      (other): other is Dispatch =>
        isType(other, 'custody.dispatched') &&
        other.index < index &&
        Math.abs(other.event.occurredAtMs - event.occurredAtMs) <= minutes * MINUTE,
    );
}

interface Means {
  mode: string;
  /** What it carries, mg, and from which shares of it a load is found. */
  payload: bigint;
  levels: Parameters['payloadExceeded']['named'];
  isRegistered: boolean;
}

/** Returns the means of transport of a dispatch; null: what it carries is not known, or it is not judged. */
function meansOf(
  { event, index }: Dispatch,
  facts: Pick<Facts, 'about'>,
  limits: Parameters['payloadExceeded'],
): Means | null {
  const { vehicle } = event.payload;
  const registered = vehicle === undefined ? null : vehicleBelow(vehicle, index, facts);
  const mode = registered?.mode ?? event.payload.mode ?? '';
  const most = limits.kilograms[mode.toLowerCase()];
  const carries = registered?.carries ?? (most === undefined ? undefined : { value: most, uom: 'KGM' as const });
  if (carries === undefined || (vehicle === undefined && limits.convoys.includes(mode.toLowerCase()))) return null;
  return {
    mode,
    payload: milligrams(carries),
    levels: vehicle === undefined ? limits.unnamed : limits.named,
    isRegistered: registered?.carries !== undefined,
  };
}

const exceededLevel = (load: bigint, { payload, levels }: Means): Means['levels'][number] | undefined =>
  levels.findLast(({ above }) => load * WHOLE > payload * BigInt(above));

/** Lists the lots of other loads of one vehicle, whose chains are read: none if the stated masses show that it carries all. */
export const lotsLoadedWith = (
  facts: Pick<Facts, 'entries' | 'about'>,
  { payloadExceeded: limits }: Parameters,
): string[] =>
  facts.entries
    .filter((entry) => isType(entry, 'custody.dispatched'))
    .flatMap((entry) => {
      const others = loadedWith(entry, facts, limits.minutes);
      const means = others.length === 0 ? null : meansOf(entry, facts, limits);
      if (means === null) return [];
      const loads = [entry, ...others].flatMap(({ event }) => event.payload.lots);
      const isStated = loads.every(({ mass }) => mass !== undefined);
      const stated = sum(loads.flatMap(({ mass }) => (mass === undefined ? [] : [milligrams(mass)])));
      if (isStated && exceededLevel(stated, means) === undefined) return [];
      return others.flatMap(({ event }) => event.payload.lots.map(({ lot }) => lot));
    });

const timesText = (load: bigint, payload: bigint): string => (Number((load * 10n) / payload) / 10).toFixed(1);

const levelsText = (levels: readonly { above: number; severity: Severity }[]): string =>
  levels.map(({ above, severity }) => `${above / 1e6} times: ${severity}`).join(', ');

export const payloadExceeded: Rule<typeof schema> = {
  id: 'payload-exceeded',
  version: 2,
  group: 'movement',
  title: 'More than the means of transport carries',
  means:
    'The lots of one dispatch, or all that one vehicle took within an hour, weigh several times what such a means of transport carries.',
  doesNotMean:
    'That the goods did not move: several porters or motorcycles may have gone, or the means was named by habit. One vehicle that is named by its plate is one.',
  causes: {
    innocent: 'several went, or the means was named by habit',
    bad: 'the goods moved on paper alone',
  },
  advice:
    'Ask the sender what carried the goods and in how many journeys, and compare with the waybill, the fuel or the wages paid. A wrong mode, vehicle or mass is corrected by `event.corrected`, which closes it; several journeys or carriers are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ payloadExceeded: { kilograms, named, unnamed, convoys, minutes } }) =>
    `Mass of a \`custody.dispatched\` over what its \`mode\` carries (kg: ${Object.entries(kilograms)
      .map(([mode, most]) => `${mode} ${most}`)
      .join(
        ', ',
      )}). Where one \`vehicle\` is named, with its other loads of the ${minutes} minutes around it, ${levelsText(named)}; where none is, ${levelsText(unnamed)} (not of ${convoys.join(', ')}, of which several go together). A vehicle that is registered (\`vehicle.registered\`) counts with its own mode and what it \`carries\`, whatever the dispatch says. The later entry is the one that is found.`,
  standard: 'ITSCI plausibility checks; OECD Due Diligence Guidance, Annex II red flags of transit',
  evidence: byCapacity,
  scope: ['chains', 'about'],
  needs: 'more',
  ...judgesEach(['custody.dispatched'], (entry, facts, { payloadExceeded: limits }: Parameters) => {
    const means = meansOf(entry, facts, limits);
    if (means === null) return [];
    const others = loadedWith(entry, facts, limits.minutes);
    const { mode, payload, isRegistered } = means;
    const load = sum([entry, ...others].map((one) => loadOf(one, facts)));
    const found = exceededLevel(load, means);
    if (found === undefined) return [];
    const all = [...others, entry];
    const what =
      others.length === 0 ? 'One dispatch' : `${countOf(all.length, 'dispatch', 'dispatches')} of one vehicle`;
    return [
      {
        severity: found.severity,
        lots: [...new Set(all.flatMap(({ event }) => event.payload.lots.map(({ lot }) => lot)))],
        events: all.map(({ event }) => event.id),
        measured: `${massText(load)} by ${mode}`,
        threshold: `${massText(payload)} each`,
        detail: `${what} of ${entry.event.iss} to ${entry.event.payload.to} took ${massText(load)} by ${mode}: ${timesText(load, payload)} times the ${massText(payload)} that ${isRegistered ? 'it is registered for' : 'one carries'}, ${massText(load - payload)} too much. Likeliest: several went, or the means of transport was named by habit; at worst the goods moved on paper alone, or came by another way. The carrier, and the waybill, can tell.`,
      },
    ];
  }),
};
