import { gradeInPartsPerMillion, partsPerMillion } from '../custody/quantity.js';
import { judgesEach } from './each-event.js';
import type { Facts, JudgedEvent } from './facts.js';
import { gradesSaid, gradeText, gradingTypes } from './grades.js';
import type { Parameters } from './parameters.js';
import type { Rule } from './rule.js';

type Window = Parameters['gradeUnusual']['windows'][number];

/** The window for a lot: the narrower one where it is declared at a site, if there is one. */
function windowFor(lot: string, analyte: string, entry: JudgedEvent, facts: Facts, all: readonly Window[]) {
  const { mineral, form } = facts.lots.get(lot) ?? {};
  const fitting = all.filter(
    (window) => window.mineral === mineral && window.form === form && window.analyte === analyte,
  );
  const atSite = entry.event.type === 'lot.declared';
  return fitting.find((window) => window.atSite === atSite) ?? null;
}

export const gradeUnusual: Rule = {
  id: 'grade-unusual',
  version: 1,
  group: 'mass',
  title: 'A grade that is not traded',
  means: 'The grade lies outside what is bought and sold of this mineral in this form.',
  doesNotMean: 'That it is false: poor and rich ores exist. It is worth a second assay.',
  describe: ({ gradeUnusual: { severity, windows } }) =>
    `A grade outside ${windows
      .map(
        ({ mineral, form, analyte, from, to, atSite }) =>
          `${from}–${to} % ${analyte} (${mineral} ${form}${atSite ? ' at the site' : ''})`,
      )
      .join(', ')}: ${severity}.`,
  standard: 'Trade specifications of tin, tantalum, tungsten and cobalt; ASM doré as refiners buy it',
  scope: ['chains'],
  ...judgesEach(gradingTypes, (entry, facts, { gradeUnusual: { severity, windows } }) =>
    gradesSaid(entry).flatMap(({ lot, grades }) =>
      grades.flatMap((grade) => {
        const window = windowFor(lot, grade.analyte, entry, facts, windows);
        if (window === null) return [];
        const value = gradeInPartsPerMillion(grade);
        if (value >= BigInt(partsPerMillion(window.from)) && value <= BigInt(partsPerMillion(window.to))) return [];
        return [
          {
            severity,
            cause: `${lot}:${grade.analyte}`,
            lots: [lot],
            measured: gradeText(grade),
            threshold: `${window.from}–${window.to} % ${grade.analyte}`,
            detail: `${entry.event.iss} states ${gradeText(grade)}, which is not what ${window.mineral} ${window.form} is traded at.`,
          },
        ];
      }),
    ),
  ),
};
