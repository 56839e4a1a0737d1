import type { Acknowledged } from './acknowledged.js';
import type { HonestWorld } from './honest-world.js';
import { long } from './rounds.js';

export interface IngestOptions {
  /** Whether a client goes on after a lost answer; otherwise it ends there. */
  patient?: boolean;
  clients?: number;
  /** Events in a batch. */
  size?: number;
  /** Pause of each client after an answer, ms: what is recorded is checked after every fault, and remembered for hours. */
  rest?: number;
}

export interface Ingest {
  /** Resolves when every client has had its last answer. */
  stop(): Promise<void>;
}

/**
 * Clients that record honest events until told to stop: most in batches, one in four singly. By default eight, and 20
 * events a batch; in the short round fewer, because what they wrote is checked after every fault. With several addresses they share them out.
 */
export function ingest(
  urls: readonly string[],
  world: HonestWorld,
  acknowledged: Acknowledged,
  { patient = false, clients = long ? 8 : 4, size = long ? 20 : 8, rest = long ? 0 : 10 }: IngestOptions = {},
): Ingest {
  let stopped = false;
  const client = async (number: number): Promise<void> => {
    const url = urls[number % urls.length] ?? '';
    while (!stopped) {
      const single = number % 4 === 3;
      const ending = single
        ? await acknowledged.sendOne(url, world.declare())
        : await acknowledged.sendBatch(url, world.batch(size));
      if (ending !== 'answered' && !patient) return;
      const wait = ending === 'answered' ? rest : 50;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  // A client that fails says so when it is stopped.
  all.catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await all;
    },
  };
}
