import type { Alert, AlertWithChanges } from '../../core/api/alerts/alert.js';
import type { ListedDelivery } from '../../core/api/alerts/delivery.js';
import type { ListedFinding } from '../../core/api/finding.js';
import type { RulePage } from '../../core/api/pages.js';
import type { Silence } from '../../core/api/alerts/silence.js';
import type { Subscription } from '../../core/api/alerts/subscription.js';

/** An alert with the title of its rule in the reader's language. */
export type TitledAlert<T extends Alert = Alert> = T & { title: string };

/** The alerts of an inbox by what they ask of its reader, the most serious first. */
interface InboxGroups {
  open: readonly TitledAlert[];
  taken: readonly TitledAlert[];
  resolved: readonly TitledAlert[];
}

/** One alert as a case: what was found, what its rule means, what was done, and who was notified. */
export interface Case {
  alert: TitledAlert<AlertWithChanges>;
  /** The finding whose text the alert has; null where the reader may not see it. */
  finding: ListedFinding | null;
  rule: RulePage | null;
  deliveries: readonly ListedDelivery[];
  /** The actor in whose name the reader may sign an answer; null: the reader signs none. */
  signer: string | null;
}

export interface InboxPageData extends InboxGroups {
  shown: Case | null;
}

/** A delivery with what its subscription is called. */
export interface NamedDelivery extends ListedDelivery {
  to: string;
}

export interface SubscriptionsPageData {
  subscriptions: readonly Subscription[];
  next: string | null;
}

export interface DeliveriesPageData {
  deliveries: readonly NamedDelivery[];
  next: string | null;
  filters: Readonly<Record<string, string>>;
}

export interface SilencesPageData {
  silences: readonly Silence[];
  /** Rules that may be silenced, with their titles. */
  rules: readonly (readonly [id: string, title: string])[];
  withEnded: boolean;
}
