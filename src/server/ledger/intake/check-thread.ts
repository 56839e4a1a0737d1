import { parentPort, workerData } from 'node:worker_threads';
import { type CheckJob, checkEvent } from './check-event.js';
import { type PlainChecked, plainChecked } from '../read/reread-event.js';

/** Thread of `CheckThreads`: checks the events of one message and returns the results together. */
const { log } = workerData as { log: string };

async function checkAll(jobs: CheckJob[]): Promise<PlainChecked[]> {
  const results: PlainChecked[] = [];
  for (const job of jobs) results.push(plainChecked(await checkEvent(job, log)));
  return results;
}

parentPort?.on('message', (jobs: CheckJob[]) => {
  checkAll(jobs).then(
    (results) => parentPort?.postMessage(results),
    // A fault of the service, not of the event: end the thread; the pool answers its jobs and starts another.
    (error: unknown) => {
      throw error;
    },
  );
});
