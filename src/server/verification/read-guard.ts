/** What was signed last, as remembered outside the database. Null where this process has no guard to look at. */
export abstract class ReadGuard {
  abstract read(): { size: number; root: Uint8Array } | null;
}
