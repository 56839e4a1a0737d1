import * as z from 'zod';
import { byCustom } from '../engine/evidence.js';
import { milligrams } from '../../custody/quantity.js';
import { countOf, massText } from '../../words.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import { capOf, type capSchema, monthlyCap } from './caps.js';
import {
  boughtFrom,
  boughtSubject,
  declaredForSubject,
  mineralsIn,
  monthOf,
  nameOf,
  producedIn,
  producerOf,
} from './producers.js';

const schema = {
  splitBelowCap: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityAtOnce: parameter.severity.default('high').describe('If all of them came within one hour'),
    persons: z.int().min(2).default(5).describe('Persons just below the cap'),
    near: parameter.partsPerMillion
      .default(850_000)
      .describe('Share of the cap from which on a sum is just below it, parts per million'),
    share: parameter.partsPerMillion
      .default(500_000)
      .describe('Least share of all persons of that month, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema & typeof capSchema>;

const MILLION = 1_000_000n;
const HOUR = 3_600_000;

/** What one actor bought from persons, or declared for them, of one mineral in a month. */
interface Question {
  filed: string;
  actor: string;
  does: 'bought' | 'declared';
  mineral: string;
  month: string;
  cap: bigint;
}

const judgedTypes = ['lot.declared', 'custody.received'] as const;

type Judged = JudgedOf<(typeof judgedTypes)[number]>;

/** Returns the declarations for persons that an entry makes or buys. */
function birthsOf(entry: Judged, facts: Facts): JudgedOf<'lot.declared'>[] {
  if (!isType(entry, 'lot.declared')) return boughtFrom(entry, facts);
  return producerOf(entry.event) === null ? [] : [entry];
}

function questionsOf(facts: Facts, parameters: Parameters): Question[] {
  const questions = new Map<string, Question>();
  for (const entry of ofTypes(facts.entries, judgedTypes))
    for (const birth of birthsOf(entry, facts))
      for (const mineral of mineralsIn(birth.event)) {
        const { iss: actor, occurredAtMs } = entry.event;
        const month = monthOf(occurredAtMs);
        const does = isType(entry, 'custody.received') ? 'bought' : 'declared';
        const filed = (does === 'bought' ? boughtSubject : declaredForSubject)(actor, mineral, month);
        const cap = questions.has(filed) ? null : capOf(birth, mineral, facts, parameters);
        if (cap !== null) questions.set(filed, { filed, actor, does, mineral, month, cap: monthlyCap(cap) });
      }
  return [...questions.values()];
}

interface Person {
  producer: string;
  mass: bigint;
  entries: Judged[];
}

/** Returns the person and the mass of one entry, mg; null: it names none, or no mass. */
function partOf(entry: JudgedEvent, mineral: string): { producer: string; mass: bigint } | null {
  if (isType(entry, 'lot.declared')) {
    const producer = producerOf(entry.event);
    return producer === null ? null : { producer, mass: producedIn(entry.event, mineral) };
  }
  if (!isType(entry, 'custody.received')) return null;
  const mass = entry.event.payload.lots
    .filter(({ outcome }) => outcome !== 'rejected')
    .reduce((sum, one) => sum + (one.mass === undefined ? 0n : milligrams(one.mass)), 0n);
  return { producer: `actor:${entry.event.payload.from}`, mass };
}

function personsOf({ filed, mineral, month }: Question, facts: Facts): Person[] {
  const persons = new Map<string, Person>();
  for (const entry of facts.about.get(filed) ?? []) {
    const part = partOf(entry, mineral);
    if (part === null || monthOf(entry.event.occurredAtMs) !== month) continue;
    const person = persons.get(part.producer) ?? { producer: part.producer, mass: 0n, entries: [] };
    persons.set(part.producer, person);
    person.mass += part.mass;
    if (isType(entry, 'lot.declared') || isType(entry, 'custody.received')) person.entries.push(entry);
  }
  return [...persons.values()];
}

const isWithinHour = (entries: readonly JudgedEvent[]): boolean => {
  const times = entries.map(({ event }) => event.occurredAtMs);
  return Math.max(...times) - Math.min(...times) <= HOUR;
};

const lotsIn = ({ event: { payload } }: Judged): string[] =>
  ('outputs' in payload ? payload.outputs : payload.lots).map(({ lot }) => lot);

function observe(question: Question, facts: Facts, parameters: Parameters): Observation[] {
  const { severity, severityAtOnce, near, share, persons: least } = parameters.splitBelowCap;
  const { cap, actor, does, mineral, month } = question;
  const persons = personsOf(question, facts);
  const low = (cap * BigInt(near)) / MILLION;
  const close = persons.filter(({ mass }) => mass >= low && mass <= cap);
  if (close.length < least || BigInt(close.length) * MILLION < BigInt(persons.length) * BigInt(share)) return [];
  const entries = close.flatMap((person) => person.entries);
  const atOnce = isWithinHour(entries);
  const sum = close.reduce((all, { mass }) => all + mass, 0n);
  return [
    {
      severity: atOnce ? severityAtOnce : severity,
      subject: question.filed,
      cause: 'below-cap',
      root: actorSubject(actor),
      lots: [...new Set(entries.flatMap(lotsIn))],
      events: entries.map(({ event }) => event.id),
      measured: `${close.length} of ${countOf(persons.length, 'person')}`,
      threshold: `${least} and ${share / 1e4} %`,
      detail: `${actor} ${does === 'bought' ? 'bought from' : 'declared for'} ${countOf(persons.length, 'person')} in ${month}, ${close.length} of them with ${massText(low, mineral)} to ${massText(cap, mineral)} of ${mineral}, just below the cap of one person (${massText(sum, mineral)} in all${atOnce ? ', within one hour' : ''}): ${close
        .slice(0, 10)
        .map(({ producer }) => nameOf(producer))
        .join(
          ', ',
        )}. A good month ends at the cap for everybody who stops there; or one lot was divided among names. The persons themselves, and the office that keeps the cards, can tell.`,
      firstIndex: Math.min(...entries.map(({ index }) => index)),
    },
  ];
}

export const splitBelowCap: Rule<typeof schema, Parameters> = {
  id: 'split-below-cap',
  version: 1,
  group: 'origin',
  title: 'Many persons just below the cap, with one buyer',
  means:
    'Most of the persons from whom one actor buys, or for whom it declares, stay just below what one person may produce.',
  doesNotMean:
    'That the gold is not theirs: where the cap binds, people stop at it. By itself it is unusual, not impossible.',
  causes: {
    innocent: 'where the cap binds, people stop at it',
    bad: 'one seller hides behind the names of many',
  },
  advice:
    'Meet some of the persons and ask what they sold; compare their signatures, telephone numbers and payments, and the fineness of what each sold: one melt has one fineness. It closes when wrong masses are corrected by `event.corrected`; otherwise `finding.answered` after a visit.',
  parameters: schema,
  describe: ({ splitBelowCap: { severity, severityAtOnce, persons, near, share } }) =>
    `At least ${persons} persons, and at least ${share / 1e4} % of those from whom an actor bought a mineral in a month, or for whom it declared it, with a sum from ${near / 1e4} to 100 % of the monthly cap of \`person-over-cap\`: ${severity}; all of them within one hour: ${severityAtOnce}.`,
  standard: 'FATF, Money laundering risks of gold (structuring); OECD Gold Supplement',
  evidence: byCustom,
  scope: ['chains', 'about'],
  needs: 'more',
  subjects: (facts, parameters) => questionsOf(facts, parameters).map(({ filed }) => filed),
  evaluate: (facts, parameters) =>
    questionsOf(facts, parameters).flatMap((question) => observe(question, facts, parameters)),
};
