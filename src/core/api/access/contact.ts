import * as z from 'zod';
import { registryId } from '../../event/primitives.js';
import { named } from '../named.js';
import { line, mailAddress } from '../values.js';

const phone = z.string().regex(/^\+?[0-9][0-9 ()./-]{3,39}$/, 'must be a telephone number, such as +250 788 123 456');

/** Members of which contacts have one or more. */
const reached = ['representative', 'phone', 'email', 'taxNumber'] as const;
/** Actors at most that see contacts beside the authorities. */
const MOST_SHOWN_TO = 100;

/** How an actor is reached; what `PUT /v1/contacts/{actor}` accepts. */
export const newContact = z
  .strictObject({
    representative: line(200).optional().describe('Name of the person who represents the actor'),
    phone: phone.optional(),
    email: mailAddress.optional(),
    taxNumber: line(64).optional(),
    shownTo: z
      .array(registryId)
      .max(MOST_SHOWN_TO)
      .default([])
      .describe('Actors that see it, beside the authorities and registrars of its country'),
  })
  .refine((asked) => reached.some((name) => asked[name] !== undefined), {
    message: 'must have a representative, a telephone number, an e-mail address or a tax number',
  });
export type NewContact = z.infer<typeof newContact>;

export const contactShape = named('Contact', {
  actor: z.string(),
  representative: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  taxNumber: z.string().nullable(),
  shownTo: z.array(z.string()).nullable().describe('null for all but the actor itself'),
  updatedAt: z.string(),
});
export type Contact = z.infer<typeof contactShape>;
