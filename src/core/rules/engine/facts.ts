import { type Correction, mended } from '../../custody/corrections.js';
import type { Actor, Lot, Site } from '../../custody/view.js';
import { shown } from '../../event/disclosure.js';
import { type AditEvent, withoutText } from '../../event/event.js';
import { references } from '../../event/references.js';
import type { EventTypeName } from '../../event/types/index.js';

/**
 * An entry of the log for the rules: disclosed claims are in its payload as if they were plain, with the corrections in
 * force. An undisclosed claim is a digest in `_sd`.
 */
export interface JudgedEvent<E extends AditEvent = AditEvent> {
  index: number;
  event: E;
  /** The log's time at this entry, ms since 1970 UTC; null before the first `log.clock`. */
  recordedAt: number | null;
}

/**
 * Creates the view of an event for the rules, which never read its text.
 * @param event as read from its signed text, with the known disclosures
 * @param corrections those in force, in the order in which they came into force
 */
export const judgedEvent = (
  index: number,
  event: AditEvent,
  recordedAt: number | null,
  corrections: readonly Pick<Correction, 'field' | 'value'>[] = [],
): JudgedEvent => ({ index, event: withoutText(mended(shown(event), corrections)), recordedAt });

export type JudgedOf<T extends EventTypeName> = JudgedEvent<Extract<AditEvent, { type: T }>>;

/**
 * The input of the rules: the log as of index `end`, limited to the facts that they declare. Nothing in it depends on
 * an entry at or after `end`, so the same log gives the same findings regardless of how the work is batched.
 */
export interface Facts {
  /** Entries below this index count. */
  end: number;
  /** The newest `log.clock` below `end`, ms since 1970 UTC; null before the first. */
  now: number | null;
  /** The entries to judge, in the order of the log. */
  entries: readonly JudgedEvent[];
  /**
   * *chains*: of every lot that an entry touches or a handover names, all events from its birth, in order. A chain is
   * never changed but by adding to its end: rules keep with it what they computed.
   */
  chains: ReadonlyMap<string, readonly JudgedEvent[]>;
  /** *chains*: the claims of the same lots at their birth, and their origins. */
  lots: ReadonlyMap<string, LotFacts>;
  /** *about*: by subject (`subjects.ts`), every entry below `end` filed under it, in order. */
  about: ReadonlyMap<string, readonly JudgedEvent[]>;
  /** *tagUses*: of every tag that an entry puts on a lot, the series in which it was issued, in order of the log. */
  tagIssues: ReadonlyMap<string, readonly TagIssue[]>;
  /**
   * *upstream*: of every lot that an entry exports, imports, mixes, or receives from another country, all ancestors,
   * whose chains are loaded too. A lot with more than `MAX_UPSTREAM` ancestors is omitted.
   */
  upstream: ReadonlyMap<string, readonly string[]>;
  /** *handovers*: dispatches to judge: new, answered, or due. The chains of all their lots are loaded. */
  handovers: readonly JudgedOf<'custody.dispatched'>[];
  /** *refusals*: every `event.refused` that names one of the touched lots, in order. */
  refusals: readonly JudgedOf<'event.refused'>[];
  /** *tagUses*: of every tag that an entry puts on a lot, all its uses in order. */
  tagUses: ReadonlyMap<string, readonly TagUse[]>;
  /** *tagUses*: ancestors of the lots that share a tag with another lot. */
  ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  /** *production*: declarations at sites with a known capacity, over the days that the entries can affect. */
  production: readonly SiteProduction[];
  /** *exports*: of every lot that a corrected event touched, the index of the first export of it or of a descendant. */
  exports: ReadonlyMap<string, number>;
  /** *seen*: by the size of a checkpoint that an entry's signer had seen, the log's time there, ms. */
  seenAt: ReadonlyMap<number, number>;
  /** *totals*: by subject, the sum of the masses filed under it below `end`, mg. */
  totals: ReadonlyMap<string, bigint>;
  /**
   * *series*: of every series that an entry to judge is filed in, the newest amounts below `end`, at most `SERIES_LENGTH`, in
   * order of the log; none if a correction took the last out. The entries behind a series in which a rule finds something
   * are in `about`, at least its newest `SERIES_NAMED`.
   */
  series: ReadonlyMap<string, readonly SeriesItem[]>;
  /** Actors that the handovers name. */
  actors: ReadonlyMap<string, Pick<Actor, 'id' | 'country'>>;
  /** *record*: the result of an audit of the stored ledger; null if this is not an audit. */
  record: readonly RecordFault[] | null;
}

export type LotFacts = Pick<Lot, 'id' | 'mineral' | 'form' | 'model' | 'site' | 'bornIndex' | 'origins'>;

/** Ancestors of one lot that rules read at most. */
export const MAX_UPSTREAM = 500;

/** Amounts of one series that rules read at most. */
export const SERIES_LENGTH = 200;
/** Entries of one series that a finding names at most. */
export const SERIES_NAMED = 50;

/** An amount that one entry adds to a series. */
export interface SeriesItem {
  index: number;
  /** Time of the event, ms since 1970 UTC. */
  at: number;
  /** A mass, count or difference; differences have a sign. */
  amount: bigint;
  /** The quantity that the amount is a part or a deviation of; null: none. */
  whole: bigint | null;
}

export interface TagIssue {
  site: string;
  event: string;
  index: number;
}

export interface TagUse {
  lot: string;
  /** Id of the event that applied the tag, and its signer; known if the tag is on more than one lot. */
  event: string;
  signer: string;
  index: number;
}

/** Declared production of one mineral at one site, by UTC day, in order of days, complete from `from` to `to`. */
export interface SiteProduction {
  site: Pick<Site, 'id'>;
  /** In order of the days from which they are in force; the first has no beginning. Empty: the registry has none. */
  capacities: readonly { from: number; capacity: NonNullable<Site['capacity']> }[];
  mineral: string;
  /** Days since 1970-01-01 UTC. Months within `from`..`to`, less the longest window, are judged. */
  from: number;
  to: number;
  /** True if there were declarations before `from`. */
  earlier?: boolean;
  /** Omit `lots` if no rule finds anything in the masses alone. */
  days: readonly {
    day: number;
    mass: bigint;
    lots: readonly { lot: string; event: string; mass: bigint; index: number }[];
  }[];
}

/** A place where the stored ledger differs from what was signed; found by an audit, which names the place. */
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
  'record-desk-differs',
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
  series: new Map(),
  actors: new Map(),
  record: null,
});

export const isType = <T extends EventTypeName>(entry: JudgedEvent, type: T): entry is JudgedOf<T> =>
  entry.event.type === type;

/** An event never changes, and most rules ask for its lots. */
const lotsByEvent = new WeakMap<JudgedEvent['event'], readonly string[]>();

/** Every lot that an entry extends, ends, makes or names, each once. */
export function lotsOf({ event }: JudgedEvent): string[] {
  let known = lotsByEvent.get(event);
  if (known === undefined) {
    const { lots, outputs } = references(event);
    known = [...new Set([...lots.map(({ lot }) => lot), ...outputs])];
    lotsByEvent.set(event, known);
  }
  return [...known];
}
