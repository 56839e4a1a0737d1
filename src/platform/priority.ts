import { readdirSync, readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Steps of `nice` by which the priority of background work is lowered: requests are answered first, and a machine with
 * nothing else to do runs it as fast.
 */
const STEPS = 10;
const LOWEST = 19;

/** Lowers the priority of a thread or process by its id; where the system does not permit it, the work runs as before. */
export function lower(id: number): void {
  try {
    setPriority(id, Math.min(LOWEST, getPriority(id) + STEPS));
  } catch {
    // The work also runs at normal priority.
  }
}

/** Lowers the priority of the calling thread on Linux; elsewhere it does nothing. */
export function lowerThread(): void {
  try {
    lower(Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
  } catch {
    // Only Linux has priorities of threads.
  }
}

/** Lowers the priority of this process: on Linux of all its threads, of which each has its own. */
export function lowerProcess(): void {
  try {
    for (const thread of readdirSync('/proc/self/task')) lower(Number(thread));
  } catch {
    lower(process.pid);
  }
}
