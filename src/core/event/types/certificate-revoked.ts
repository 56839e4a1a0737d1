import * as z from 'zod';
import { reason, text } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const certificateRevokedSchema = payload('certificate.revoked', { serial: text(64), reason });

/** A certificate is void from this entry on. */
export const certificateRevoked = defineEventType({
  type: 'certificate.revoked',
  schema: certificateRevokedSchema,
  signers: { by: 'role', roles: ['authority'] },
});
export type CertificateRevoked = z.infer<typeof certificateRevokedSchema>;
