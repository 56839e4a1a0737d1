import * as z from 'zod';
import type { Quantity } from '../event/quantity-claims.js';

/** Describes a mass: a decimal string and its unit. */
export const massShape: z.ZodType<Quantity> = z.strictObject({ value: z.string(), uom: z.string() });
