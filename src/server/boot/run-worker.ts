import { lowerProcess } from '../../platform/priority.js';
import { loadConfig } from '../config/config.js';
import { HealthRegistry } from '../http/health.js';
import { Metrics } from '../http/metrics.js';
import { boundGarbage } from './bound-garbage.js';
import { JsonLogger } from './logger.js';
import { type RunningWorker, startWorker, stopAndExit } from './start.js';
import type { Asked, Question, WorkerMessage } from './worker-messages.js';

/** Member of every log line and label of every series of this process. */
const NAME = { process: 'worker' };

/** Sends a message to the process that supervises this one, unless that has ended. */
const send = (message: WorkerMessage): void => {
  if (process.connected) process.send?.(message, () => undefined);
};

/** Returns the metrics, or why the worker is not ready; null if it is. */
async function answer({ app }: RunningWorker, question: Question): Promise<string | null> {
  if (question === 'metrics') return app.get(Metrics).text();
  const { ready, checks } = await app.get(HealthRegistry).readiness();
  const missing = Object.entries(checks).filter(([, state]) => state !== 'ready');
  return ready ? null : missing.map(([name, state]) => `${name}: ${state}`).join('; ');
}

/**
 * Stops once, at a signal or when the supervising process has ended. Further signals change nothing: Ctrl-C
 * reaches both processes, and the other one ends this one if it takes too long.
 */
function stopOnce(worker: RunningWorker, logger: JsonLogger): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    stopAndExit(worker, logger);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  if (!process.connected) stop();
}

/** Runs the worker of `adit serve` (worker-process.ts), which has prepared the database that the environment names. */
async function run(): Promise<void> {
  const config = loadConfig(undefined, { ADIT_ROLE: 'worker' });
  const logger = new JsonLogger(config.logLevel, undefined, NAME);
  lowerProcess();
  try {
    boundGarbage(config);
    const worker = await startWorker(config, config.databaseUrl ?? '', logger);
    worker.app.get(Metrics).registry.setDefaultLabels(NAME);
    process.on('message', ({ number, question }: Asked) => {
      answer(worker, question).then(
        (text) => send({ number, answer: text }),
        (err: unknown) => logger.warn({ msg: 'a question could not be answered', question, err }, 'start'),
      );
    });
    stopOnce(worker, logger);
    send('started');
  } catch (err) {
    logger.fatal({ msg: 'the worker could not start', err }, 'start');
    process.exit(1);
  }
}

await run();
