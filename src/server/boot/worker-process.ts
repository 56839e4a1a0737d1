import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { LoggerService } from '@nestjs/common';
import type { Asked, Question, WorkerMessage } from './worker-messages.js';

const PROGRAM = fileURLToPath(new URL('./run-worker.js', import.meta.url));

/** Pause before a worker that ended is started again, ms; it doubles with each end, up to the longest. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** Time after which an end is no longer counted with the ones before it, ms. */
const SETTLED = 60_000;
/** Time limit of an answer, ms. */
const ANSWER_LIMIT = 2_000;
/** Time limit of a stop, ms: shorter than that of the whole command, which then stops the database. */
const STOP_LIMIT = 8_000;

/** Reports that the worker had to be killed. */
class WorkerHungError extends Error {
  override readonly name = 'WorkerHungError';
}

/** Copies whole lines, so that those of two processes do not mix. */
function copyLines(from: Readable | null, to: NodeJS.WritableStream): void {
  if (from !== null) createInterface({ input: from }).on('line', (line) => to.write(`${line}\n`));
}

/** Runs the worker in a process of its own, and starts it again when it ends. */
export class WorkerProcess {
  private child: ChildProcess;
  /** Why the worker does not run; null while it does. */
  private missing: string | null = 'starting';
  private stopping = false;
  private hung = false;
  /** Ends of which each followed soon after the one before. */
  private ends = 0;
  private pause: NodeJS.Timeout | undefined;
  private asked = 0;
  /** Questions without an answer, and the one that is given if none comes. */
  private readonly waiting = new Map<number, { answer: (text: string | null) => void; otherwise: string | null }>();
  /** Number of times that the worker was started again. */
  restarts = 0;

  /** @param environment its settings, of which the database must be one. */
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logger: LoggerService,
  ) {
    this.child = this.start();
    process.once('exit', this.kill);
  }

  get running(): boolean {
    return this.missing === null;
  }

  /** Returns why the worker is not ready, or null. */
  readonly whyNotReady = (): Promise<string | null> =>
    this.missing === null
      ? this.ask('readiness', `no answer within ${ANSWER_LIMIT} ms`)
      : Promise.resolve(this.missing);

  /** Returns its metrics in the Prometheus format; null while it does not run or does not answer. */
  readonly metrics = (): Promise<string | null> =>
    this.missing === null ? this.ask('metrics', null) : Promise.resolve(null);

  /** Lets the worker complete its jobs; kills it after the limit, and then throws. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.pause);
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const ended = once(child, 'exit');
      const limit = setTimeout(() => {
        this.hung = true;
        this.kill();
      }, STOP_LIMIT);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(limit);
    }
    process.off('exit', this.kill);
    if (this.hung) throw new WorkerHungError(`The worker did not stop within ${STOP_LIMIT} ms.`);
  }

  private readonly kill = (): void => void this.child.kill('SIGKILL');

  private start(): ChildProcess {
    const child = fork(PROGRAM, [], { env: this.environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const began = performance.now();
    copyLines(child.stdout, process.stdout);
    copyLines(child.stderr, process.stderr);
    child.on('message', (message: WorkerMessage) => this.take(message));
    child.on('error', (err) => {
      this.logger.error({ msg: 'the process of the worker failed', err }, 'worker');
      if (child.pid === undefined) this.ended('no process', 0);
    });
    child.on('exit', (code, signal) => this.ended(signal ?? `code ${code}`, performance.now() - began));
    return child;
  }

  private take(message: WorkerMessage): void {
    if (message === 'started') {
      this.missing = null;
      this.logger.log({ msg: 'the worker runs', pid: this.child.pid }, 'worker');
      return;
    }
    this.waiting.get(message.number)?.answer(message.answer);
  }

  private ended(how: string, ran: number): void {
    this.missing = this.stopping ? 'stopped' : `restarting: it ended with ${how}`;
    for (const { answer, otherwise } of this.waiting.values()) answer(otherwise === null ? null : this.missing);
    if (this.stopping) return;
    this.ends = ran > SETTLED ? 1 : this.ends + 1;
    const pause = Math.min(PAUSE * 2 ** (this.ends - 1), LONGEST_PAUSE);
    this.logger.error({ msg: 'the worker ended, and is started again', how, pause }, 'worker');
    this.pause = setTimeout(() => {
      this.restarts += 1;
      this.child = this.start();
    }, pause);
  }

  /** @param otherwise the answer if there is none in time. */
  private ask(question: Question, otherwise: string | null): Promise<string | null> {
    const number = (this.asked += 1);
    return new Promise((resolve) => {
      const answer = (text: string | null): void => {
        clearTimeout(limit);
        this.waiting.delete(number);
        resolve(text);
      };
      const limit = setTimeout(() => answer(otherwise), ANSWER_LIMIT);
      this.waiting.set(number, { answer, otherwise });
      this.child.send({ number, question } satisfies Asked, (error) => {
        if (error !== null) answer(otherwise);
      });
    });
  }
}
