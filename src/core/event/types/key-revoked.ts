import * as z from 'zod';
import { kidSchema, reason, registryId, wholeNumber } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const keyRevokedSchema = payload('key.revoked', {
  actor: registryId,
  kid: kidSchema,
  reason,
  compromisedSince: wholeNumber.optional(),
});

/** From this entry on the key is invalid; what it signed since `compromisedSince` is flagged until endorsed. */
export const keyRevoked = defineEventType({
  type: 'key.revoked',
  schema: keyRevokedSchema,
  signers: { by: 'subject', orRoles: ['registrar'] },
  names: ({ actor, kid }) => ({ actors: [actor], kids: [kid] }),
});
export type KeyRevoked = z.infer<typeof keyRevokedSchema>;
