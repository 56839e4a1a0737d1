import { gradeInPartsPerMillion } from '../../custody/quantity.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../engine/facts.js';
import { knownBefore, measuresOfOutputs } from '../engine/known-of-lots.js';
import { type LotMeasure, remeasured } from '../engine/lot-history.js';
import { type AmountFiling, seriesSubject } from '../engine/subjects.js';
import { type Bound, type Moistures, metalIn, sum } from './mass-balance.js';

/** The metal that a process recovers, computed from the masses, moistures and grades of its inputs and outputs. */

export type Process = JudgedOf<'lot.processed'>;

/** The analyte judged for each mineral; other elements follow other paths. */
export const MAIN_ANALYTES: ReadonlySet<string> = new Set(['Sn', 'Ta2O5', 'WO3', 'Au', 'Co']);

export interface Recovery {
  analyte: string;
  /** Metal that went in, at least and at most, mg. */
  leastIn: bigint;
  mostIn: bigint;
  /** Metal in the products, at least and at most, mg. */
  leastOut: bigint;
  mostOut: bigint;
}

const gradeIn = ({ grades }: LotMeasure, analyte: string): bigint | null => {
  const grade = grades.find((candidate) => candidate.analyte === analyte);
  return grade === undefined ? null : gradeInPartsPerMillion(grade);
};

/** Lists outputs that are not poorer than the input: tailings and slag may be lots too, but are not recovered metal. */
function products(analyte: string, inputs: readonly LotMeasure[], outputs: readonly LotMeasure[]): LotMeasure[] {
  const fed = inputs.flatMap((input) => gradeIn(input, analyte) ?? []);
  return outputs.filter((output) => {
    const grade = gradeIn(output, analyte);
    return grade === null || fed.length === 0 || fed.some((other) => grade >= other);
  });
}

/** Computes the metal of the products and of the inputs; null if a grade of either is unknown. */
function recoveryOf(
  analyte: string,
  inputs: readonly LotMeasure[],
  outputs: readonly LotMeasure[],
  moistures: Moistures,
): Recovery | null {
  const made = products(analyte, inputs, outputs);
  const graded = [...inputs, ...made].every(({ grades }) => grades.some((grade) => grade.analyte === analyte));
  if (!graded || made.length === 0) return null;
  const total = (measures: readonly LotMeasure[], bound: Bound): bigint =>
    sum(measures.map((measure) => metalIn(measure, analyte, bound, moistures) ?? 0n));
  const recovery = {
    analyte,
    leastIn: total(inputs, 'least'),
    mostIn: total(inputs, 'most'),
    leastOut: total(made, 'least'),
    mostOut: total(made, 'most'),
  };
  return recovery.mostIn === 0n ? null : recovery;
}

/** Lists what a process recovers of the main analytes; none if an input is not known. */
export function recoveriesOf(entry: Process, facts: Facts, moistures: Moistures): Recovery[] {
  const inputs = entry.event.payload.inputs.flatMap(
    ({ lot, mass }) => remeasured(knownBefore(lot, entry.index, facts), { mass }) ?? [],
  );
  const outputs = measuresOfOutputs(entry, facts);
  if (inputs.length < entry.event.payload.inputs.length) return [];
  const analytes = new Set(outputs.flatMap(({ grades }) => grades.map(({ analyte }) => analyte)));
  return [...analytes]
    .toSorted()
    .filter((analyte) => MAIN_ANALYTES.has(analyte))
    .flatMap((analyte) => recoveryOf(analyte, inputs, outputs, moistures) ?? []);
}

/** Mineral and form of what a process is fed with; the form is empty if there are several. */
export function fedWith(entry: Process, { lots }: Pick<Facts, 'lots'>): { mineral: string; form: string } {
  const fed = entry.event.payload.inputs.map(({ lot }) => lots.get(lot));
  const forms = new Set(fed.map((lot) => lot?.form));
  return { mineral: fed[0]?.mineral ?? '', form: forms.size === 1 ? (fed[0]?.form ?? '') : '' };
}

/** Kind of series of yields: by operator, process, mineral, form of the inputs, and analyte. */
export const YIELDS = 'yields';

/** Moistures by which nothing is known of a lot that states none. */
const UNKNOWN: Moistures = { byForm: {}, made: [] };

/** Lists by how much the metal of the products differs from that of the inputs, where all moistures are known. */
export function yieldSeries(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  if (!isType(entry, 'lot.processed')) return [];
  const { iss, occurredAtMs: at, payload } = entry.event;
  const { mineral, form } = fedWith(entry, facts);
  return recoveriesOf(entry, facts, UNKNOWN).flatMap(({ analyte, leastIn, mostIn, leastOut, mostOut }) =>
    leastIn === mostIn && leastOut === mostOut
      ? [
          {
            subject: seriesSubject(YIELDS, iss, payload.process, mineral, form, analyte),
            at,
            amount: mostOut - mostIn,
            whole: mostIn,
          },
        ]
      : [],
  );
}
