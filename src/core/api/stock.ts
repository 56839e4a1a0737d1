import * as z from 'zod';
import { massShape } from './mass.js';
import { named } from './named.js';

const pile = z.strictObject({ lots: z.int(), mass: massShape });

/** Describes one actor's stock of one mineral in one form (`GET /v1/stock`). */
export const stockShape = named('Stock', {
  holder: z.string(),
  mineral: z.string(),
  form: z.string(),
  /** Held and not in transit. */
  held: pile,
  /** Dispatched by the holder and not yet received. */
  sent: pile,
  /** Number of lots in both that an authority has on hold. */
  onHold: z.int(),
});
export type Stock = z.infer<typeof stockShape>;
