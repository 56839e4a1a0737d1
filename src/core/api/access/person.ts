import * as z from 'zod';
import { type Scope, scopes } from '../../access/scopes.js';
import { registryId } from '../../event/primitives.js';
import { named } from '../named.js';
import { line } from '../values.js';

const scope = z.enum(Object.keys(scopes) as [Scope, ...Scope[]]);

/** Describes a person of the identity provider and its actor here (`POST /v1/people`). */
export const newPerson = z.strictObject({
  subject: line(255).describe('`sub` of the person at the identity provider (OpenID Connect)'),
  label: line(200).describe('A name for people'),
  actor: registryId.optional().describe('Actor of the person; absent: the operator'),
  scopes: z.array(scope).min(1).max(10).describe('What the person may do'),
});
export type NewPerson = z.infer<typeof newPerson>;

export const personShape = named('Person', {
  id: z.uuid(),
  issuer: z.string().describe('The identity provider'),
  subject: z.string(),
  label: z.string(),
  actor: z.string().nullable().describe('For whom the person acts; null: the operator'),
  scopes: z.array(scope).readonly(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type Person = z.infer<typeof personShape>;
