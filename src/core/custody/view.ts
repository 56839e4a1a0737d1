import type { AditEvent } from '../event/event.js';
import type { PublicJwk } from '../event/keys.js';
import type { Correction } from './corrections.js';

/**
 * What admission needs to know of the ledger, as of one index. The caller loads every row an event refers to
 * (`references` in core/event says which) before it asks; what is not in a map does not exist. `admit` changes the
 * view in place, so that the next event of a batch is judged against the one before it, and notes in `changes` what
 * must be written. All masses are whole milligrams, grades parts per million, times milliseconds since 1970 UTC.
 */
export interface LedgerView {
  /** The log's origin, e.g. "example.org/tin". */
  readonly log: string;
  /** Number of entries: the index the next admitted event gets. */
  size: number;
  /** Newest `log.clock`, ms; null before the first. */
  clock: number | null;
  /** Entry 0, once there. */
  opened: LedgerInfo | null;
  readonly actors: Map<string, Actor>;
  /** By RFC 7638 thumbprint. */
  readonly keys: Map<string, Key>;
  readonly sites: Map<string, Site>;
  readonly facilities: Map<string, Facility>;
  /** By serial. */
  readonly certificates: Map<string, Certificate>;
  readonly lots: Map<string, Lot>;
  /** Which of the event ids referred to (as `prev`, or as a target) are in the log, and at which index. */
  readonly events: Map<string, LoggedEvent>;
  /** The event that follows `prev` on a lot, by `successorKey(lot, prev)`; loaded only where `prev` is not the head. */
  readonly successors: Map<string, Successor>;
  /** What actors stand by (`event.endorsed`), by `endorsementKey(event, actor)`: nobody's word displaces another's. */
  readonly endorsements: Map<string, Endorsement>;
  /** `incident.reported` by event id: those that an event of this batch updates. */
  readonly incidents: Map<string, Incident>;
  /** By the id of the event they correct, in order of the log. */
  readonly corrections: Map<string, Correction[]>;
  /** Ids of events refused earlier in the same submission; whoever judges one from another puts its own set here. */
  refused: Set<string>;
  changes: Changes;
}

export interface LedgerInfo {
  registrar: string;
  registrarKid: string;
  /** The keys of the log, oldest first; the last is in force. */
  logKeys: LogKey[];
  /** The service key in force; it and those before it stand among the keys, as those of the actor `ledger`. */
  serviceKid: string;
  admissionVersion: number;
}

export interface LogKey {
  vkey: string;
  /** It signs checkpoints of this size and larger, until the next key does. */
  from: number;
}

export interface Actor {
  id: string;
  roles: string[];
  country: string | null;
  cardFrom: string | null;
  cardTo: string | null;
  /** By the newest `actor.statusChanged`. A finding for others; admission does not heed it. */
  suspended: boolean;
  index: number;
}

export interface Certificate {
  serial: string;
  index: number;
  revokedIndex: number | null;
}

export interface Key {
  kid: string;
  actor: string;
  jwk: PublicJwk;
  addedIndex: number;
  /** A key that a registrar added in an actor's name waits 72 h: the log's clock must have reached this, ms. Null: active at once. */
  activeFrom: number | null;
  /**
   * Added by a registrar in the actor's name, or with a key that was: its events are *registrar-introduced* until an older
   * key, itself not introduced, endorses it.
   */
  introduced: boolean;
  revokedIndex: number | null;
  compromisedSince: number | null;
}

export interface Site {
  id: string;
  country: string;
  operator: string;
  minerals: string[];
  licence: unknown;
  capacity: { workers: number; kilogramsPerWorkerMonth: Record<string, string> } | null;
  /** The newest `site.inspected`. */
  certification: number | null;
  activity: number | null;
  inspectedOn: string | null;
  index: number;
}

export interface Facility {
  id: string;
  kind: string;
  country: string;
  operator: string | null;
  capacityPerMonth: unknown;
  index: number;
}

export interface Grade {
  analyte: string;
  value: string;
  uom: 'P1' | 'NX' | '59';
  basis: 'dry' | 'wet';
  method?: string;
}

