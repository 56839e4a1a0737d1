import * as z from 'zod';
import { publicJwkSchema, thumbprint } from '../keys.js';
import { compactJws, registryId, text } from '../primitives.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const keyAddedSchema = payloadWithDigests('key.added', {
  actor: registryId,
  key: publicJwkSchema,
  possession: compactJws,
  label: text(100).optional(),
});

/** A further key of an actor. A key that a registrar adds in the actor's name waits 72 hours. */
export const keyAdded = defineEventType({
  type: 'key.added',
  schema: keyAddedSchema,
  signers: { by: 'subject', orRoles: ['registrar'] },
  // The label may contain a person's name.
  disclosable: ['/label'],
  names: ({ actor, key }) => ({ actors: [actor], kids: [thumbprint(key)] }),
});
export type KeyAdded = z.infer<typeof keyAddedSchema>;
