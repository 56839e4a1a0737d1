import * as z from 'zod';
import { publicJwkSchema } from '../event/keys.js';
import { named } from './named.js';

/** Describes the log and its keys, which a client needs before its first event (`GET /v1/ledger`). */
export const ledgerShape = named('Ledger', {
  origin: z.string(),
  opened: z.boolean(),
  size: z.int(),
  logKey: z.string().describe('C2SP verifier key'),
  serviceKey: publicJwkSchema,
});
export type Ledger = z.infer<typeof ledgerShape>;

/** Describes the start page (`GET /`). */
export const startShape = z.strictObject({
  ledger: ledgerShape,
  links: z.record(z.string(), z.string()).readonly().describe('What each path is'),
});
export type Start = z.infer<typeof startShape>;

/** Describes every key that the ledger has used, oldest first (`GET /v1/ledger/keys`). */
export const ledgerKeysShape = named('LedgerKeys', {
  logKeys: z
    .array(z.strictObject({ vkey: z.string(), from: z.int() }))
    .describe('Each signs checkpoints from size `from` until the next key'),
  serviceKeys: z
    .array(z.strictObject({ kid: z.string(), key: publicJwkSchema, from: z.int(), until: z.int().nullable() }))
    .describe('Each signs entries from index `from` to below `until`'),
});
export type LedgerKeys = z.infer<typeof ledgerKeysShape>;
