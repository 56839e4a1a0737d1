/**
 * What a monitor must not see of a log. `fork`: it has signed two histories. `rollback`: it shows less than it showed.
 * `root-differs`: its entries do not give the root it signed. `bad-entry`: an entry that the rules of the ledger forbid.
 * `index-differs`: a sealed index that its entries do not give. `unsigned`: a checkpoint without the pinned key's
 * signature. `unwitnessed`: too few witnesses have cosigned. `stale`: its time stands still. `unreachable`: it gives no
 * answer.
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
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

export interface Alarm {
  kind: AlarmKind;
  detail: string;
  /** The entry concerned, if it is one. */
  index: number | null;
  /** Signed checkpoints that show it to anyone. */
  checkpoints: string[];
  /** The entry concerned, as the log gave it. */
  entry: string | null;
  /** C2SP tlog-proof of it, under the checkpoint that stands in it; null where there is none. */
  proof: string | null;
}

export const alarm = (
  kind: AlarmKind,
  detail: string,
  more: Partial<Pick<Alarm, 'index' | 'checkpoints' | 'entry' | 'proof'>> = {},
): Alarm => ({ kind, detail, index: null, checkpoints: [], entry: null, proof: null, ...more });

/** Alarms that convict the log; the others may pass. */
export const convicting: ReadonlySet<AlarmKind> = new Set([
  'fork',
  'rollback',
  'root-differs',
  'bad-entry',
  'index-differs',
]);

/**
 * What the log can never undo, because its signature stands under it, and what is therefore told for ever. A log that
 * showed less may show as much again; and an entry that it is not proved to hold may have been damaged on the way.
 */
const isForGood = ({ kind, proof }: Alarm): boolean =>
  kind === 'fork' || kind === 'root-differs' || kind === 'index-differs' || (kind === 'bad-entry' && proof !== null);

/** Convictions that are kept at most: a log that is convicted so often is not trusted for one more or less. */
const KEPT = 100;
const sameAs =
  ({ kind, index }: Alarm) =>
  (other: Alarm): boolean =>
    other.kind === kind && other.index === index;

/** What was convicted before, and what is now. */
export const withConvicted = (before: readonly Alarm[], found: readonly Alarm[]): Alarm[] =>
  [...before, ...found.filter((each) => isForGood(each) && !before.some(sameAs(each)))].slice(0, KEPT);

/** What is to be told: all that was found, and the convictions that were not found again. */
export const withStanding = (found: readonly Alarm[], convicted: readonly Alarm[]): Alarm[] => [
  ...found,
  ...convicted.filter((each) => !found.some(sameAs(each))),
];
