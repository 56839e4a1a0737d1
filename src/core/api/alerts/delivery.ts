import * as z from 'zod';
import { named } from '../named.js';

export const deliveryStatuses = ['pending', 'delivered', 'exhausted', 'dropped'] as const;

/** Describes one attempt at a delivery. Only the status of the answer is stored, never its text. */
const deliveryAttemptShape = z.strictObject({
  attempt: z.int(),
  at: z.string(),
  target: z.string().nullable().describe('Where to; tokens are masked'),
  milliseconds: z.int(),
  httpStatus: z.int().nullable(),
  failure: z.string().nullable(),
  retryAfter: z.int().nullable().describe('Seconds that the answer asked to wait'),
  nextAt: z.string().nullable().describe('When the next attempt was to be made'),
});

const delivery = {
  id: z.uuid(),
  subscription: z.uuid(),
  alert: z.uuid().nullable(),
  type: z
    .string()
    .describe('That of its notice, `alert.digest`, `alert.escalated`, `subscription.test` or `subscription.disabled`'),
  status: z.enum(deliveryStatuses).describe('`dropped`: nothing was left to say when its time came'),
  nextAt: z.string().nullable(),
  createdAt: z.string(),
  attempts: z.array(deliveryAttemptShape),
};

/** Describes a delivery with every attempt (`GET /v1/deliveries`). */
export const deliveryShape = named('Delivery', delivery);
export type ListedDelivery = z.infer<typeof deliveryShape>;

/** Describes one delivery with its message (`GET /v1/deliveries/{id}`). */
export const deliveryWithMessageShape = named('DeliveryWithMessage', { ...delivery, message: z.unknown() });
export type DeliveryWithMessage = z.infer<typeof deliveryWithMessageShape>;
