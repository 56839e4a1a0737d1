import * as z from 'zod';
import { massShape } from './page.js';

const pile = z.strictObject({ lots: z.int(), mass: massShape });

/** Describes what one actor has of one mineral in one form (`GET /v1/stock`). */
export const stockShape = z.strictObject({
  holder: z.string(),
  mineral: z.string(),
  form: z.string(),
  /** In the holder's hands. */
  held: pile,
  /** Dispatched by the holder, and not yet received. */
  sent: pile,
  /** Of both, those that an authority holds back. */
  onHold: z.int(),
});
export type Stock = z.infer<typeof stockShape>;
