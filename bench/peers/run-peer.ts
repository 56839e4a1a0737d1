import { readFileSync } from 'node:fs';
import { quantile } from '../load.js';
import type { Peer, PeerPlace } from './peer.js';

/** What a process that measures one peer is given, and what it returns. */
export interface PeerTask extends PeerPlace {
  peer: 'trigger' | 'sqlite' | 'hypercore' | 'orm';
  /** File with the texts of the events, one a line. */
  batches: string;
  singles: string;
}

export interface PeerRates {
  hundred: number;
  thousand: number;
  single: number;
  singleP50: number;
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

async function rateOf(peer: Peer, events: readonly string[], size: number): Promise<{ rate: number; p50: number }> {
  const times: number[] = [];
  const started = performance.now();
  for (let from = 0; from < events.length; from += size) {
    const begun = performance.now();
    await peer.append(events.slice(from, from + size));
    times.push(performance.now() - begun);
  }
  return { rate: events.length / ((performance.now() - started) / 1_000), p50: quantile(times, 0.5) };
}

async function open({ peer, ...place }: PeerTask): Promise<Peer> {
  if (peer === 'trigger') return (await import('./trigger-chain.js')).openTriggerChain(place);
  if (peer === 'sqlite') return (await import('./sqlite-chain.js')).openSqliteChain(place);
  return (await import('./hypercore-log.js')).openHypercore(place);
}

async function measured(task: PeerTask): Promise<PeerRates> {
  const [batches, singles] = [linesOf(task.batches), linesOf(task.singles)];
  const peer = await open(task);
  // Warms up, with a tenth of the events; not counted.
  await rateOf(peer, batches.slice(0, batches.length / 10), 100);
  const hundred = await rateOf(peer, batches, 100);
  const thousand = await rateOf(peer, batches, 1_000);
  const single = await rateOf(peer, singles, 1);
  await peer.close();
  return { hundred: hundred.rate, thousand: thousand.rate, single: single.rate, singleP50: single.p50 };
}

process.once('message', (task: PeerTask) => {
  const answer =
    task.peer === 'orm'
      ? import('./orm-service.js').then(({ startOrmService }) => startOrmService(task.databaseUrl, task.keys))
      : measured(task);
  answer.then(
    (value) => process.send?.(value),
    (error: unknown) => {
      process.stderr.write(`${task.peer}: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
