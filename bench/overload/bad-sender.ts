import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from 'undici';

/**
 * Sends events without a valid signature over so many connections, as fast as answers come, until its thread is ended.
 */
export interface BadOrder {
  url: string;
  connections: number;
  events: readonly string[];
}

const { url, connections, events } = workerData as BadOrder;
const pool = new Pool(url, { connections, pipelining: 1 });
let next = 0;
let answered = 0;

async function client(): Promise<void> {
  for (;;) {
    const event = events[next % events.length];
    next += 1;
    try {
      const { body } = await pool.request({
        path: '/v1/events',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event }),
      });
      await body.dump();
    } catch {
      // A refused or closed request does not stop the load.
    }
    answered += 1;
  }
}

for (let i = 0; i < connections; i += 1) void client();
parentPort?.on('message', () => parentPort?.postMessage(answered));
