import { gradeInPartsPerMillion } from '../../../custody/quantity.js';
import type { Grade } from '../../../event/quantity-claims.js';
import { type Facts, type JudgedEvent, isType } from '../../engine/facts.js';
import { type AmountFiling, seriesSubject } from '../../engine/subjects.js';

/** Kind of series of grades of the lots of one site: by site, mineral, analyte, and by whom they are stated. */
export const COMPOSITION = 'composition';

function itemsOf(site: string, mineral: string, by: string, at: number, grades: readonly Grade[]): AmountFiling[] {
  const seen = new Set<string>();
  return grades.flatMap((grade) => {
    if (grade.basis !== 'dry' || seen.has(grade.analyte)) return [];
    seen.add(grade.analyte);
    const subject = seriesSubject(COMPOSITION, site, mineral, grade.analyte, by);
    return [{ subject, at, amount: gradeInPartsPerMillion(grade) }];
  });
}

/** Lists the dry grades of the first lot that an entry declares at a site, or of a lot of one site that it assays. */
export function compositionSeries(entry: JudgedEvent, { lots }: Facts): AmountFiling[] {
  const { occurredAtMs: at } = entry.event;
  if (isType(entry, 'lot.declared')) {
    const [first] = entry.event.payload.outputs;
    const site = entry.event.place?.site;
    if (first === undefined || site === undefined) return [];
    return itemsOf(site, first.mineral, 'declared', at, first.grades ?? []);
  }
  if (!isType(entry, 'assay.certified')) return [];
  const lot = lots.get(entry.event.payload.lot);
  if (lot === undefined || lot.site === null) return [];
  return itemsOf(lot.site, lot.mineral, 'assayed', at, entry.event.payload.grades);
}
