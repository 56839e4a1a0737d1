import * as z from 'zod';
import { card, date, reason, registryId } from '../primitives.js';
import { defineEventType, payload } from './event-type.js';

const actorStatusChangedSchema = payload('actor.statusChanged', {
  actor: registryId,
  status: z.enum(['active', 'suspended']),
  reason: reason.optional(),
  from: date.optional(),
  card: card.optional(),
});

/** An actor is suspended or active again, or its card is renewed. A suspension causes findings, never refusals. */
export const actorStatusChanged = defineEventType({
  type: 'actor.statusChanged',
  schema: actorStatusChangedSchema,
  signers: { by: 'role', roles: ['registrar'] },
  names: ({ actor }) => ({ actors: [actor] }),
});
export type ActorStatusChanged = z.infer<typeof actorStatusChangedSchema>;
