import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { milligrams } from '../../custody/quantity.js';
import { type Facts, type JudgedOf, isType } from '../engine/facts.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { roundWeightsSubject, weightsSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  numbersTooRound: z.strictObject({
    severity: parameter.severity.default('low'),
    severityIdentical: parameter.severity.default('medium'),
    minimumWeights: z.int().min(10).default(50).describe('Number of weights from which a month is judged'),
    share: parameter.partsPerMillion
      .default(500_000)
      .describe('Share of weights that end in 0 or 5 above which they were not read from a scale, parts per million'),
    identical: z.int().min(3).default(6).describe('Number of identical weights in one event'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

type Declaration = JudgedOf<'lot.declared'>;

const declarations = ({ entries }: Facts): Declaration[] => entries.filter((entry) => isType(entry, 'lot.declared'));
const monthOf = ({ event }: Declaration): string => weightsSubject(event.iss, event.occurredAtMs);

/** Finds lots of one declaration that weigh exactly the same, most lots first. */
function identicalIn(entry: Declaration, { numbersTooRound }: Parameters): Observation[] {
  const byMass = new Map<string, string[]>();
  for (const { lot, mass } of entry.event.payload.outputs) {
    const key = milligrams(mass).toString();
    byMass.set(key, [...(byMass.get(key) ?? []), lot]);
  }
  const lots = [...byMass.values()].reduce((best, next) => (next.length > best.length ? next : best), []);
  if (lots.length < numbersTooRound.identical) return [];
  const mass = entry.event.payload.outputs.find(({ lot }) => lot === lots[0])?.mass;
  const text = `${lots.length} × ${mass?.value} ${mass?.uom}`;
  return [
    {
      severity: numbersTooRound.severityIdentical,
      subject: entry.event.id,
      cause: 'identical',
      lots,
      events: [entry.event.id],
      measured: text,
      threshold: `${numbersTooRound.identical - 1} alike`,
      detail: `${entry.event.iss} declares ${lots.length} lots that weigh exactly the same. Likeliest: bags are filled to one weight; at worst they were not weighed. Weighing some of them again settles it.`,
      firstIndex: entry.index,
    },
  ];
}

/**
 * Judges the last digits of weights: a scale shows all ten digits about equally often. The evidence is sums over a
 * month, which are stored. The newest of the declarations behind them is named, so that the finding does not depend on
 * how many were judged together.
 */
function roundIn(month: readonly Declaration[], facts: Facts, { numbersTooRound }: Parameters): Observation[] {
  const newest = month.at(-1);
  if (newest === undefined) return [];
  const { iss, occurredAtMs, payload } = newest.event;
  const total = Number(facts.totals.get(weightsSubject(iss, occurredAtMs)) ?? 0n);
  const round = Number(facts.totals.get(roundWeightsSubject(iss, occurredAtMs)) ?? 0n);
  if (total < numbersTooRound.minimumWeights || round * 1_000_000 <= total * numbersTooRound.share) return [];
  return [
    {
      severity: numbersTooRound.severity,
      subject: monthOf(newest),
      cause: 'last-digit',
      lots: payload.outputs.map(({ lot }) => lot),
      events: [newest.event.id],
      measured: `${round} of ${total}`,
      threshold: `${numbersTooRound.share / 1e4} %`,
      detail: `${round} of ${total} weights that ${iss} declared that month end in 0 or 5.`,
      firstIndex: newest.index,
    },
  ];
}

function byMonth(facts: Facts): Map<string, Declaration[]> {
  const months = new Map<string, Declaration[]>();
  for (const entry of declarations(facts)) months.set(monthOf(entry), [...(months.get(monthOf(entry)) ?? []), entry]);
  return months;
}

export const numbersTooRound: Rule<typeof schema> = {
  id: 'numbers-too-round',
  version: 3,
  group: 'mass',
  title: 'Weights that no scale shows',
  means: 'Many lots weigh exactly the same, or far too many weights end in 0 or 5: they were estimated, or made up.',
  doesNotMean: 'That nothing was there: some scales show half kilograms only. Bags filled to one weight look the same.',
  causes: {
    innocent: 'a coarse scale, or bags filled to one weight',
    bad: 'weights were estimated or made up',
  },
  advice:
    'Ask the signer to show the scale and how its figures are written down, and have some lots weighed again. True weights, logged by `event.corrected`, close it; bags filled to one weight, or a scale of half kilograms, are explained by `finding.answered`.',
  parameters: schema,
  describe: ({ numbersTooRound: { severity, severityIdentical, minimumWeights, share, identical } }) =>
    `${identical} or more identical weights in one declaration: ${severityIdentical}; of at least ${minimumWeights} weights that one actor declares in a month more than ${share / 1e4} % ending in 0 or 5: ${severity}.`,
  standard: 'Digit analysis of reported data (Benford; last-digit test); ITSCI plausibility checks',
  evidence: byTrade,
  scope: ['totals'],
  needs: 'whole',
  subjects: (facts) => [...declarations(facts).map(({ event }) => event.id), ...byMonth(facts).keys()],
  evaluate: (facts, parameters) => [
    ...declarations(facts).flatMap((entry) => identicalIn(entry, parameters)),
    ...[...byMonth(facts).values()].flatMap((month) => roundIn(month, facts, parameters)),
  ],
};
