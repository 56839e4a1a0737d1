import type { LogKey } from './view.js';

/** The reserved actor in whose name the service key signs. */
export const SERVICE_ACTOR = 'ledger';

/** Versions of the admission rules that this code implements. A ledger with another version cannot be judged. */
export const ADMISSION_VERSIONS: readonly number[] = [1];

/** Returns the log key in force for a checkpoint of `size` entries; null before the ledger is opened. */
export function logKeyAt(logKeys: readonly LogKey[], size: number): string | null {
  return logKeys.findLast(({ from }) => from <= size)?.vkey ?? null;
}
