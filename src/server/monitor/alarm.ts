/**
 * Faults of a log that a monitor detects. `fork`: it signed two histories. `rollback`: it shows fewer entries than
 * before. `root-differs`: its entries do not have the root it signed. `bad-entry`: the ledger's rules refuse an entry.
 * `index-differs`: a sealed index does not follow from its entries. `unsigned`: a checkpoint lacks the pinned key's
 * signature. `unwitnessed`: too few witnesses have cosigned. `stale`: its clock stopped. `unreachable`: it does not
 * answer. `undecided`: the monitor could not read or judge some entries.
 */
export const alarmKinds = [
  'fork',
  'rollback',
  'root-differs',
  'bad-entry',
  'index-differs',
  'unsigned',
  'unwitnessed',
  'stale',
  'unreachable',
  'undecided',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

export interface Alarm {
  kind: AlarmKind;
  detail: string;
  /** Index of the entry concerned, if any. */
  index: number | null;
  /** Signed checkpoints that prove it. */
  checkpoints: string[];
  /** The entry concerned, as the log served it. */
  entry: string | null;
  /** C2SP tlog-proof of the entry, with its checkpoint; null if there is none. */
  proof: string | null;
}

export const alarm = (
  kind: AlarmKind,
  detail: string,
  more: Partial<Pick<Alarm, 'index' | 'checkpoints' | 'entry' | 'proof'>> = {},
): Alarm => ({ kind, detail, index: null, checkpoints: [], entry: null, proof: null, ...more });

/** Kinds of alarms that prove misbehaviour of the log; the others may end. */
export const convicting: ReadonlySet<AlarmKind> = new Set([
  'fork',
  'rollback',
  'root-differs',
  'bad-entry',
  'index-differs',
]);

/**
 * Whether an alarm is permanent: signatures of the log prove it. A rollback may end, because the log may show the
 * entries again; and an entry without a proof may be damaged in transit.
 */
const isForGood = ({ kind, proof }: Alarm): boolean =>
  kind === 'fork' || kind === 'root-differs' || kind === 'index-differs' || (kind === 'bad-entry' && proof !== null);

/** Permanent alarms that are stored at most; further ones add no information about such a log. */
const KEPT = 100;
const sameAs =
  ({ kind, index }: Alarm) =>
  (other: Alarm): boolean =>
    other.kind === kind && other.index === index;

/** Returns the permanent alarms: those stored before, and new ones. */
export const withConvicted = (before: readonly Alarm[], found: readonly Alarm[]): Alarm[] =>
  [...before, ...found.filter((each) => isForGood(each) && !before.some(sameAs(each)))].slice(0, KEPT);

/** Returns the alarms to report: all found ones, and the permanent ones that were not found again. */
export const withStanding = (found: readonly Alarm[], convicted: readonly Alarm[]): Alarm[] => [
  ...found,
  ...convicted.filter((each) => !found.some(sameAs(each))),
];
