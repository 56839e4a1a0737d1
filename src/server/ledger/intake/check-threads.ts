import { Worker } from 'node:worker_threads';
import type { OnApplicationShutdown } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { type CheckJob, type IntakeCheck, checkEvent } from './check-event.js';
import { FairQueue } from './fair-queue.js';
import { type PlainChecked, checkedOf } from '../read/reread-event.js';

/** Events in one message to a thread at most: enough to amortise its cost, few enough to share the work. */
const MESSAGE_LIMIT = 64;
/** Messages queued for one thread: one in work and the next. */
const MESSAGES_AHEAD = 2;

/** Heap for short-lived objects of a thread, MiB; a larger one took memory and no less processor time. */
const YOUNG_GENERATION = 16;

/**
 * Characters up to which an event of an unknown key, which has no signature to verify, is parsed in the main thread,
 * because a message costs more.
 */
const PARSED_HERE = 4_096;

interface Pending {
  job: CheckJob;
  resolve: (checked: IntakeCheck) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: Worker;
  messages: Pending[][];
}

/**
 * Checks events in worker threads: verifying signatures costs most, and must not delay the sequencer or use Node's
 * thread pool, which the file system needs.
 */
export class CheckThreads implements OnApplicationShutdown {
  private readonly threads: Thread[] = [];
  private readonly queue = new FairQueue<Pending>();
  private dispatching = false;
  private closed = false;

  constructor(
    private readonly log: string,
    count: number,
  ) {
    for (let i = 0; i < count; i += 1) this.threads.push(this.start());
  }

  /**
   * Checks one event. Rejects with `overloaded` if its thread ends; the sender may retry.
   * @param address of the client, and @param lane of the event there: its key, or that of batches; the queue is fair to both.
   */
  check(job: CheckJob, address = '', lane = ''): Promise<IntakeCheck> {
    if (job.jwk === null && job.text.length <= PARSED_HERE) return checkEvent(job, this.log);
    return new Promise((resolve, reject) => {
      this.queue.push(address, lane, { job, resolve, reject });
      if (this.dispatching) return;
      this.dispatching = true;
      // All events that arrive in one tick of the event loop share messages.
      setImmediate(() => {
        this.dispatching = false;
        this.dispatch();
      });
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private start(): Thread {
    const worker = new Worker(new URL('./check-thread.js', import.meta.url), {
      workerData: { log: this.log },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    // A thread that waits for work does not keep the process alive.
    worker.unref();
    const thread: Thread = { worker, messages: [] };
    worker.on('message', (results: PlainChecked[]) => {
      const message = thread.messages.shift() ?? [];
      if (thread.messages.length === 0) worker.unref();
      message.forEach(({ job, resolve, reject }, i) => {
        const checked = results[i];
        if (checked === undefined) reject(new Error('A check was left without a result.'));
        else resolve(checkedOf(checked, job.text, this.log));
      });
      this.dispatch();
    });
    // The `exit` event follows and answers the jobs.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.replace(thread));
    return thread;
  }

  private replace(thread: Thread): void {
    const lost = new AditError('overloaded', 'The check of this event was interrupted; send it again.');
    for (const message of thread.messages) for (const { reject } of message) reject(lost);
    thread.messages = [];
    if (this.closed) return;
    this.threads.splice(this.threads.indexOf(thread), 1, this.start());
    this.dispatch();
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const thread = this.threads.reduce((least, other) =>
        other.messages.length < least.messages.length ? other : least,
      );
      if (thread.messages.length >= MESSAGES_AHEAD) return;
      const message = this.queue.take(MESSAGE_LIMIT);
      thread.worker.ref();
      thread.messages.push(message);
      thread.worker.postMessage(message.map(({ job }) => job));
    }
  }
}

/** Threads that the service which uses them does not stop. */
class LentThreads extends CheckThreads {
  override onApplicationShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * The threads of all services of one process, one set for each log and number: loading a thread takes a third of the
 * processor time of a start.
 */
export class SharedThreads {
  private readonly sets = new Map<string, CheckThreads>();

  of(log: string, count: number): CheckThreads {
    const key = `${log} ${count}`;
    const known = this.sets.get(key) ?? new LentThreads(log, count);
    this.sets.set(key, known);
    return known;
  }

  async close(): Promise<void> {
    await Promise.all([...this.sets.values()].map((threads) => threads.close()));
  }
}
