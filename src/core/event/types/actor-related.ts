import * as z from 'zod';
import { date, datesInOrder, percentage, registryId, word } from '../primitives.js';
import { defineEventType, payloadWithDigests } from './event-type.js';

const actorRelatedSchema = payloadWithDigests('actor.related', {
  actor: registryId,
  /** The other actor; or the person behind the first, by a pseudonym that is the same for each actor that it owns. */
  other: registryId.optional(),
  person: registryId.optional(),
  /** A code: owner, beneficialOwner, family, samePremises, sameManagement, employee … */
  relation: word.optional(),
  share: percentage.optional(),
  from: date.optional(),
  until: date.optional(),
});

/** A relation of an actor to another, or its beneficial owner. Kind and share may stay undisclosed. */
export const actorRelated = defineEventType({
  type: 'actor.related',
  schema: actorRelatedSchema,
  signers: { by: 'subject', orRoles: ['registrar', 'authority'] },
  correctable: ['/relation', '/share', '/until'],
  disclosable: ['/relation', '/share'],
  check: ({ actor, other, person, from, until }) => [
    ...((other === undefined) === (person === undefined)
      ? [{ pointer: '', detail: 'must name either another actor or a person' }]
      : []),
    ...(other === actor ? [{ pointer: '/other', detail: 'must not be the actor itself' }] : []),
    ...(datesInOrder({ from, to: until }) ? [] : [{ pointer: '/until', detail: 'must not be before from' }]),
  ],
  names: ({ actor, other }) => ({ actors: [actor, other] }),
});
export type ActorRelated = z.infer<typeof actorRelatedSchema>;
