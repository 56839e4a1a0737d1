import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before the service by `NODE_OPTIONS`, in its own process: notes each turn of its event loop that takes long, as a line
 * of JSON. A turn is measured by the processor time that its thread has used, so that whatever else runs on the machine does
 * not count.
 */

/** How often a timer looks, ms, and the shortest turn that is noted. */
const EVERY = 5;
const NOTED = 20;

export interface LongTurn {
  /** ms since 1970 UTC, at its end. */
  at: number;
  /** Processor time of the thread, ms. */
  used: number;
  /** Wall clock, ms. */
  took: number;
}

/** Reads the processor time that the main thread has used, ms. */
function used(): number {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

const file = process.env.ADIT_TEST_LOOP_FILE;
if (file !== undefined && isMainThread) {
  let [before, began] = [used(), performance.now()];
  setInterval(() => {
    const [now, time] = [used(), performance.now()];
    const turn: LongTurn = { at: Date.now(), used: now - before, took: time - began };
    [before, began] = [now, time];
    if (turn.used >= NOTED) appendFileSync(file, `${JSON.stringify(turn)}\n`);
  }, EVERY).unref();
}
