import type { Subscription } from '../../../core/api/alerts/subscription.js';
import { maskUrls } from '../../http/mask-urls.js';
import type { SubscriptionRow } from './subscription.entity.js';

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
