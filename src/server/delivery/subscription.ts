import * as z from 'zod';
import { line, plainText } from '../../core/api/values.js';
import { alertFilters } from '../alerts/alert-filter.js';
import { mailAddress } from '../config/config-values.js';
import { maskUrls } from '../http/mask-urls.js';
import { quietHours } from './quiet-hours.js';
import type { SubscriptionRow } from './subscription.entity.js';
import { languages } from './words/index.js';

const MAX_MINUTES = 7 * 24 * 60;
const minutes = z.int().min(1).max(MAX_MINUTES);
const url = plainText(2_000);
const address = mailAddress;

const options = {
  /** Name for people. */
  label: line(200).nullish(),
  filters: alertFilters.optional(),
  /** Minutes of notifications that one digest message covers; absent: one message each at once. */
  digestMinutes: minutes.nullish(),
  /** Notifications that are not critical wait until the quiet hours end. */
  quietHours: quietHours.nullish(),
  /** Minutes without an acknowledgement after which an alert is notified; absent: notify at once. */
  escalateAfterMinutes: minutes.nullish(),
  language: z.enum(languages).optional(),
  /** Mail address that is notified when the endpoint is disabled. */
  contact: address.nullish(),
};

const isOneKind = ({
  digestMinutes,
  escalateAfterMinutes,
}: {
  digestMinutes?: unknown;
  escalateAfterMinutes?: unknown;
}) => (digestMinutes ?? null) === null || (escalateAfterMinutes ?? null) === null;
const oneKind = { path: ['escalateAfterMinutes'], message: 'cannot be combined with a digest: subscribe twice' };

export const newSubscription = z
  .discriminatedUnion('channel', [
    z.strictObject({ channel: z.literal('webhook'), url, ...options }),
    z.strictObject({ channel: z.literal('mail'), address, ...options }),
  ])
  .refine(isOneKind, oneKind);
export type NewSubscription = z.infer<typeof newSubscription>;

/** A change of a subscription: absent fields stay, null deletes a value. */
export const changedSubscription = z
  .strictObject({ url: url.optional(), address: address.optional(), enabled: z.boolean().optional(), ...options })
  .refine(isOneKind, oneKind);
export type ChangedSubscription = z.infer<typeof changedSubscription>;

/** A subscription as the API lists it, with its state. */
export const subscriptionShape = z.strictObject({
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

/** A new subscription; contains the secret of a webhook this once. */
export const newSubscriptionShape = subscriptionShape.extend({ secret: z.string().optional() });
export const rotatedSecretShape = subscriptionShape.extend({ secret: z.string(), formerSecretUntil: z.string() });

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

export const subscriptionOf = (row: SubscriptionRow, publicKey: string | null): Subscription => ({
  id: row.id,
  channel: row.channel,
  url: row.url === null ? null : maskUrls(row.url),
  address: row.address,
  label: row.label,
  language: row.language,
  filters: row.filters,
  digestMinutes: row.digest_minutes,
  quietHours: row.quiet_hours,
  escalateAfterMinutes: row.escalation_minutes,
  contact: row.contact,
  enabled: row.enabled,
  publicKey,
  createdAt: row.created_at.toISOString(),
  failures: row.failures,
  failingSince: iso(row.failing_since),
  pausedUntil: iso(row.paused_until),
  disabledAt: iso(row.disabled_at),
  disabledReason: row.disabled_reason,
});
