import type { Config } from '../config/config.js';

const SECOND = 1_000;

/** One kind of background work. The database has the work; a job only starts a query for it. */
export interface JobKind {
  queue: string;
  /** What the work is, for messages. */
  task: string;
  /** Interval, ms; null: this ledger has no such work. */
  every(config: Config): number | null;
  /** Time in which wake-ups count as one, ms: each job does everything that waits. */
  wakeDelay: number;
  /** True if the job also runs when a process starts, for changes while the service was stopped. */
  atStart: boolean;
}

/** All background work of the service. Work of different kinds is in different queues, so that none delays another. */
export const jobKinds = {
  verify: {
    queue: 'verification',
    task: 'judging entries',
    every: () => 5 * SECOND,
    wakeDelay: 100,
    atStart: true,
  },
  audit: {
    queue: 'audit',
    task: 'auditing the log',
    every: ({ auditIntervalSeconds }) => auditIntervalSeconds * SECOND,
    wakeDelay: 0,
    atStart: true,
  },
  deadlines: {
    queue: 'deadlines',
    task: 'watching deadlines',
    every: () => 5 * SECOND,
    wakeDelay: 0,
    atStart: false,
  },
  raise: {
    queue: 'alerts',
    task: 'raising alerts',
    every: () => 5 * SECOND,
    wakeDelay: 0,
    atStart: true,
  },
  deliver: {
    queue: 'deliveries',
    task: 'a delivery',
    every: () => 5 * SECOND,
    wakeDelay: 0,
    atStart: true,
  },
  seal: {
    queue: 'index',
    task: 'sealing the index',
    every: ({ indexIntervalSeconds }) => indexIntervalSeconds * SECOND,
    wakeDelay: 0,
    atStart: false,
  },
  collect: {
    queue: 'witnesses',
    task: 'asking the witnesses',
    every: ({ witnessPolicyFile, witnessIntervalSeconds }) =>
      witnessPolicyFile === null ? null : witnessIntervalSeconds * SECOND,
    wakeDelay: 0,
    atStart: false,
  },
  sweep: {
    queue: 'sweeps',
    task: 'removing what was erased',
    every: () => 60 * SECOND,
    wakeDelay: 0,
    atStart: false,
  },
} satisfies Record<string, JobKind>;

export type JobName = keyof typeof jobKinds;

/** What a job is about, where it is not about everything that waits. */
export interface JobData {
  subscription?: string;
}

/** Starts background work. */
export abstract class Jobs {
  /**
   * Enqueues a job, `after` ms or after the wake delay of its kind. Never rejects: the database has the work, and the
   * next run of the repeating job finds it.
   */
  abstract wake(name: JobName, after?: number, data?: JobData): Promise<void>;
}

/** Starts nothing, where no process works in the background. */
export const noJobs: Jobs = { wake: () => Promise.resolve() };
