/**
 * Reason why a backup is not made or not restored. `exists`: a file of this name exists. `damaged`: the file was
 * changed or is incomplete. `secret`: it was made with another secret. `broken`: its entries are not those that were
 * signed. `behind`: the log signed more since. `unguarded`: there is no guard, so what was signed since is unknown.
 * `occupied`: the database is not empty.
 */
export type BackupFailure =
  'exists' | 'damaged' | 'secret' | 'foreign' | 'broken' | 'behind' | 'unguarded' | 'occupied';

export class BackupError extends Error {
  constructor(
    readonly reason: BackupFailure,
    message: string,
    readonly advice: string,
  ) {
    super(message);
    this.name = 'BackupError';
  }
}
