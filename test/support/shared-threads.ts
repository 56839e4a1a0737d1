import { CheckThreads } from '../../src/server/ledger/intake/check-threads.js';

/** Threads that outlive the services that use them. */
class SharedThreads extends CheckThreads {
  override close(): Promise<void> {
    return Promise.resolve();
  }
}

const threads = new Map<string, SharedThreads>();

/**
 * Returns the threads that check signatures for all services of this process with this origin: loading a thread costs as
 * much CPU as a third of a start.
 */
export function sharedThreads(origin: string, count: number): CheckThreads {
  const key = `${origin} ${count}`;
  const known = threads.get(key) ?? new SharedThreads(origin, count);
  threads.set(key, known);
  return known;
}
