import * as z from 'zod';
import { date, percentage, word } from './primitives.js';

/**
 * Schemas of mass and grade as a scale and a laboratory report them. A quantity of the right shape with a wrong value
 * is `quantity-invalid`, not `schema-invalid`: this mark on the issue lets `readEvent` distinguish them.
 */

const QUANTITY_ISSUE = { quantity: true };

const VALUE = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?$/;

/** Decimals of each unit that are still whole milligrams (UN/CEFACT: kilogram, gram, tonne). */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ['KGM', 6],
  ['GRM', 3],
  ['TNE', 6],
]);

interface QuantityText {
  value: string;
  uom: string;
}

const checkQuantity = (quantity: QuantityText, context: z.RefinementCtx<QuantityText>): void => {
  const refuse = (member: 'value' | 'uom', message: string): void => {
    context.addIssue({ code: 'custom', path: [member], message, params: QUANTITY_ISSUE });
  };
  const decimals = DECIMALS.get(quantity.uom);
  if (decimals === undefined) refuse('uom', 'must be KGM, GRM or TNE');
  const part = VALUE.exec(quantity.value);
  if (part === null) return refuse('value', 'must be a decimal string, at most 12 digits before and 6 after the point');
  const fraction = part[2] ?? '';
  if (part[1] === '0' && /^0*$/.test(fraction)) return refuse('value', 'must be above zero');
  if (decimals !== undefined && fraction.length > decimals && !/^0*$/.test(fraction.slice(decimals))) {
    refuse('value', 'must be whole milligrams');
  }
};

/** `{"value":"48.6","uom":"KGM"}`: a mass above zero in whole milligrams. */
export const quantity = z.strictObject({ value: z.string(), uom: z.string() }).superRefine(checkQuantity);
export type Quantity = z.infer<typeof quantity>;

/** One whole in each unit of grade: per cent, per mille, parts per million (UN/CEFACT P1, NX, 59). */
const WHOLE = { P1: 100, NX: 1000, '59': 1_000_000 };

const gradeShape = {
  analyte: z.string().regex(/^[A-Za-z0-9]{1,16}$/, 'must be a chemical formula such as Sn or Ta2O5'),
  value: z.string().regex(/^(0|[1-9][0-9]{0,6})(\.[0-9]{1,6})?$/, 'must be a decimal string'),
  uom: z.enum(['P1', 'NX', '59']),
  basis: z.enum(['dry', 'wet']),
  method: word.optional(),
};
const notOverTheWhole = (claim: { value: string; uom: keyof typeof WHOLE }): boolean =>
  Number(claim.value) <= WHOLE[claim.uom];

/** `{"analyte":"Sn","value":"52.0","uom":"P1","basis":"dry","method":"XRF"}`. */
export const grade = z
  .strictObject(gradeShape)
  .refine(notOverTheWhole, { path: ['value'], message: 'must not exceed the whole' });
export type Grade = z.infer<typeof grade>;
export const grades = z.array(grade).min(1).max(30);

/** A grade as a laboratory certifies it, with the uncertainty in the unit of the value. */
export const certifiedGrade = z
  .strictObject({ ...gradeShape, uncertainty: gradeShape.value.optional(), moisturePercent: percentage.optional() })
  .refine(notOverTheWhole, { path: ['value'], message: 'must not exceed the whole' });

/** The scale of a weighing, and the day of its newest calibration. */
export const scale = z.strictObject({ id: word, calibratedOn: date.optional() });
