import * as z from 'zod';
import { country, registryId, text, word } from '../primitives.js';
import { quantity } from '../quantity-claims.js';
import { defineEventType, payload } from './event-type.js';

const vehicleRegisteredSchema = payload('vehicle.registered', {
  /** Its number plate or name, as dispatches and checkpoints name it. */
  vehicle: text(100),
  /** What it is, as the `mode` of a dispatch. */
  mode: word,
  /** The most that it may carry. */
  carries: quantity.optional(),
  country: country.optional(),
  operator: registryId.optional(),
});

/** A vehicle that carries goods. A later registration of the same vehicle replaces it from then on. */
export const vehicleRegistered = defineEventType({
  type: 'vehicle.registered',
  schema: vehicleRegisteredSchema,
  signers: { by: 'role', roles: ['registrar', 'authority'] },
  names: ({ operator }) => ({ actors: [operator] }),
});
export type VehicleRegistered = z.infer<typeof vehicleRegisteredSchema>;
