import * as z from 'zod';
import { publicJwkSchema, thumbprint } from '../keys.js';
import { digest, positiveNumber, vkey } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const ledgerUpdatedSchema = payload('ledger.updated', {
  admissionVersion: positiveNumber.optional(),
  logKey: vkey.optional(),
  serviceKey: publicJwkSchema.optional(),
  policyDigest: digest.optional(),
});

/** A new admission version, log key, service key or witness policy, in force from the next index. */
export const ledgerUpdated = defineEventType({
  type: 'ledger.updated',
  schema: ledgerUpdatedSchema,
  signers: { by: 'rootRegistrar' },
  check: ({ admissionVersion, logKey, serviceKey, policyDigest }) =>
    [admissionVersion, logKey, serviceKey, policyDigest].every((claim) => claim === undefined)
      ? [{ pointer: '', detail: 'must change something: admissionVersion, logKey, serviceKey or policyDigest' }]
      : [],
  names: ({ serviceKey }) => ({ kids: serviceKey === undefined ? [] : [thumbprint(serviceKey)] }),
});
export type LedgerUpdated = z.infer<typeof ledgerUpdatedSchema>;
