import type { Grant } from '../access/grants.js';
import type { AditEvent } from '../event/event.js';
import type { PublicJwk } from '../event/keys.js';
import type { Grade } from '../event/quantity-claims.js';
import type { Correction } from './corrections.js';

/**
 * The state of the ledger that admission needs, as of one index. The caller first loads every row that an event refers
 * to (`references` in core/event lists them); a row that is not in a map does not exist. `admit` changes the view in
 * place, so that it judges the next event of a batch after the one before, and lists in `changes` the rows to write.
 * All masses are whole milligrams, grades parts per million, times milliseconds since 1970 UTC.
 */
export interface LedgerView {
  /** The log's origin, e.g. "example.org/tin". */
  readonly log: string;
  /** Number of entries: the index the next admitted event gets. */
  size: number;
  /** Time of the newest `log.clock`, ms; null before the first. */
  clock: number | null;
  /** Entry 0; null before it is logged. */
  opened: LedgerInfo | null;
  readonly actors: Map<string, Actor>;
  /** By RFC 7638 thumbprint. */
  readonly keys: Map<string, Key>;
  readonly sites: Map<string, Site>;
  readonly facilities: Map<string, Facility>;
  /** By serial. */
  readonly certificates: Map<string, Certificate>;
  readonly lots: Map<string, Lot>;
  /** The events referred to (as `prev` or as a target) that are in the log, with their index. */
  readonly events: Map<string, LoggedEvent>;
  /** The event that follows `prev` on a lot, by `successorKey(lot, prev)`; loaded only if `prev` is not the head. */
  readonly successors: Map<string, Successor>;
  /** Endorsements (`event.endorsed`), by `endorsementKey(event, actor)`: each actor has its own. */
  readonly endorsements: Map<string, Endorsement>;
  /** `incident.reported` by event id: those that events of this batch update. */
  readonly incidents: Map<string, Incident>;
  /** Corrections by the id of the corrected event, in order of the log. */
  readonly corrections: Map<string, Correction[]>;
  /** Ids of events refused earlier in the same submission. A caller that judges single events passes its own set. */
  refused: Set<string>;
  changes: Changes;
}

export interface LedgerInfo {
  registrar: string;
  registrarKid: string;
  /** Keys of the log, oldest first; the last is in force. */
  logKeys: LogKey[];
  /** The service key in force. It and its predecessors are among `keys`, as keys of the actor `ledger`. */
  serviceKid: string;
  admissionVersion: number;
}

export interface LogKey {
  vkey: string;
  /** Size of the first checkpoint that this key signs; it signs until the next key's `from`. */
  from: number;
}

export interface Actor {
  id: string;
  roles: string[];
  country: string | null;
  cardFrom: string | null;
  cardTo: string | null;
  /** Status by the newest `actor.statusChanged`. It causes findings; admission ignores it. */
  suspended: boolean;
  index: number;
}

interface Certificate {
  serial: string;
  index: number;
  revokedIndex: number | null;
}

export interface Key {
  kid: string;
  actor: string;
  jwk: PublicJwk;
  addedIndex: number;
  /** Time from which the key is active, ms: 72 h after a registrar added it in the actor's name. Null: at once. */
  activeFrom: number | null;
  /**
   * A registrar, or a key that is itself introduced, added this key. Its events are *registrar-introduced* until an
   * older key that is not introduced endorses it.
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
  /** Certification by the newest `site.inspected`. */
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

export const lotStatuses = ['held', 'inTransit', 'consumed', 'closed'] as const;
export type LotStatus = (typeof lotStatuses)[number];
export const originBases = ['containedMetal', 'dryMass', 'wetMass'] as const;
export type OriginBasis = (typeof originBases)[number];

export interface Lot {
  id: string;
  /** Number of events on its chain, its birth included. */
  seq: number;
  /** Id of its newest event. */
  head: string;
  bornIndex: number;
  headIndex: number;
  status: LotStatus;
  holder: string;
  /** In transit: the receiver that the dispatch names. */
  inTransitTo: string | null;
  /** In transit: planned arrival by the dispatch, ms. */
  plannedArrival: number | null;
  /** After a recall: the receiver of the withdrawn dispatch. Its late receipt puts a hold on the lot. */
  recalledFrom: string | null;
  /** Authorities that hold it ('ledger' after a conflict of receipt and recall), in order of their events. */
  holds: string[];
  mineral: string;
  form: string;
  mass: bigint;
  moisture: number | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lotNumber: string | null;
  /** The site of its declaration; null for lots made of other lots. */
  site: string | null;
  /** `occurredAt` of its birth, ms. */
  bornAt: number;
  /** Shares by site, sorted by site id; their masses sum exactly to `mass`. */
  origins: { site: string; mass: bigint }[];
  originsBy: OriginBasis;
  /** An `assay.certified` names it, or it is made only of lots that one names. */
  assayed: boolean;
}

interface LoggedEvent {
  index: number;
  /** The event itself; loaded for targets of corrections, disputes, settlements and updates. */
  event?: AditEvent;
}

export interface Incident {
  /** Id of its `incident.reported`. */
  id: string;
  index: number;
  level: number;
  /** Owner by the newest `incident.updated` that names one. */
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

/** Rows that admitted events changed; each is written with its final state, once per batch. */
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
  /** Links from registry events and attestations to lots that they name without extending a chain. */
  attestations: { lot: string; index: number }[];
  certificates: Set<string>;
  incidents: Set<string>;
  corrections: Set<Correction>;
  /** Grants that events give, and those that they withdraw. */
  grants: Grant[];
  withdrawals: { grant: string; index: number }[];
  /** Parties that events add to lots or leave, in order of the log; `partyRows` folds them to rows. */
  parties: PartyChange[];
}

/** What one event changes in the parties of one lot; first parts end, then others begin. */
export interface PartyChange {
  lot: string;
  index: number;
  /** Parties whose part begins, or begins again. */
  opens: readonly string[];
  /** The parts of all others end with this event, those of countries excepted; null: none ends. */
  keeps: readonly string[] | null;
}

interface TagRange {
  series: string;
  from: number;
  to: number;
  digits: number | null;
  site: string;
  issuer: string | null;
  index: number;
}

const noChanges = (): Changes => ({
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
  grants: [],
  withdrawals: [],
  parties: [],
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

/**
 * Returns the view for the next batch: the registry stays in memory, everything that grows with the ledger is loaded
 * again.
 */
export function nextView({ log, size, clock, opened, actors, keys, sites, facilities }: LedgerView): LedgerView {
  return { ...emptyView(log), size, clock, opened, actors, keys, sites, facilities };
}
