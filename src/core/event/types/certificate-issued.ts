import * as z from 'zod';
import { country, date, lotIdSchema, registryId, text } from '../primitives.js';
import { grades, quantity } from '../quantity-claims.js';
import { defineEventType, listOfLots, payloadWithDigests, repeated } from './event-type.js';

const certificateIssuedSchema = payloadWithDigests('certificate.issued', {
  serial: text(64),
  exporter: registryId,
  importer: registryId.optional(),
  lots: listOfLots(lotIdSchema),
  mass: quantity,
  grades: grades.optional(),
  originCountries: z.array(country).min(1).max(20),
  verifier: text(200).optional(),
  validator: text(200).optional(),
  issuedOn: date,
  expiresOn: date,
});

/** A regional certificate for lots to be exported (ICGLR MD.03). Verifier and validator should be two persons. */
export const certificateIssued = defineEventType({
  type: 'certificate.issued',
  schema: certificateIssuedSchema,
  signers: { by: 'role', roles: ['authority'] },
  disclosable: ['/verifier', '/validator'],
  check: ({ lots, issuedOn, expiresOn }) => [
    ...repeated(lots, (i) => `/lots/${i}`, 'a lot'),
    ...(expiresOn < issuedOn ? [{ pointer: '/expiresOn', detail: 'must not be before issuedOn' }] : []),
  ],
  names: ({ exporter, importer, lots }) => ({ actors: [exporter, importer], lots }),
});
export type CertificateIssued = z.infer<typeof certificateIssuedSchema>;
