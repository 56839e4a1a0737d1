/**
 * What a monitor must not see of a log. `fork`: it has signed two histories. `rollback`: it shows less than it showed.
 * `root-differs`: its entries do not give the root it signed. `bad-entry`: an entry that the rules of the ledger forbid.
 * `index-differs`: a sealed index that its entries do not give. `unsigned`: a checkpoint without the pinned key's
 * signature. `unwitnessed`: too few witnesses have cosigned. `stale`: its time stands still. `unreachable`: it gives no
 * answer.
 */
export type AlarmKind =
  | 'fork'
  | 'rollback'
  | 'root-differs'
  | 'bad-entry'
  | 'index-differs'
  | 'unsigned'
  | 'unwitnessed'
  | 'stale'
  | 'unreachable';

export interface Alarm {
  kind: AlarmKind;
  detail: string;
  /** The entry concerned, if it is one. */
  index: number | null;
  /** Signed checkpoints that show it to anyone. */
  checkpoints: string[];
}

export const alarm = (
  kind: AlarmKind,
  detail: string,
  checkpoints: string[] = [],
  index: number | null = null,
): Alarm => ({
  kind,
  detail,
  index,
  checkpoints,
});

/** Alarms that convict the log; the others may pass. */
export const convicting: ReadonlySet<AlarmKind> = new Set([
  'fork',
  'rollback',
  'root-differs',
  'bad-entry',
  'index-differs',
]);
