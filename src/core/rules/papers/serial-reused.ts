import { byContradiction } from '../engine/evidence.js';
import { type duplicateSchema, isClosedDuplicate } from '../engine/closed-duplicates.js';
import { type NumberUse, firstUseText, isForeign } from '../engine/contested.js';
import type { Facts, JudgedEvent } from '../engine/facts.js';
import type { Observation, Rule, ValuesOf } from '../engine/rule.js';
import { serialSubject, serialsGiven } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { serialReused: parameter.severityOnly('critical') };
type Parameters = ValuesOf<typeof schema & typeof duplicateSchema>;

const subjectsOf = ({ entries }: Facts): string[] => [
  ...new Set(entries.flatMap((entry) => serialsGiven(entry).map(({ serial }) => serial))),
];

/** Returns whether the lot of a bar passes the serial to a lot made of it. */
const continues = (later: JudgedEvent, lots: readonly string[]): boolean =>
  'inputs' in later.event.payload && later.event.payload.inputs.some(({ lot }) => lots.includes(lot));

function observe(serial: string, facts: Facts, parameters: Parameters): Observation[] {
  const all = (facts.about.get(serialSubject(serial)) ?? []).flatMap((entry) =>
    serialsGiven(entry)
      .filter((each) => each.serial === serial)
      .map(({ lot }) => ({ lot, entry })),
  );
  const given = all.map(({ lot }) => lot);
  const uses = all.filter(({ lot }) => !isClosedDuplicate(lot, given, facts, parameters));
  const clashing = uses.filter(
    ({ lot, entry }) =>
      !uses.some((other) => other.entry.index < entry.index && continues(entry, [other.lot])) &&
      uses.some((other) => other.lot !== lot),
  );
  const lots = [...new Set(clashing.map(({ lot }) => lot))];
  const [first] = clashing;
  if (first === undefined || lots.length < 2) return [];
  const useOf = ({ lot, entry }: typeof first): NumberUse => ({
    lots: [lot],
    signer: entry.event.iss,
    index: entry.index,
  });
  const isFirsts = clashing.every((use) => use.lot === first.lot || isForeign(useOf(use), useOf(first), facts));
  return [
    {
      severity: parameters.serialReused.severity,
      subject: serial,
      cause: 'several-lots',
      lots: isFirsts ? lots.filter((lot) => lot !== first.lot) : lots,
      events: [...new Set(clashing.map(({ entry }) => entry.event.id))],
      measured: `${lots.length} lots`,
      threshold: '1 lot',
      detail: `Bar serial ${serial} was given to ${lots.length} lots of which none was cast from the other.${isFirsts ? firstUseText(first.entry.event.iss) : ''}`,
      firstIndex: clashing[1]?.entry.index ?? null,
    },
  ];
}

export const serialReused: Rule<typeof schema, Parameters> = {
  id: 'serial-reused',
  version: 3,
  group: 'tags',
  title: 'One bar number on two bars',
  means: 'The same serial number was given to lots of which neither was made from the other.',
  doesNotMean: 'That a bar was counterfeited: two refiners may number alike.',
  causes: {
    innocent: 'two refiners number alike',
    bad: 'a bar was copied',
  },
  advice:
    'Ask both refiners for their cast lists and photographs of the bars. Serials cannot be corrected, so two refiners who number alike explain it by `finding.answered`; two bars of one refiner are held back until one is shown to be genuine.',
  parameters: schema,
  describe: ({ serialReused: { severity } }) =>
    `A bar serial given to more than one lot, a record that was closed as a duplicate not counted: ${severity}. The first of them is not counted where the others are by actors who had no part in it.`,
  standard: 'LBMA Good Delivery Rules (bar numbers are unique)',
  evidence: byContradiction,
  scope: ['about', 'chains'],
  needs: 'more',
  subjects: subjectsOf,
  evaluate: (facts, parameters) => subjectsOf(facts).flatMap((serial) => observe(serial, facts, parameters)),
};
