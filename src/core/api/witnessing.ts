import * as z from 'zod';
import { named } from './named.js';

const witnessShape = z.strictObject({
  name: z.string(),
  vkey: z.string(),
  outcome: z.string(),
  detail: z.string(),
  askedAt: z.string().nullable(),
});
export type WitnessState = z.infer<typeof witnessShape>;

/** Describes the last answers of a ledger's witnesses (`GET /log/witnesses`). */
export const witnessingShape = named('Witnessing', {
  policy: z.string().describe('C2SP tlog-policy; empty: no witness is asked'),
  shown: z
    .strictObject({ size: z.int(), at: z.string() })
    .nullable()
    .describe('The checkpoint that readers see; null: nothing can be shown yet, or no policy asks for it'),
  witnesses: z.array(witnessShape),
});
export type Witnessing = z.infer<typeof witnessingShape>;
