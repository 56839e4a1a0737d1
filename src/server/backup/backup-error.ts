/**
 * Why a backup is not made or not restored. `exists`: a file of this name. `damaged`: not the file that was written.
 * `secret`: another secret than the one it was made with. `broken`: its entries are not those that were signed. `behind`:
 * more was signed since. `unguarded`: nothing tells what was signed since. `occupied`: the ledger has entries already.
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
