import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { kilograms } from '../../custody/quantity.js';
import { countOf, differenceText, massText } from '../../words.js';
import { ofTypes } from '../engine/each-event.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import * as parameter from '../engine/parameter.js';
import { type Observation, type Rule, type Severity, type ValuesOf, rankOf } from '../engine/rule.js';
import { type Cap, type CapParameters, capOf, capSchema, monthlyCap, yearlyCap } from './caps.js';
import {
  mineralsIn,
  monthAfter,
  monthOf,
  monthsOfYears,
  nameOf,
  producedIn,
  producedSubject,
  producerOf,
  yearUpTo,
} from './producers.js';

const schema = {
  ...capSchema,
  personOverCap: z.strictObject({
    windowDays: z
      .int()
      .min(1)
      .max(31)
      .default(27)
      .describe(
        'Length of the periods across two months, days: less than the shortest month, for those who sell once a month',
      ),
    severityAcross: parameter.severity
      .default('medium')
      .describe('At most, if the sum is above the cap across two months, and in neither of them'),
    tolerance: parameter.partsPerMillion
      .default(20_000)
      .describe('Share by which scales may differ from the cap, parts per million'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

const MILLION = 1_000_000n;
const DAY = 86_400_000;
/** Lots that a finding names at most, the newest. */
const LOTS_NAMED = 1_000;

const declarations = ['lot.declared'] as const;

/** A person's production of a mineral that is judged up to the end of a month. */
interface Question {
  producer: string;
  mineral: string;
  month: string;
  cap: Cap;
}

interface Made {
  entry: JudgedOf<'lot.declared'>;
  mass: bigint;
}

const subjectOf = ({ producer, mineral, month }: Question): string => `${producer}/${mineral}/${month}`;

/** Lists what the entries can change: the month of each declaration, and the eleven after it. */
function questionsOf(facts: Facts, parameters: CapParameters): Question[] {
  const questions = new Map<string, Question>();
  for (const entry of ofTypes(facts.entries, declarations)) {
    const producer = producerOf(entry.event);
    if (producer === null) continue;
    for (const mineral of mineralsIn(entry.event)) {
      const cap = capOf(entry, mineral, facts, parameters);
      if (cap === null) continue;
      for (const month of monthsOfYears(monthOf(entry.event.occurredAtMs)).slice(11)) {
        const question = { producer, mineral, month, cap };
        questions.set(subjectOf(question), question);
      }
    }
  }
  return [...questions.values()];
}

const limitOf = (cap: bigint, { personOverCap: { tolerance } }: Parameters): bigint =>
  (cap * (MILLION + BigInt(tolerance))) / MILLION;

/** Lists the monthly sums that decide which months are read. */
export function sumsOfYears(entry: JudgedEvent): string[] {
  if (!isType(entry, 'lot.declared')) return [];
  const producer = producerOf(entry.event);
  if (producer === null) return [];
  return mineralsIn(entry.event).flatMap((mineral) =>
    monthsOfYears(monthOf(entry.event.occurredAtMs)).map((month) => producedSubject(producer, mineral, month)),
  );
}

/** Lists the months of every year in which a person's sums are above a cap, so that their entries are read. */
export function monthsToRead(facts: Facts, parameters: Parameters): string[] {
  return questionsOf(facts, parameters).flatMap(({ producer, mineral, month, cap }) => {
    const limit = yearlyCap(cap);
    const months = yearUpTo(month).map((one) => producedSubject(producer, mineral, one));
    const sum = months.reduce((all, subject) => all + (facts.totals.get(subject) ?? 0n), 0n);
    return limit !== null && sum > limitOf(limit, parameters) ? months : months.slice(-2);
  });
}

/** Returns what is loaded of a person's production in some months, in the order of time. */
function madeIn({ producer, mineral }: Question, months: readonly string[], facts: Facts): Made[] {
  const found = months.flatMap((month) =>
    (facts.about.get(producedSubject(producer, mineral, month)) ?? []).flatMap((entry): Made[] =>
      isType(entry, 'lot.declared') && monthOf(entry.event.occurredAtMs) === month
        ? [{ entry, mass: producedIn(entry.event, mineral) }]
        : [],
    ),
  );
  return found.toSorted(
    (a, b) => a.entry.event.occurredAtMs - b.entry.event.occurredAtMs || a.entry.index - b.entry.index,
  );
}

const massOf = (made: readonly Made[]): bigint => made.reduce((sum, { mass }) => sum + mass, 0n);

/** Returns the window with most mass that ends in the month of a question. */
function heaviestWindow(question: Question, facts: Facts, windowDays: number): Made[] {
  const made = madeIn(question, [monthAfter(question.month, -1), question.month], facts);
  let [start, mass, most] = [0, 0n, 0n];
  let heaviest: Made[] = [];
  for (const [end, { entry, mass: added }] of made.entries()) {
    mass += added;
    const from = entry.event.occurredAtMs - windowDays * DAY;
    for (let first = made[start]; first !== undefined && first.entry.event.occurredAtMs <= from; first = made[start]) {
      mass -= first.mass;
      start += 1;
    }
    if (mass <= most || monthOf(entry.event.occurredAtMs) !== question.month) continue;
    most = mass;
    heaviest = made.slice(start, end + 1);
  }
  return heaviest;
}

/** A sum that is compared with a cap. */
interface Span {
  cause: 'month' | 'year';
  name: string;
  made: readonly Made[];
  cap: bigint | null;
  severity: Severity;
}

function observe(question: Question, facts: Facts, parameters: Parameters): Observation[] {
  const { cap, month } = question;
  const { windowDays, severityAcross } = parameters.personOverCap;
  const year = madeIn(question, yearUpTo(month), facts);
  const ofMonth = year.filter(({ entry }) => monthOf(entry.event.occurredAtMs) === month);
  if (ofMonth.length === 0) return [];
  const { severity } = cap;
  const across = rankOf(severityAcross) < rankOf(severity) ? severityAcross : severity;
  const window = heaviestWindow(question, facts, windowDays);
  const spans: readonly Span[] = [
    { cause: 'month', name: month, made: ofMonth, cap: monthlyCap(cap), severity },
    { cause: 'month', name: `${windowDays} days`, made: window, cap: monthlyCap(cap), severity: across },
    { cause: 'year', name: `the year to ${month}`, made: year, cap: yearlyCap(cap), severity },
  ];
  const found = spans.flatMap((span) => over(question, span, parameters));
  return found.filter(({ cause }, i) => found.findIndex((other) => other.cause === cause) === i);
}

function over(question: Question, { cause, name, made, cap, severity }: Span, parameters: Parameters): Observation[] {
  const mass = massOf(made);
  const [first, last] = [made[0]?.entry.event, made.at(-1)?.entry.event];
  if (cap === null || mass <= limitOf(cap, parameters) || first === undefined || last === undefined) return [];
  const { producer, mineral } = question;
  const named = made.slice(-LOTS_NAMED);
  const lots = named.flatMap(({ entry }) =>
    entry.event.payload.outputs.filter((output) => output.mineral === mineral).map(({ lot }) => lot),
  );
  return [
    {
      severity,
      subject: subjectOf(question),
      cause,
      root: producer,
      lots: [...new Set(lots)],
      events: named.map(({ entry }) => entry.event.id),
      measured: `${kilograms(mass).value} KGM`,
      threshold: `${kilograms(cap).value} KGM`,
      detail: `${nameOf(producer)} produced ${massText(mass, mineral)} of ${mineral} in ${countOf(made.length, 'declaration')} in ${name}, from ${first.occurredAt.slice(0, 10)} to ${last.occurredAt.slice(0, 10)}, to all buyers together; the cap of one person is ${massText(cap, mineral)}: ${differenceText(cap, mass, mineral)}. It may be the work of a family under one card, or ${mineral} of others that is sold under it; the person and the office that keeps the cards can tell.`,
      firstIndex: Math.min(...named.map(({ entry }) => entry.index)),
    },
  ];
}

export const personOverCap: Rule<typeof schema> = {
  id: 'person-over-cap',
  version: 1,
  group: 'origin',
  title: 'One person produces more than one person may',
  means:
    'What was declared for one person, to all buyers together, is more than the law allows one person, or more than one person can dig.',
  doesNotMean:
    'That the person did wrong: a family or a team may sell under one card, and stock of earlier months may have been declared at once. A card may also be used without its holder.',
  causes: {
    innocent: 'a family or a team sells under one card',
    bad: 'a card serves to launder the production of others',
  },
  advice:
    'Ask the person who dug it and when, and the office that keeps the cards whether the card was lent; compare with the slips of all buyers. It closes when wrong masses or times are corrected by `event.corrected`, or the size of the team is; treat mass that stays unexplained as mineral of unknown origin.',
  parameters: schema,
  describe: ({ personCaps: { caps }, personOverCap: { windowDays, severityAcross, tolerance } }) =>
    `Mass that is declared for one person (\`person\`, or a \`holder\` who is not the signer), divided by \`teamSize\`, in a month (UTC), in any ${windowDays} days across two months (at most ${severityAcross}), and in a month with the eleven before it, above the cap by more than ${tolerance / 1e4} %. The role is that of the person, the method, or the kind of licence of the site. Caps: ` +
    `${caps
      .map(
        ({ countries, mineral, roles, from, kilogramsPerMonth, kilogramsPerYear, severity }) =>
          `${countries.join(', ').replace('*', 'elsewhere')} ${mineral} (${roles.join(', ')}) from ${from}: ${kilogramsPerMonth} kg a month${kilogramsPerYear === null ? '' : `, ${kilogramsPerYear} kg a year`}: ${severity}`,
      )
      .join('; ')}. One finding a month.`,
  standard: 'Colombia, Ministry of Mines, Resolution 4 0103 of 2017 (caps of subsistence mining); OECD Gold Supplement',
  evidence: byRegistry,
  scope: ['about', 'totals'],
  needs: 'more',
  subjects: (facts, parameters) => questionsOf(facts, parameters).map(subjectOf),
  evaluate: (facts, parameters) =>
    questionsOf(facts, parameters).flatMap((question) => observe(question, facts, parameters)),
};
