import * as z from 'zod';
import { partsPerMillion } from '../../custody/quantity.js';
import { type EventObservation, judgesEach } from '../engine/each-event.js';
import { byTrade } from '../engine/evidence.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Rule, ValuesOf } from '../engine/rule.js';

const limits = z.strictObject({
  from: parameter.percentText,
  to: parameter.percentText,
  severity: parameter.severity,
});

const schema = {
  moistureUnusual: z.strictObject({
    hydroxide: limits
      .default({ from: '45', to: '70', severity: 'medium' })
      .describe('Per cent: filter cake of hydroxide that was not dried'),
    bags: limits
      .default({ from: '0', to: '25', severity: 'low' })
      .describe('Per cent: concentrate as it is declared at a site'),
  }),
};
type Parameters = ValuesOf<typeof schema>;
type Window = z.infer<typeof limits>;

interface Stated {
  lot: string;
  moisture: string;
  window: Window;
  /** What such goods are, in words. */
  kind: string;
}

/** Returns whether a lot of hydroxide was dried, by what made it or what it was made of, as far as it is known. */
function isDried(lot: string, { chains }: Facts): boolean {
  const birth = chains.get(lot)?.[0];
  return birth !== undefined && isType(birth, 'lot.processed') && birth.event.payload.process === 'dry';
}

function statedBy(entry: JudgedEvent, facts: Facts, { moistureUnusual: { hydroxide, bags } }: Parameters): Stated[] {
  const { event } = entry;
  if (event.type === 'lot.declared')
    return event.payload.outputs.flatMap(({ lot, form, moisturePercent: moisture }) =>
      moisture === undefined || form !== 'concentrate'
        ? []
        : [{ lot, moisture, window: bags, kind: 'Concentrate from a site' }],
    );
  const stated =
    event.type === 'lot.processed' && event.payload.process !== 'dry'
      ? event.payload.outputs
      : event.type === 'lot.measured'
        ? event.payload.lots
        : [];
  return stated.flatMap(({ lot, moisturePercent: moisture }) =>
    moisture === undefined || facts.lots.get(lot)?.form !== 'hydroxide' || isDried(lot, facts)
      ? []
      : [{ lot, moisture, window: hydroxide, kind: 'Hydroxide from a filter press' }],
  );
}

const isOutside = ({ moisture, window: { from, to } }: Stated): boolean =>
  partsPerMillion(moisture) < partsPerMillion(from) || partsPerMillion(moisture) > partsPerMillion(to);

function look(entry: JudgedEvent, facts: Facts, parameters: Parameters): EventObservation[] {
  const outside = statedBy(entry, facts, parameters).filter(isOutside);
  const [first] = outside;
  if (first === undefined) return [];
  const { moisture, kind, window } = first;
  const isDry = partsPerMillion(moisture) < partsPerMillion(window.from);
  return [
    {
      severity: window.severity,
      lots: outside.map(({ lot }) => lot),
      measured: `${moisture} %`,
      threshold: `${window.from}–${window.to} %`,
      detail: `${kind} has ${window.from} to ${window.to} % moisture; ${entry.event.iss} states ${moisture} %. Likeliest: a decimal point, a sample that dried on its way, or goods that were dried without a record of it; at worst moisture is stated as it suits, because it decides the dry mass that is paid for: ${isDry ? 'too little of it sells water as mineral' : 'too much of it hides mineral that is kept back'}. A second sample, dried in front of both sides, settles it.`,
    },
  ];
}

export const moistureUnusual: Rule<typeof schema> = {
  id: 'moisture-unusual',
  version: 1,
  group: 'mass',
  title: 'A moisture that such goods do not have',
  means: 'The moisture that is stated lies outside what goods of this form have, so the dry mass may be another.',
  doesNotMean: 'That it is false: goods dry in the sun, and rain wets them. It is worth a second sample.',
  causes: {
    innocent: 'a decimal point, or a sample that dried',
    bad: 'moisture is stated as it suits, because it decides what is paid for',
  },
  advice:
    'Ask for the record of the drying oven, and have a second sample dried in front of both sides. A mistyped moisture is corrected by `event.corrected`, which closes it; goods that were dried get a `lot.processed` with the process `dry`, or are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ moistureUnusual: { hydroxide, bags } }) =>
    `Moisture outside ${hydroxide.from}–${hydroxide.to} % (hydroxide that is made or measured, and was not dried by a process): ${hydroxide.severity}; outside ${bags.from}–${bags.to} % (concentrate that is declared at a site): ${bags.severity}.`,
  standard: 'Trade practice for cobalt hydroxide and artisanal concentrates; ISO 12743 (moisture samples)',
  evidence: byTrade,
  scope: ['chains'],
  ...judgesEach(['lot.declared', 'lot.processed', 'lot.measured'], look),
};