export type LotStatus = 'held' | 'inTransit' | 'consumed' | 'closed';
export type OriginBasis = 'containedMetal' | 'dryMass' | 'wetMass';

export interface Lot {
  id: string;
  /** Events on its chain so far, birth included. */
  seq: number;
  /** Id of its newest event. */
  head: string;
  bornIndex: number;
  headIndex: number;
  status: LotStatus;
  holder: string;
  /** While in transit: the actor named in the dispatch. */
  inTransitTo: string | null;
  /** While in transit: planned arrival by the dispatch, ms. */
  plannedArrival: number | null;
  /** After a recall: the receiver whose dispatch was withdrawn; its late receipt freezes the lot, whoever has it by then. */
  recalledFrom: string | null;
  /** Authorities that hold it ('ledger' when frozen by a recall conflict), in order of arrival. */
  holds: string[];
  mineral: string;
  form: string;
  mass: bigint;
  moisture: number | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lotNumber: string | null;
  /** Where it was declared; null for lots born of other lots. */
  site: string | null;
  /** `occurredAt` of its birth, ms. */
  bornAt: number;
  /** Shares by site, sorted by site id; their masses sum exactly to `mass`. */
  origins: { site: string; mass: bigint }[];
  originsBy: OriginBasis;
  /** Named by an `assay.certified`, or made wholly of lots that were. */
  assayed: boolean;
}

export interface LoggedEvent {
  index: number;
  /** What it says: there for events that another corrects, disputes, settles or updates. */
  event?: AditEvent;
}

export interface Incident {
  /** Id of its `incident.reported`. */
  id: string;
  index: number;
  level: number;
  /** By the newest `incident.updated` that says so. */
  owner: string | null;
  status: 'open' | 'mitigating' | 'closed';
}

export interface Successor {
  event: string;
  iss: string;
  type: string;
  /** `to` of a dispatch. */
  to: string | null;
  /** Output lot ids. */
  outputs: string[];
}

export interface Endorsement {
  event: string;
  index: number;
  by: string;
}

export const successorKey = (lot: string, prev: string): string => `${lot}/${prev}`;
export const endorsementKey = (event: string, actor: string): string => `${event}/${actor}`;

/** What admitted events changed; rows named here are written with their final state, once a batch. */
export interface Changes {
  opened: boolean;
  actors: Set<string>;
  keys: Set<string>;
  sites: Set<string>;
  facilities: Set<string>;
  lots: Set<string>;
  /** One link of a lot's chain for each lot an event extends, consumes or creates. */
  chain: { lot: string; seq: number; index: number }[];
  /** Input to output, with the mass that flowed, in mg. */
  lineage: { from: string; to: string; index: number; mass: bigint }[];
  tagRanges: TagRange[];
  /** A tag put on a lot by an event. */
  tagUses: { tag: string; lot: string; index: number }[];
  endorsements: Endorsement[];
  /** Registry events and attestations that name a lot without extending its chain. */
  attestations: { lot: string; index: number }[];
  certificates: Set<string>;
  incidents: Set<string>;
  corrections: Set<Correction>;
}

export interface TagRange {
  series: string;
  from: number;
  to: number;
  digits: number | null;
  site: string;
  issuer: string | null;
  index: number;
}

export const noChanges = (): Changes => ({
  opened: false,
  actors: new Set(),
  keys: new Set(),
  sites: new Set(),
  facilities: new Set(),
  lots: new Set(),
  chain: [],
  lineage: [],
  tagRanges: [],
  tagUses: [],
  endorsements: [],
  attestations: [],
  certificates: new Set(),
  incidents: new Set(),
  corrections: new Set(),
});

export const emptyView = (log: string): LedgerView => ({
  log,
  size: 0,
  clock: null,
  opened: null,
  actors: new Map(),
  keys: new Map(),
  sites: new Map(),
  facilities: new Map(),
  certificates: new Map(),
  lots: new Map(),
  events: new Map(),
  successors: new Map(),
  endorsements: new Map(),
  incidents: new Map(),
  corrections: new Map(),
  refused: new Set(),
  changes: noChanges(),
});
