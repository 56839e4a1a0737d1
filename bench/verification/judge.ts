import { SystemClock } from '../../src/server/clock.js';
import { Database } from '../../src/server/database/database.js';
import { LedgerIdentity } from '../../src/server/ledger/ledger-identity.js';
import { noJobs } from '../../src/server/queue/jobs.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { VerifyEntries } from '../../src/server/verification/judging/verify-entries.js';
import { boundGarbage } from '../../src/server/boot/bound-garbage.js';
import { familyTime, parentOfProcess } from '../processor-time.js';

/**
 * Judges the backlog of a database as one worker, in a process that does nothing else. Sends to its parent, at the start
 * and after each step, how far it is, and the processor time of this process and of PostgreSQL.
 */

/** Time between two samples, ms. */
const SAMPLE_EVERY = 250;

/** How far the judge is, in entries, and what it has used, in ms. */
export interface Sample {
  entries: number;
  elapsed: number;
  node: number;
  postgres: number;
  /** Resident memory of this process, bytes. */
  memory: number;
}

const [url = '', origin = ''] = process.argv.slice(2);
boundGarbage({ role: 'worker' });
const database = new Database({ url, failed: () => undefined });
const identity = new LedgerIdentity(origin, [], [], null);
const verifier = new VerifyEntries(database, identity, new SystemClock(), noJobs, RuleParameters.load(null));
const [backend] = await database.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const postmaster = parentOfProcess(backend?.pid ?? 0);
const started = performance.now();
let sampled = -Infinity;
const sample = (entries: number): void => {
  // Reading what the processes have used takes time itself.
  if (performance.now() - sampled < SAMPLE_EVERY) return;
  sampled = performance.now();
  const { user, system } = process.cpuUsage();
  process.send?.({
    entries,
    elapsed: performance.now() - started,
    node: (user + system) / 1_000,
    postgres: familyTime(postmaster),
    memory: process.memoryUsage.rss(),
  } satisfies Sample);
};
sample(0);
const total = await verifier.verify(sample);
sampled = -Infinity;
sample(total);
await database.close();
process.disconnect?.();
