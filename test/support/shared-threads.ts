import { SharedThreads } from '../../src/server/ledger/intake/check-threads.js';

/** The threads that check signatures for all services of this process; they are never closed. */
export const sharedThreads = new SharedThreads();
