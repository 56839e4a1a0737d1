import { partsPerMillion } from '../../../custody/quantity.js';
import { type Facts, type JudgedEvent, type JudgedOf, isType } from '../../engine/facts.js';
import { gradesKnown } from '../../engine/known-of-lots.js';
import { dryGrade } from '../../engine/lot-history.js';
import { type AmountFiling, lotSubject, seriesSubject } from '../../engine/subjects.js';

/** Kinds of series of assays: by laboratory, against other laboratories; and by declarer, against laboratories. */
export const ASSAYS = 'assays';
export const DECLARED_GRADES = 'declared-grades';

type Assay = JudgedOf<'assay.certified'>;

/** Lists the earlier assays of the lot of an assay. */
const assaysBefore = ({ event, index }: Assay, { about }: Pick<Facts, 'about'>): Assay[] =>
  (about.get(lotSubject(event.payload.lot)) ?? []).flatMap((entry) =>
    isType(entry, 'assay.certified') && entry.index < index && entry.event.payload.lot === event.payload.lot
      ? [entry]
      : [],
  );

/** Returns the actor who declared a lot; null: it is made of others. */
function declarerOf(lot: string, { chains }: Pick<Facts, 'chains'>): string | null {
  const birth = chains.get(lot)?.[0];
  return birth !== undefined && isType(birth, 'lot.declared') ? birth.event.iss : null;
}

/** Lists by how much the grades of an assay differ from those known before it, where one grade was known. */
export function assaySeries(entry: JudgedEvent, facts: Facts): AmountFiling[] {
  if (!isType(entry, 'assay.certified')) return [];
  const before = assaysBefore(entry, facts);
  if (before.some(({ event }) => event.iss === entry.event.iss)) return [];
  const { iss, occurredAtMs: at, payload } = entry.event;
  const { lot, grades, moisturePercent } = payload;
  const mineral = facts.lots.get(lot)?.mineral;
  if (mineral === undefined) return [];
  const declarer = declarerOf(lot, facts);
  const analytes = new Set<string>();
  return grades.flatMap((grade) => {
    const [known, ...more] = gradesKnown(lot, grade.analyte, entry.index, facts);
    if (known === undefined || more.length > 0 || analytes.has(grade.analyte)) return [];
    analytes.add(grade.analyte);
    const whole = dryGrade(known.grade, known.moisture);
    const value = dryGrade(grade, moisturePercent === undefined ? known.moisture : partsPerMillion(moisturePercent));
    if (whole === null || value === null || whole <= 0n) return [];
    const item = { at, amount: value - whole, whole };
    const isAssayed = before.some(({ event }) => event.payload.grades.some(({ analyte }) => analyte === grade.analyte));
    if (isAssayed) return [{ subject: seriesSubject(ASSAYS, iss, mineral, grade.analyte), ...item }];
    if (declarer === null || declarer === iss) return [];
    return [{ subject: seriesSubject(DECLARED_GRADES, declarer, mineral, grade.analyte), ...item }];
  });
}
