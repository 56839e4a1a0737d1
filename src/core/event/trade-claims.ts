import * as z from 'zod';
import { lotAndPrev, seals } from './lot-claims.js';
import { date, decimal, hs, percentage, text } from './primitives.js';
import { quantity } from './quantity-claims.js';

/** Claims that export and import share. */

/** Money, as a decimal string in a currency of ISO 4217. */
export const amount = z.strictObject({
  amount: decimal,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
});

/** The basis of a price: what it refers to (an index, a fixing), of which day, and what part of it is paid. */
export const pricing = z.strictObject({
  basis: text(100),
  on: date.optional(),
  percentOfBasis: percentage.optional(),
  unitPrice: amount.optional(),
});

/** A lot and, if it was weighed again, its mass. */
export const weighedLot = z.strictObject({ ...lotAndPrev, mass: quantity.optional() });

export const trade = {
  /** Serial of the certificate that goes with the goods. */
  certificate: text(64).optional(),
  hs: hs.optional(),
  container: z
    .string()
    .regex(/^[A-Z]{4}[0-9]{7}$/, 'must be a container number (ISO 6346)')
    .optional(),
  seals: seals.optional(),
  customsDeclaration: text(100).optional(),
  value: amount.optional(),
};
