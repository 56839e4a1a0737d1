import * as z from 'zod';
import { type Scope, scopes } from '../../access/scopes.js';
import { registryId } from '../../event/primitives.js';
import { line, requestTime } from '../values.js';

const scope = z.enum(Object.keys(scopes) as [Scope, ...Scope[]]);
const actor = registryId;

/** Validity of a key at most, and unless it is given, days. */
export const MOST_DAYS = 366;
export const USUAL_DAYS = 90;

export const newMachineKey = z.strictObject({
  label: line(100).describe('A name for people'),
  scopes: z.array(scope).min(1).max(10).describe('Some of those of its maker'),
  expiresAt: requestTime.optional().describe(`At most ${MOST_DAYS} days from now; absent: ${USUAL_DAYS} days from now`),
  actor: actor.optional().describe('For whom it acts; only the operator may name another than itself'),
});
export type NewMachineKey = z.infer<typeof newMachineKey>;

export const rotateMachineKey = z.strictObject({
  overlapHours: z.int().min(0).max(720).default(24).describe('Hours for which the former key stays valid'),
});
export type RotateMachineKey = z.infer<typeof rotateMachineKey>;

export const machineKeyShape = z.strictObject({
  id: z.uuid(),
  actor: z.string().nullable().describe('For whom it acts; null: the operator'),
  label: z.string(),
  scopes: z.array(scope).readonly(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable().describe('Accurate to a minute'),
  replaces: z.uuid().nullable().describe('The key that it replaces'),
  revokedAt: z.iso.datetime().nullable(),
});
export type MachineKey = z.infer<typeof machineKeyShape>;

export const createdMachineKeyShape = machineKeyShape.extend({
  key: z.string().describe('Shown this once; send it as Authorization: Bearer'),
});
export type CreatedMachineKey = z.infer<typeof createdMachineKeyShape>;
