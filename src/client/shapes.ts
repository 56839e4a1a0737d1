import type { Notice } from '../core/bundle/notices.js';
import type { Grade, LotStatus, OriginBasis } from '../core/custody/view.js';
import type { PublicJwk } from '../core/event/keys.js';
import type { LotName } from '../core/api/lot-name.js';
import type { ProblemDocument } from './problem.js';

/** Types of the API's answers, as in wire.md. Masses are decimal strings with a unit; times RFC 3339. */

export interface Mass {
  value: string;
  uom: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Ledger {
  origin: string;
  opened: boolean;
  size: number;
  logKey: string;
  serviceKey: PublicJwk;
}

export type BatchResult =
  | { status: 'accepted' | 'duplicate'; id: string; index: number; receipt?: string }
  | { status: 'waiting'; id: string; missing: string[]; expiresAt: string }
  | { status: 'refused'; id: string | null; problem: ProblemDocument };

/** What the ledger would answer to an event that is not recorded. */
export type DryRunAnswer =
  | { status: 'accepted'; id: string }
  | { status: 'duplicate'; id: string; index: number }
  | { status: 'waiting'; id: string; missing: string[] }
  | { status: 'refused'; id: string | null; problem: ProblemDocument };

export interface StoredEvent {
  id: string;
  index: number;
  event: string;
  recordedAt: string | null;
}

export interface LotEvent extends StoredEvent {
  seq: number;
  type: string;
  iss: string;
  occurredAt: string;
}

export interface Verdicts {
  record: 'intact' | 'broken';
  custody: 'complete' | 'open' | 'gaps';
  risk: 'none' | 'low' | 'medium' | 'high' | 'critical' | 'undetermined';
}

interface AsOf {
  size: number;
  verified: number;
}

export interface LotState {
  id: string;
  status: LotStatus;
  holder: string;
  inTransitTo: string | null;
  onHold: boolean;
  head: string;
  mineral: string;
  form: string;
  mass: Mass;
  moisturePercent: string | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lotNumber: string | null;
  origins: { site: string; mass: Mass }[];
  originsBy: OriginBasis;
  verdicts: Verdicts;
  asOf: AsOf;
}

export interface Lineage {
  lot: string;
  direction: 'upstream' | 'downstream';
  nodes: { lot: string; status: LotStatus; holder: string; mass: Mass }[];
  edges: { from: string; to: string; event: string; mass: Mass }[];
  truncated: boolean;
}

export interface Finding {
  id: string;
  rule: string;
  version: number;
  severity: string;
  status: string;
  lots: string[];
  /** The first of its lots, with their names; only in lists and in alerts. */
  about?: LotName[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  openedAt: string;
  /** Whether it counts in a verdict on the lot; only in reports. */
  counts?: boolean;
}

export interface Alert extends Finding {
  finding: string;
  firstIndex: number | null;
  regressed: boolean;
  dueAt: string | null;
  /** Number of lots made of these. */
  descendants: number;
  /** Open findings of the alert, and their common root. */
  count: number;
  group: { by: string; value: string };
  /** Number of alerts on descendants that it inhibits while it is open; and the alert that inhibits it. */
  inhibited: number;
  inhibitedBy: string | null;
  silencedBy: string | null;
  escalatedAt: string | null;
  assignee: string | null;
  evidence: { event: string; index: number; receipt: string }[];
  links: { alert: string; rule: string; bundle: string | null; report: string | null };
}

/** A person's note on an action on an alert. */
export interface DeskNote {
  by?: string;
  note?: string;
  /** Ids of events, or names of documents, that support it. */
  evidence?: string[];
}

export interface AlertChange {
  at: string;
  status: string;
  by: string | null;
  note: string | null;
  evidence: string[];
  assignee: string | null;
}

export interface Silence {
  id: string;
  filters: Record<string, unknown>;
  reason: string;
  by: string | null;
  until: string;
  createdAt: string;
  holding: number;
}

/** A subscription: channel, address, filters and status. */
export interface Subscription {
  id: string;
  channel: 'webhook' | 'mail';
  url: string | null;
  address: string | null;
  label: string | null;
  filters: Record<string, unknown>;
  enabled: boolean;
  publicKey: string | null;
  failures: number;
  failingSince: string | null;
  disabledReason: string | null;
}

export interface Delivery {
  id: string;
  type: string;
  status: 'pending' | 'delivered' | 'exhausted' | 'dropped';
  attempts: { attempt: number; at: string; httpStatus: number | null; failure: string | null }[];
}

export interface Report {
  lot: string;
  asOf: AsOf;
  verdicts: Verdicts;
  coverage: { tracedToSite: string; assayed: string; signedByBothSides: string };
  origins: { site: string; mass: Mass }[];
  originsBy: OriginBasis;
  /** Facts to read first: holds, assignments by an authority, open disputes, open incidents. */
  notices: Notice[];
  findings: Finding[];
}
