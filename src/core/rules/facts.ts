import { type Correction, mended } from '../custody/corrections.js';
import type { Actor, Lot, Site } from '../custody/view.js';
import { shown } from '../event/disclosure.js';
import type { AditEvent } from '../event/event.js';
import type { EventTypeName } from '../event/types/index.js';

/**
 * An entry of the log as the rules see it: its payload carries what has been disclosed as if it were plain, and the
 * corrections in force. What it says undisclosed stays a digest in `_sd`.
 */
export interface JudgedEvent<E extends AditEvent = AditEvent> {
  index: number;
  event: E;
  /** The log's time when it entered, ms since 1970 UTC; null before the first `log.clock`. */
  recordedAt: number | null;
}

/**
 * @param event as read from its signed text, with the disclosures at hand
 * @param corrections those in force, in the order in which they came into force
 */
export const judgedEvent = (
  index: number,
  event: AditEvent,
  recordedAt: number | null,
  corrections: readonly Pick<Correction, 'field' | 'value'>[] = [],
): JudgedEvent => ({ index, event: mended(shown(event), corrections), recordedAt });

export type JudgedOf<T extends EventTypeName> = JudgedEvent<Extract<AditEvent, { type: T }>>;

/**
 * What the rules are given: the log as of index `end`, cut down to what they declared to read. Nothing in it depends on
 * an entry at or after `end`, so the same log gives the same findings however the work was cut into pieces.
 */
export interface Facts {
  /** Entries below this index count. */
  end: number;
  /** The newest `log.clock` below `end`, ms since 1970 UTC; null before the first. */
  now: number | null;
  /** The entries to be judged now, in the order of the log. */
  entries: readonly JudgedEvent[];
  /** *chains*: of every lot that an entry touches or a handover names, all events from its birth, in order. */
  chains: ReadonlyMap<string, readonly JudgedEvent[]>;
  /** *chains*: what was said of the same lots at their birth, and where their mass comes from. */
  lots: ReadonlyMap<string, LotFacts>;
  /** *about*: by subject (`subjects.ts`), every entry below `end` filed under it, in order. */
  about: ReadonlyMap<string, readonly JudgedEvent[]>;
  /** *tagUses*: of every tag that an entry puts on a lot, the series it was issued in, in order of the log. */
  tagIssues: ReadonlyMap<string, readonly TagIssue[]>;
  /**
   * *upstream*: of every lot that an entry exports, imports, mixes, or receives from another country, all lots it was made
   * of, whose chains are loaded too. A lot of more than `MAX_UPSTREAM` ancestors is left out.
   */
  upstream: ReadonlyMap<string, readonly string[]>;
  /** *handovers*: dispatches to judge: new, answered, or due. The chains of all their lots are loaded. */
  handovers: readonly JudgedOf<'custody.dispatched'>[];
  /** *refusals*: every `event.refused` that names one of the lots touched, in order. */
  refusals: readonly JudgedOf<'event.refused'>[];
  /** *tagUses*: of every tag that an entry puts on a lot, all its uses in order. */
  tagUses: ReadonlyMap<string, readonly TagUse[]>;
  /** *tagUses*: ancestors of the lots that share a tag with another lot. */
  ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  /** *production*: what was declared at sites with a known capacity, for as long as the entries can matter to. */
  production: readonly SiteProduction[];
  /** *exports*: of every lot that a corrected event touched, the index of the first export of it or of a lot made of it. */
  exports: ReadonlyMap<string, number>;
  /** *seen*: by the size of a checkpoint that an entry says its signer had seen, the log's time there, ms. */
  seenAt: ReadonlyMap<number, number>;
  /** *totals*: by subject, the sum of the masses filed under it below `end`, mg. */
  totals: ReadonlyMap<string, bigint>;
  /** Actors named by the handovers. */
  actors: ReadonlyMap<string, Pick<Actor, 'id' | 'country'>>;
  /** *record*: what an audit of the stored ledger found; null when this is not an audit. */
  record: readonly RecordFault[] | null;
}

export type LotFacts = Pick<Lot, 'id' | 'mineral' | 'form' | 'model' | 'site' | 'bornIndex' | 'origins'>;

/** Ancestors of one lot that rules read at most. */
export const MAX_UPSTREAM = 500;

export interface TagIssue {
  site: string;
  event: string;
  index: number;
}

export interface TagUse {
  lot: string;
  /** Id of the event that put it on. */
  event: string;
  index: number;
}

/** Declared production of one mineral at one site, by UTC day, in order of days, complete from `from` to `to`. */
export interface SiteProduction {
  site: Pick<Site, 'id'>;
  /** In order of the days from which they hold, the first since ever. Empty: the registry knows none. */
  capacities: readonly { from: number; capacity: NonNullable<Site['capacity']> }[];
  mineral: string;
  /** Days since 1970-01-01 UTC; months that lie in `from`..`to` with a longest window's margin are judged. */
  from: number;
  to: number;
  /** Whether anything was declared there before `from`. */
  earlier?: boolean;
  /** `lots` may be left out where no rule finds anything in the masses alone. */
  days: readonly {
    day: number;
    mass: bigint;
    lots: readonly { lot: string; event: string; mass: bigint; index: number }[];
  }[];
}

/** One place where the stored ledger is not what was signed; the audit that saw it says where. */
export interface RecordFault {
  rule: RecordRuleId;
  subject: string;
  cause: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
  firstIndex: number | null;
}

export const recordRuleIds = [
  'record-event-altered',
  'record-event-missing',
  'record-signature-invalid',
  'record-chain-broken',
  'record-root-mismatch',
  'record-fork',
  'record-projection-differs',
  'record-backup-restored',
  'record-disclosure-mismatch',
  'record-catalogue-differs',
] as const;
export type RecordRuleId = (typeof recordRuleIds)[number];

export const noFacts = (end: number, now: number | null): Facts => ({
  end,
  now,
  entries: [],
  chains: new Map(),
  lots: new Map(),
  about: new Map(),
  tagIssues: new Map(),
  upstream: new Map(),
  handovers: [],
  refusals: [],
  tagUses: new Map(),
  ancestors: new Map(),
  production: [],
  exports: new Map(),
  seenAt: new Map(),
  totals: new Map(),
  actors: new Map(),
  record: null,
});

export const isType = <T extends EventTypeName>(entry: JudgedEvent, type: T): entry is JudgedOf<T> =>
  entry.event.type === type;
