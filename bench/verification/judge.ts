import { readFileSync, readdirSync } from 'node:fs';
import { SystemClock } from '../../src/server/clock.js';
import { Database } from '../../src/server/database/database.js';
import { LedgerIdentity } from '../../src/server/ledger/ledger-identity.js';
import { noJobs } from '../../src/server/queue/jobs.js';
import { RuleParameters } from '../../src/server/config/rule-parameters.js';
import { VerifyEntries } from '../../src/server/verification/judging/verify-entries.js';
import { boundGarbage } from '../../src/server/boot/bound-garbage.js';

/**
 * Judges the backlog of a database as one worker, in a process that does nothing else. Sends to its parent, at the start
 * and after each step, how far it is, and the processor time of this process and of PostgreSQL.
 */

/** Processor time is counted in hundredths of a second by Linux. */
const TICK = 10;

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

/** The fields of /proc/<pid>/stat after the name, which may contain spaces. */
const statOf = (pid: string): number[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];

/** Returns the processor time of a postmaster's processes, and of those that have ended, ms. Linux only. */
function postgresTime(postmaster: number): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const [, parent, ...rest] = statOf(pid);
      // utime, stime, and those of ended children: fields 14 to 17 of proc_pid_stat(5).
      const [utime = 0, stime = 0, ended = 0, endedInSystem = 0] = rest.slice(9);
      if (parent === postmaster) ticks += utime + stime;
      else if (Number(pid) === postmaster) ticks += utime + stime + ended + endedInSystem;
    } catch {
      // The process has ended meanwhile.
    }
  return ticks * TICK;
}

const [url = '', origin = ''] = process.argv.slice(2);
boundGarbage({ role: 'worker' });
const database = new Database({ url, failed: () => undefined });
const identity = new LedgerIdentity(origin, [], [], null);
const verifier = new VerifyEntries(database, identity, new SystemClock(), noJobs, RuleParameters.load(null));
const [backend] = await database.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const postmaster = statOf(String(backend?.pid ?? 0))[1] ?? 0;
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
    postgres: postgresTime(postmaster),
    memory: process.memoryUsage.rss(),
  } satisfies Sample);
};
sample(0);
const total = await verifier.verify(sample);
sampled = -Infinity;
sample(total);
await database.close();
process.disconnect?.();
