import * as z from 'zod';
import { lotIdSchema, MAX_LOTS, registryId, text, word } from '../primitives.js';
import { defineEventType, payloadWithDigests, repeated } from './event-type.js';

const incidentReportedSchema = payloadWithDigests('incident.reported', {
  /** A code: conflict, childLabour, fraud, theft, accident, corruption, tagLoss … */
  category: word,
  /** ITSCI level: 1 serious, 2 of concern, 3 minor. */
  level: z.int().min(1).max(3),
  lots: z.array(lotIdSchema).min(1).max(MAX_LOTS).optional(),
  sites: z.array(registryId).min(1).max(50).optional(),
  facilities: z.array(registryId).min(1).max(50).optional(),
  actors: z.array(registryId).min(1).max(50).optional(),
  what: text(4000).optional(),
  reporter: text(200).optional(),
});

/** An actor reports an incident with lots, sites, facilities or actors; the narrative may stay undisclosed. */
export const incidentReported = defineEventType({
  type: 'incident.reported',
  schema: incidentReportedSchema,
  signers: { by: 'anyone' },
  correctable: ['/category', '/level', '/what'],
  disclosable: ['/what', '/reporter'],
  check: ({ lots, sites, facilities, actors }) => [
    ...((lots ?? sites ?? facilities ?? actors)
      ? []
      : [{ pointer: '', detail: 'must name a lot, a site, a facility or an actor that it concerns' }]),
    ...repeated(lots ?? [], (i) => `/lots/${i}`, 'a lot'),
    ...repeated(sites ?? [], (i) => `/sites/${i}`, 'a site'),
    ...repeated(facilities ?? [], (i) => `/facilities/${i}`, 'a facility'),
    ...repeated(actors ?? [], (i) => `/actors/${i}`, 'an actor'),
  ],
  names: ({ lots, sites, facilities, actors }) => ({
    ...(lots === undefined ? {} : { lots }),
    ...(sites === undefined ? {} : { sites }),
    ...(facilities === undefined ? {} : { facilities }),
    ...(actors === undefined ? {} : { actors }),
  }),
});
export type IncidentReported = z.infer<typeof incidentReportedSchema>;
