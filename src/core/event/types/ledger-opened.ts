import * as z from 'zod';
import { publicJwkSchema, thumbprint } from '../keys.js';
import { registryId, vkey } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const ledgerOpenedSchema = payload('ledger.opened', {
  logKey: vkey,
  serviceKey: publicJwkSchema,
  registrar: z.strictObject({ actor: registryId, key: publicJwkSchema }),
});

/** Entry 0: the log, its keys and the root registrar. */
export const ledgerOpened = defineEventType({
  type: 'ledger.opened',
  schema: ledgerOpenedSchema,
  signers: { by: 'opener' },
  names: ({ registrar, serviceKey }) => ({
    actors: [registrar.actor],
    kids: [thumbprint(registrar.key), thumbprint(serviceKey)],
  }),
});
export type LedgerOpened = z.infer<typeof ledgerOpenedSchema>;
