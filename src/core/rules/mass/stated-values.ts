import { gradeInPartsPerMillion, milligrams, partsPerMillion } from '../../custody/quantity.js';
import type { Grade } from '../../event/quantity-claims.js';
import { type Facts, type JudgedEvent, isType } from '../engine/facts.js';
import type { StatedMass } from '../engine/lot-history.js';
import { type AmountFiling, seriesSubject } from '../engine/subjects.js';

/** Kind of series of figures as they are written: by signer, mineral and kind of figure. */
export const STATED = 'stated';
/** Kinds of figures beside the analytes of grades. */
export const MASS = 'mass';
export const MOISTURE = 'moisture';

/** A figure in whole units, and the unit of its last digit as written. */
interface Figure {
  kind: string;
  amount: bigint;
  step: bigint;
}

/** Returns the smallest number with the decimals of another one: 0.1 for 57.3. */
function lastPlace(value: string): string {
  const decimals = value.split('.')[1]?.length ?? 0;
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}

const gradeFigure = (grade: Grade): Figure => ({
  kind: grade.analyte,
  amount: gradeInPartsPerMillion(grade),
  step: gradeInPartsPerMillion({ ...grade, value: lastPlace(grade.value) }),
});

function figuresOf({ mass, moisturePercent, grades = [] }: StatedMass): Figure[] {
  const figures = grades.map(gradeFigure);
  if (mass !== undefined)
    figures.push({
      kind: MASS,
      amount: milligrams(mass),
      step: milligrams({ ...mass, value: lastPlace(mass.value) }),
    });
  if (moisturePercent !== undefined)
    figures.push({
      kind: MOISTURE,
      amount: BigInt(partsPerMillion(moisturePercent)),
      step: BigInt(partsPerMillion(lastPlace(moisturePercent))),
    });
  return figures.filter(({ amount, step }) => amount > 0n && step > 0n);
}

/**
 * Returns what an entry states first of each mineral: bags of one declaration may be of one heap, with one assay. Masses of
 * samples are not those of lots.
 */
function firstStated(entry: JudgedEvent, { lots }: Pick<Facts, 'lots'>): Map<string, StatedMass> {
  const stated: [string | undefined, StatedMass][] = [];
  if (isType(entry, 'lot.declared'))
    for (const output of entry.event.payload.outputs) stated.push([output.mineral, output]);
  if (isType(entry, 'lot.measured'))
    for (const one of entry.event.payload.lots) stated.push([lots.get(one.lot)?.mineral, one]);
  if (isType(entry, 'assay.certified')) {
    const { lot, grades, moisturePercent } = entry.event.payload;
    stated.push([lots.get(lot)?.mineral, { grades, moisturePercent }]);
  }
  const first = new Map<string, StatedMass>();
  for (const [mineral, figures] of stated)
    if (mineral !== undefined && !first.has(mineral)) first.set(mineral, figures);
  return first;
}

/** Lists the figures that an entry adds to the series of its signer; the unit of the last digit is the whole. */
export function statedSeries(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  const { iss, occurredAtMs: at } = entry.event;
  return [...firstStated(entry, facts)].flatMap(([mineral, stated]) =>
    figuresOf(stated).map(({ kind, amount, step }) => ({
      subject: seriesSubject(STATED, iss, mineral, kind),
      at,
      amount,
      whole: step,
    })),
  );
}
