import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { milligrams } from '../../custody/quantity.js';
import { durationText, massText } from '../../words.js';
import { type duplicateSchema, isClosedDuplicate } from '../engine/closed-duplicates.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Observation, Rule, Severity, ValuesOf } from '../engine/rule.js';
import { spansOf } from './declared-spans.js';

const schema = {
  declaredTwice: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityCoarse: parameter.severity.default('low').describe('If equal masses may well be chance'),
    minutes: z.int().min(1).max(10).default(5).describe('Minutes between two declarations of one thing, at most'),
    digits: z
      .int()
      .min(1)
      .default(2_000)
      .describe('Steps of its last digit that a mass must have, so that equal masses are no chance'),
    digitsGraded: z.int().min(1).default(200).describe('The same where both have the same grades: low'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof duplicateSchema>;

type Declaration = JudgedOf<'lot.declared'>;
type Output = Declaration['event']['payload']['outputs'][number];

/** Returns whether one declaration comes before another: by time, then in the log. */
const isBefore = (one: JudgedEvent, other: JudgedEvent): boolean =>
  one.event.occurredAtMs < other.event.occurredAtMs ||
  (one.event.occurredAtMs === other.event.occurredAtMs && one.index < other.index);

/** Lists the declarations to judge: those among the entries, and those just after them, which these may repeat. */
function declarationsToJudge(facts: Facts): Declaration[] {
  const judged = new Map<string, Declaration>();
  for (const entry of ofTypes(facts.entries, ['lot.declared'])) {
    judged.set(entry.event.id, entry);
    for (const subject of spansOf(entry, [0, 1]))
      for (const other of facts.about.get(subject) ?? [])
        if (isType(other, 'lot.declared') && isBefore(entry, other)) judged.set(other.event.id, other);
  }
  return [...judged.values()].toSorted((a, b) => a.index - b.index);
}

/** Lists the declarations of one mineral at the same site, shortly before another one. */
function justBefore(entry: Declaration, { about }: Pick<Facts, 'about'>): Declaration[] {
  const found = new Map<string, Declaration>();
  for (const subject of spansOf(entry, [-1, 0]))
    for (const other of about.get(subject) ?? [])
      if (isType(other, 'lot.declared') && other.event.id !== entry.event.id && isBefore(other, entry))
        found.set(other.event.id, other);
  return [...found.values()];
}

const gradesText = ({ grades = [] }: Output): string =>
  grades
    .map(({ analyte, value, uom, basis }) => `${analyte} ${Number(value)} ${uom} ${basis}`)
    .toSorted()
    .join(', ');

/** Returns how much two equal lots mean, by how finely their mass is written; null: nothing. */
function severityOf({ mass, grades = [] }: Output, { declaredTwice }: Parameters): Severity | null {
  const { severity, severityCoarse, digits, digitsGraded } = declaredTwice;
  const steps = Number(mass.value) * 10 ** (mass.value.split('.')[1]?.length ?? 0);
  if (steps >= digits) return severity;
  return steps >= digitsGraded && grades.length > 0 ? severityCoarse : null;
}

/** Returns whether two lots look like one thing: mass, grades and moisture are the same, and they have no tags of their own. */
function areSame(one: Output, other: Output): boolean {
  if (one.mineral !== other.mineral || milligrams(one.mass) !== milligrams(other.mass)) return false;
  if (gradesText(one) !== gradesText(other) || one.moisturePercent !== other.moisturePercent) return false;
  return one.tags === undefined || other.tags === undefined || one.tags.some((tag) => other.tags?.includes(tag));
}

interface Pair {
  first: Declaration;
  one: Output;
  other: Output;
  severity: Severity;
}

function pairsOf(entry: Declaration, facts: Facts, parameters: Parameters): Pair[] {
  const within = parameters.declaredTwice.minutes * 60_000;
  return justBefore(entry, facts)
    .filter(({ event }) => entry.event.occurredAtMs - event.occurredAtMs <= within)
    .flatMap((first) =>
      entry.event.payload.outputs.flatMap((other) => {
        const one = first.event.payload.outputs.find((output) => areSame(output, other));
        const severity = severityOf(other, parameters);
        if (one === undefined || severity === null) return [];
        const isClosed = [
          [one.lot, other.lot],
          [other.lot, one.lot],
        ].some(([lot = '', valid = '']) => isClosedDuplicate(lot, [valid], facts, parameters));
        return isClosed ? [] : [{ first, one, other, severity }];
      }),
    );
}

/** Lists the pairs of lots that may be one thing, so that their chains are loaded: one may be closed as a duplicate. */
export const lotsPerhapsTwice = (facts: Facts): string[][] =>
  declarationsToJudge(facts).flatMap((entry) =>
    justBefore(entry, facts).flatMap((first) =>
      entry.event.payload.outputs.flatMap((other) => {
        const one = first.event.payload.outputs.find((output) => areSame(output, other));
        return one === undefined ? [] : [[one.lot, other.lot]];
      }),
    ),
  );

function observe(entry: Declaration, { first, one, other, severity }: Pair, parameters: Parameters): Observation {
  const { event } = entry;
  const mass = massText(milligrams(other.mass), other.mineral);
  const grades = gradesText(other);
  return {
    severity,
    subject: event.id,
    cause: `${one.lot}:${other.lot}`,
    lots: [one.lot, other.lot],
    events: [first.event.id, event.id],
    measured: `${mass} twice`,
    threshold: `once in ${parameters.declaredTwice.minutes} min`,
    detail: `${event.iss} declares ${mass} of ${other.mineral}${grades === '' ? '' : ` (${grades})`} at ${event.place?.site ?? 'a site'} ${durationText(event.occurredAtMs - first.event.occurredAtMs)} after ${first.event.iss} declared the same there, and no tag tells the two apart. Likeliest: one thing was entered twice; at worst the second one does not exist.`,
    firstIndex: Math.min(first.index, entry.index),
  };
}

export const declaredTwice: Rule<typeof schema, Parameters> = {
  id: 'declared-twice',
  version: 1,
  group: 'origin',
  title: 'One thing seems to be declared twice',
  means:
    'Two lots of the same mass and the same grades were declared at one site within minutes, in two entries, without tags that tell them apart.',
  doesNotMean: 'That one of them does not exist: bags that are filled to one weight may look so.',
  advice:
    'Ask the signer to look at both. A second record of one thing is closed by `lot.closed` with `duplicateOf`, which closes it; two things that are alike are explained by `finding.answered`, best with a photograph of both.',
  parameters: schema,
  describe: ({ declaredTwice: { severity, severityCoarse, minutes, digits, digitsGraded } }) =>
    `Two \`lot.declared\` at one site within ${minutes} minutes, with lots of one mineral and the same mass (of at least ${digits} steps of its last digit), grades and moisture, not both with tags of their own, and neither closed as a duplicate of the other: ${severity}; with a mass of at least ${digitsGraded} steps and with grades: ${severityCoarse}.`,
  standard: 'ITSCI plausibility checks of data collection',
  evidence: byTrade,
  scope: ['chains', 'about'],
  needs: 'more',
  subjects: (facts) => declarationsToJudge(facts).map(({ event }) => event.id),
  evaluate: (facts, parameters) =>
    declarationsToJudge(facts).flatMap((entry) =>
      pairsOf(entry, facts, parameters).map((pair) => observe(entry, pair, parameters)),
    ),
};
