import * as z from 'zod';
import { date, eventIdSchema, registryId, text } from '../primitives.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const incidentUpdatedSchema = payloadWithDigests('incident.updated', {
  /** Id of its `incident.reported`. */
  incident: eventIdSchema,
  status: z.enum(['open', 'mitigating', 'closed']),
  action: text(2000).optional(),
  owner: registryId.optional(),
  dueOn: date.optional(),
  outcome: text(2000).optional(),
});

/** An action on an incident, with its owner and due day; or its closing, with the outcome. */
export const incidentUpdated = defineEventType({
  type: 'incident.updated',
  schema: incidentUpdatedSchema,
  signers: { by: 'caseOwner', orRoles: ['registrar', 'authority'] },
  disclosable: ['/action', '/outcome'],
  names: ({ incident, owner }) => ({ events: [incident], ...(owner === undefined ? {} : { actors: [owner] }) }),
});
export type IncidentUpdated = z.infer<typeof incidentUpdatedSchema>;
