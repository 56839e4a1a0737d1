import * as z from 'zod';
import { publicJwkSchema, thumbprint } from '../keys.js';
import { card, compactJws, country, registryId, roles, text, word } from '../primitives.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const actorRegisteredSchema = payloadWithDigests('actor.registered', {
  actor: registryId,
  roles,
  country,
  key: publicJwkSchema,
  possession: compactJws,
  legalName: text(200).optional(),
  identifiers: z
    .array(z.strictObject({ scheme: word, value: text(128) }))
    .min(1)
    .max(20)
    .optional(),
  card: card.optional(),
});

/** A registrar registers an actor with its first key; the new key proves its possession. */
export const actorRegistered = defineEventType({
  type: 'actor.registered',
  schema: actorRegisteredSchema,
  signers: { by: 'role', roles: ['registrar'] },
  disclosable: ['/legalName', '/identifiers'],
  names: ({ actor, key }) => ({ actors: [actor], kids: [thumbprint(key)] }),
});
export type ActorRegistered = z.infer<typeof actorRegisteredSchema>;
