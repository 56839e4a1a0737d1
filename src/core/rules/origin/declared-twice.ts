import * as z from 'zod';
import { byTrade } from '../engine/evidence.js';
import { milligrams } from '../../custody/quantity.js';
import { durationText, massText } from '../../words.js';
import { type duplicateSchema, isClosedDuplicate } from '../engine/closed-duplicates.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Observation, Rule, Severity, ValuesOf } from '../engine/rule.js';
import { recorderSubject } from '../engine/subjects.js';
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
    severityTagged: parameter.severity
      .default('low')
      .describe('Of two that have tags of their own and one recorder; of two recorders, `severity`'),
    digitsGraded: z.int().min(1).default(200).describe('The same where both have the same grades: low'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof duplicateSchema>;

/** Lots before another that may be the same thing, of which each is looked at. */
const MOST_ALIKE = 8;

type Declaration = JudgedOf<'lot.declared'>;
type Output = Declaration['event']['payload']['outputs'][number];

/** Returns whether one declaration comes before another: by time, then in the log. */
const isBefore = (one: JudgedEvent, other: JudgedEvent): boolean =>
  one.event.occurredAtMs < other.event.occurredAtMs ||
  (one.event.occurredAtMs === other.event.occurredAtMs && one.index < other.index);

/**
 * Lists the declarations to judge: those among the entries, and those just after them, which these may repeat. Of each span the
 * earliest entry decides, so that the work does not grow with the square of what was declared in it.
 */
function declarationsToJudge(facts: Facts): Declaration[] {
  const judged = new Map<string, Declaration>();
  const earliest = new Map<string, Declaration>();
  for (const entry of ofTypes(facts.entries, ['lot.declared'])) {
    judged.set(entry.event.id, entry);
    for (const subject of spansOf(entry, [0, 1])) {
      const known = earliest.get(subject);
      if (known === undefined || isBefore(entry, known)) earliest.set(subject, entry);
    }
  }
  for (const [subject, entry] of earliest)
    for (const other of facts.about.get(subject) ?? [])
      if (isType(other, 'lot.declared') && isBefore(entry, other)) judged.set(other.event.id, other);
  return [...judged.values()].toSorted((a, b) => a.index - b.index);
}

/** A lot with its declaration. */
interface Declared {
  entry: Declaration;
  output: Output;
}

const gradesText = ({ grades = [] }: Output): string =>
  grades
    .map(({ analyte, value, uom, basis }) => `${analyte} ${Number(value)} ${uom} ${basis}`)
    .toSorted()
    .join(', ');

/** Returns whether each of two lots has tags, and none in common. */
const haveOwnTags = ({ tags: one }: Output, { tags: other }: Output): boolean =>
  one !== undefined && other !== undefined && !one.some((tag) => other.includes(tag));

/** Returns the steps of its last digit that a mass has. */
const stepsOf = ({ mass }: Output): number => Number(mass.value) * 10 ** (mass.value.split('.')[1]?.length ?? 0);

/** Returns whether a lot has grades and a mass so fine that another one like it is the same, whatever its tags. */
const isFine = (output: Output, { digits }: Parameters['declaredTwice']): boolean =>
  output.grades !== undefined && stepsOf(output) >= digits;

/** Returns how much two equal lots mean, by how finely their mass is written and by who recorded them; null: nothing. */
function severityOf(one: Declared, { entry, output }: Declared, { declaredTwice }: Parameters): Severity | null {
  const { severity, severityCoarse, severityTagged, digits, digitsGraded } = declaredTwice;
  const steps = stepsOf(output);
  const { grades = [] } = output;
  if (haveOwnTags(one.output, output)) {
    if (!isFine(output, declaredTwice)) return null;
    return recorderSubject(one.entry.event) === recorderSubject(entry.event) ? severityTagged : severity;
  }
  if (steps >= digits) return severity;
  return steps >= digitsGraded && grades.length > 0 ? severityCoarse : null;
}

/** Returns what two lots that look like one thing have in common: mineral, mass, grades and moisture. */
const likenessOf = (output: Output): string =>
  [output.mineral, milligrams(output.mass), gradesText(output), output.moisturePercent].join('|');

/** Lots of one span by what they look like, in order of time: all, those without tags, and those with a tag. */
type Alike = ReadonlyMap<string, readonly Declared[]>;

const ofAll = (likeness: string): string => `all|${likeness}`;
const ofUntagged = (likeness: string): string => `untagged|${likeness}`;
const ofTag = (likeness: string, tag: string): string => `tag ${tag}|${likeness}`;

/**
 * Caches what a span has, which is the same for all its entries. A loaded span may grow at its end; a full one loses its
 * first entry then, so that its length does not show it.
 */
const alikeIn = new WeakMap<readonly JudgedEvent[], { last: JudgedEvent | undefined; alike: Alike }>();

function alikeOf(span: readonly JudgedEvent[]): Alike {
  const known = alikeIn.get(span);
  if (known !== undefined && known.last === span.at(-1)) return known.alike;
  const alike = new Map<string, Declared[]>();
  const add = (key: string, declared: Declared): void => {
    const list = alike.get(key);
    if (list === undefined) alike.set(key, [declared]);
    else list.push(declared);
  };
  const sorted = span.filter((entry) => isType(entry, 'lot.declared')).toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  for (const entry of sorted)
    for (const output of entry.event.payload.outputs) {
      const likeness = likenessOf(output);
      add(ofAll(likeness), { entry, output });
      if (output.tags === undefined) add(ofUntagged(likeness), { entry, output });
      else for (const tag of new Set(output.tags)) add(ofTag(likeness, tag), { entry, output });
    }
  alikeIn.set(span, { last: span.at(-1), alike });
  return alike;
}

/** Returns the number of items of a list in order that are before an entry. */
function countBefore(list: readonly Declared[], entry: Declaration): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore((list[middle] as Declared).entry, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Lists the newest lots that look like one of an entry and were declared in others shortly before it, the newest first, at most
 * `MOST_ALIKE`: those that no tag distinguishes, then any if their figures are fine.
 */
function alikeBefore(
  entry: Declaration,
  output: Output,
  facts: Pick<Facts, 'about'>,
  { declaredTwice }: Parameters,
): Declared[] {
  const likeness = likenessOf(output);
  const all = [ofAll(likeness)];
  if (output.tags === undefined) return alikeUnder(all, entry, facts);
  const untold = [ofUntagged(likeness), ...output.tags.map((tag) => ofTag(likeness, tag))];
  const apart = isFine(output, declaredTwice) ? alikeUnder(all, entry, facts) : [];
  return [...alikeUnder(untold, entry, facts), ...apart];
}

function alikeUnder(keys: readonly string[], entry: Declaration, { about }: Pick<Facts, 'about'>): Declared[] {
  const found = new Map<string, Declared>();
  for (const subject of spansOf(entry, [-1, 0])) {
    const span = about.get(subject);
    if (span === undefined) continue;
    for (const key of keys) {
      const list = alikeOf(span).get(key) ?? [];
      const until = countBefore(list, entry);
      for (const one of list.slice(Math.max(0, until - MOST_ALIKE), until)) found.set(one.output.lot, one);
    }
  }
  return [...found.values()].toSorted((a, b) => (isBefore(a.entry, b.entry) ? 1 : -1)).slice(0, MOST_ALIKE);
}

interface Pair {
  first: Declaration;
  one: Output;
  other: Output;
  severity: Severity;
}

const isClosed = (one: Output, other: Output, facts: Facts, parameters: Parameters): boolean =>
  [
    [one.lot, other.lot],
    [other.lot, one.lot],
  ].some(([lot = '', valid = '']) => isClosedDuplicate(lot, [valid], facts, parameters));

/** Pairs each lot of an entry with the newest one before that looks like it. */
function pairsOf(entry: Declaration, facts: Facts, parameters: Parameters): Pair[] {
  const within = parameters.declaredTwice.minutes * 60_000;
  return entry.event.payload.outputs.flatMap((other) => {
    for (const found of alikeBefore(entry, other, facts, parameters)) {
      const severity = severityOf(found, { entry, output: other }, parameters);
      const isSoon = entry.event.occurredAtMs - found.entry.event.occurredAtMs <= within;
      if (severity === null || !isSoon || isClosed(found.output, other, facts, parameters)) continue;
      return [{ first: found.entry, one: found.output, other, severity }];
    }
    return [];
  });
}

/** Lists the pairs of lots that may be one thing, so that their chains are loaded: one may be closed as a duplicate. */
export const lotsPerhapsTwice = (facts: Facts, parameters: Parameters): string[][] =>
  declarationsToJudge(facts).flatMap((entry) =>
    entry.event.payload.outputs.flatMap((other) =>
      alikeBefore(entry, other, facts, parameters).map(({ output }) => [output.lot, other.lot]),
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
    detail: `${event.iss} declares ${mass} of ${other.mineral}${grades === '' ? '' : ` (${grades})`} at ${event.place?.site ?? 'a site'} ${durationText(event.occurredAtMs - first.event.occurredAtMs)} after ${first.event.iss} declared the same there, ${haveOwnTags(one, other) ? 'under another tag' : 'and no tag tells the two apart'}. Likeliest: one thing was entered twice; at worst the second one does not exist.`,
    firstIndex: Math.min(first.index, entry.index),
  };
}

export const declaredTwice: Rule<typeof schema, Parameters> = {
  id: 'declared-twice',
  version: 3,
  group: 'origin',
  title: 'One thing seems to be declared twice',
  means:
    'Two lots of the same mass and the same grades were declared at one site within minutes, in two entries, without tags that tell them apart, or so alike that the second may be the first under another tag.',
  doesNotMean: 'That one of them does not exist: bags that are filled to one weight may look so.',
  causes: {
    innocent: 'one bag was recorded twice',
    bad: 'a bag that does not exist will be filled with foreign ore',
  },
  advice:
    'Ask the signer to look at both. A second record of one thing is closed by `lot.closed` with `duplicateOf`, which closes it; two things that are alike are explained by `finding.answered`, best with a photograph of both.',
  parameters: schema,
  describe: ({ declaredTwice: { severity, severityCoarse, severityTagged, minutes, digits, digitsGraded } }) =>
    `Two \`lot.declared\` at one site within ${minutes} minutes, with lots of one mineral and the same mass (of at least ${digits} steps of its last digit), grades and moisture, not both with tags of their own, and neither closed as a duplicate of the other; each is compared with the newest before it: ${severity}; with a mass of at least ${digitsGraded} steps and with grades: ${severityCoarse}. Both with tags of their own, grades and a mass of at least ${digits} steps: ${severity} if two devices or signers recorded them, ${severityTagged} if one did.`,
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
