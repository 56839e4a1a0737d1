import * as z from 'zod';
import { alertFilters } from './alert-filters.js';
import { line, mailAddress, plainText, requestTime } from '../values.js';
import { named } from '../named.js';

/** The languages of mails, by their codes (BCP 47). */
export const languages = ['en', 'fr', 'sw', 'es'] as const;
export type Language = (typeof languages)[number];

const MAX_MINUTES = 7 * 24 * 60;
const minutes = z.int().min(1).max(MAX_MINUTES);
const url = plainText(2_000);

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day such as 22:00');

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** Describes hours of the subscriber's local time without messages. */
const quietHours = z.strictObject({
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z.string().max(64).refine(isTimeZone, 'must be a time zone such as Africa/Kigali'),
});
export type QuietHours = z.infer<typeof quietHours>;

const options = {
  label: line(200).nullish().describe('Name for people'),
  filters: alertFilters.optional(),
  digestMinutes: minutes
    .nullish()
    .describe('Minutes of notifications that one digest message covers; absent: one message each at once'),
  quietHours: quietHours.nullish().describe('Notifications that are not critical wait until the quiet hours end'),
  escalateAfterMinutes: minutes
    .nullish()
    .describe('Minutes without an acknowledgement after which an alert is notified; absent: notify at once'),
  language: z.enum(languages).optional(),
  contact: mailAddress.nullish().describe('Mail address that is notified when the endpoint is disabled'),
};

const isOneKind = ({
  digestMinutes,
  escalateAfterMinutes,
}: {
  digestMinutes?: unknown;
  escalateAfterMinutes?: unknown;
}) => (digestMinutes ?? null) === null || (escalateAfterMinutes ?? null) === null;
const oneKind = { path: ['escalateAfterMinutes'], message: 'cannot be combined with a digest: subscribe twice' };

/** Describes a subscription to create (`POST /v1/subscriptions`). */
export const newSubscription = z
  .discriminatedUnion('channel', [
    z.strictObject({ channel: z.literal('webhook'), url, ...options }),
    z.strictObject({ channel: z.literal('mail'), address: mailAddress, ...options }),
  ])
  .refine(isOneKind, oneKind);
export type NewSubscription = z.infer<typeof newSubscription>;

/** Describes a change of a subscription: absent fields stay, null deletes a value. */
export const changedSubscription = z
  .strictObject({ url: url.optional(), address: mailAddress.optional(), enabled: z.boolean().optional(), ...options })
  .refine(isOneKind, oneKind);
export type ChangedSubscription = z.infer<typeof changedSubscription>;

/** Describes a subscription with its state (`GET /v1/subscriptions`). */
export const subscriptionShape = named('Subscription', {
  id: z.uuid(),
  channel: z.enum(['webhook', 'mail']),
  url: z.string().nullable().describe('Its query and the parts that look like a token are masked'),
  address: z.string().nullable(),
  label: z.string().nullable(),
  language: z.enum(languages),
  filters: alertFilters,
  digestMinutes: z.int().nullable(),
  quietHours: quietHours.nullable(),
  escalateAfterMinutes: z.int().nullable(),
  contact: z.string().nullable(),
  enabled: z.boolean(),
  publicKey: z.string().nullable().describe('Public key of a webhook, `whpk_`; it verifies the `v1a` signatures'),
  createdAt: z.string(),
  failures: z.int().describe('Failed attempts in a row'),
  failingSince: z.string().nullable(),
  pausedUntil: z.string().nullable(),
  disabledAt: z.string().nullable(),
  disabledReason: z.string().nullable(),
});
export type Subscription = z.infer<typeof subscriptionShape>;

/** Describes a new subscription; contains the secret of a webhook this once. */
export const createdSubscriptionShape = subscriptionShape
  .extend({ secret: z.string().optional() })
  .meta({ id: 'CreatedSubscription' });
export type CreatedSubscription = z.infer<typeof createdSubscriptionShape>;

/** Describes a subscription with its new secret (`POST /v1/subscriptions/{id}/rotate-secret`). */
export const rotatedSecretShape = subscriptionShape
  .extend({ secret: z.string(), formerSecretUntil: z.string() })
  .meta({ id: 'RotatedSecret' });
export type RotatedSecret = z.infer<typeof rotatedSecretShape>;

/** Describes the answer to a test: the delivery of its message. */
export const testSentShape = z.strictObject({ delivery: z.uuid() });
export type TestSent = z.infer<typeof testSentShape>;

/** Describes from when messages are sent again (`POST /v1/subscriptions/{id}/redeliver`), and how many they are. */
export const redeliverSince = z.strictObject({ since: requestTime });
export type RedeliverSince = z.infer<typeof redeliverSince>;
export const redeliveredShape = z.strictObject({ messages: z.int() });
export type Redelivered = z.infer<typeof redeliveredShape>;
