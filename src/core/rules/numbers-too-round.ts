import { milligrams } from '../custody/quantity.js';
import { type Facts, type JudgedOf, isType } from './facts.js';
import type { Parameters } from './parameters.js';
import type { Observation, Rule } from './rule.js';
import { weightsSubject } from './subjects.js';

type Declaration = JudgedOf<'lot.declared'>;

const declarations = ({ entries }: Facts): Declaration[] => entries.filter((entry) => isType(entry, 'lot.declared'));
const monthOf = ({ event }: Declaration): string => weightsSubject(event.iss, event.occurredAtMs);

/** Lots of one declaration that weigh exactly the same, most of them first. */
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
      detail: `${entry.event.iss} declares ${lots.length} lots that weigh exactly the same.`,
      firstIndex: entry.index,
    },
  ];
}

/** The last digit as it was written: a scale shows all ten of them alike often. */
const isRound = ({ value }: { value: string }): boolean => value.endsWith('0') || value.endsWith('5');

function roundIn(subject: string, { about }: Facts, { numbersTooRound }: Parameters): Observation[] {
  const entries = (about.get(subject) ?? []).filter((entry) => isType(entry, 'lot.declared'));
  const weights = entries.flatMap(({ event }) => event.payload.outputs.map(({ mass }) => mass));
  const round = weights.filter(isRound).length;
  if (weights.length < numbersTooRound.minimumWeights) return [];
  if (round * 1_000_000 <= weights.length * numbersTooRound.share) return [];
  return [
    {
      severity: numbersTooRound.severity,
      subject,
      cause: 'last-digit',
      lots: entries.flatMap(({ event }) => event.payload.outputs.map(({ lot }) => lot)),
      events: entries.map(({ event }) => event.id),
      measured: `${round} of ${weights.length}`,
      threshold: `${numbersTooRound.share / 1e4} %`,
      detail: `${round} of ${weights.length} weights that ${entries[0]?.event.iss} declared that month end in 0 or 5.`,
      firstIndex: entries[0]?.index ?? null,
    },
  ];
}

export const numbersTooRound: Rule = {
  id: 'numbers-too-round',
  version: 1,
  group: 'mass',
  title: 'Weights that no scale shows',
  means: 'Many lots weigh exactly the same, or far too many weights end in 0 or 5: they were estimated, or made up.',
  doesNotMean: 'That nothing was there: some scales show half kilograms only. Bags filled to one weight look the same.',
  describe: ({ numbersTooRound: { severity, severityIdentical, minimumWeights, share, identical } }) =>
    `${identical} or more identical weights in one declaration: ${severityIdentical}; of at least ${minimumWeights} weights that one actor declares in a month more than ${share / 1e4} % ending in 0 or 5: ${severity}.`,
  standard: 'Digit analysis of reported data (Benford; last-digit test); ITSCI plausibility checks',
  scope: ['about'],
  subjects: (facts) => [
    ...declarations(facts).map(({ event }) => event.id),
    ...new Set(declarations(facts).map(monthOf)),
  ],
  evaluate: (facts, parameters) => [
    ...declarations(facts).flatMap((entry) => identicalIn(entry, parameters)),
    ...[...new Set(declarations(facts).map(monthOf))].flatMap((subject) => roundIn(subject, facts, parameters)),
  ],
};
