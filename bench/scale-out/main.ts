import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TRADERS, untilJudged } from '../append.js';
import { Handovers } from '../handovers.js';
import { postBatches, postChains, quantile } from '../load.js';
import { numbersOf } from '../options.js';
import { familyTime } from '../processor-time.js';
import { type BenchedService, type FurtherProcess, startBeside, startService } from '../service.js';
import { say } from '../table.js';

/**
 * Compares two API and two worker processes with one of each, on one PostgreSQL and one Redis: events a second of processor
 * time, of all processes and of the database, until the last event is judged. By processor time, because all of them share the
 * cores of one machine. `--rounds N` repeats it (default 3), `--quick` takes a tenth of the events.
 */

/** What two of each must do at least, of what one of each does, per second of processor time. */
const DEMAND = 0.9;
const CHAIN = 100;
const quick = process.argv.includes('--quick');
const [rounds = 3] = numbersOf('--rounds', '3');
const LOTS = quick ? 8 : 80;
const SINGLE_CHAINS = 64;
const SINGLES = quick ? 5 : 30;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Starts a Redis that keeps nothing on the disk: jobs are hints, their work is in the database. */
async function startRedis(): Promise<{ url: string; redis: ChildProcess }> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return { url: `redis://127.0.0.1:${port}`, redis: spawn('redis-server', options, { stdio: 'ignore' }) };
}

/** Records handovers through all addresses at once: batches, and single events of 64 clients; returns their number. */
async function record(urls: readonly string[], handovers: Handovers, lots: number, singles: number): Promise<number> {
  const shares = urls.map(() => ({
    batches: Array.from({ length: lots / urls.length }, () => handovers.chain(CHAIN)).flat(),
    chains: Array.from({ length: SINGLE_CHAINS / urls.length }, () => handovers.chain(singles)),
  }));
  for (const way of ['batches', 'chains'] as const)
    await Promise.all(
      urls.map((url, n) =>
        way === 'batches'
          ? postBatches(url, shares[n]?.batches ?? [], CHAIN, 8 / urls.length)
          : postChains(url, shares[n]?.chains ?? [], SINGLE_CHAINS / urls.length),
      ),
    );
  return shares.flatMap(({ batches, chains }) => [...batches, ...chains.flat()]).length;
}

/** Measures so many API and worker processes; returns events a second of processor time. */
async function measure(each: number, redisUrl: string): Promise<number> {
  const service: BenchedService = await startService({ REDIS_URL: redisUrl });
  const others: FurtherProcess[] = [];
  try {
    for (let n = 0; n < each; n += 1) others.push(await startBeside(service, 'worker'));
    for (let n = 1; n < each; n += 1) others.push(await startBeside(service, 'api'));
    const urls = [service.url, ...others.slice(each).map(({ url }) => url)];
    const handovers = await Handovers.open(service.url, TRADERS);
    await record(urls, handovers, LOTS / 4, 5);
    await untilJudged(service);
    const processor = (): number => {
      const { service: first, database } = service.processor();
      return first + database + others.reduce((sum, { pid }) => sum + familyTime(pid), 0);
    };
    const before = processor();
    const started = performance.now();
    const events = await record(urls, handovers, LOTS, SINGLES);
    await untilJudged(service);
    const seconds = (performance.now() - started) / 1_000;
    const rate = events / ((processor() - before) / 1_000);
    say(
      `${each} API and ${each} worker: ${events} events recorded and judged in ${seconds.toFixed(1)} s, ` +
        `${(1_000_000 / rate).toFixed(0)} us of processor an event, ${rate.toFixed(0)} a second of processor`,
    );
    return rate;
  } finally {
    for (const other of others.toReversed()) await other.stop();
    await service.stop();
  }
}

async function main(): Promise<void> {
  const { url, redis } = await startRedis();
  try {
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [one, two] = [await measure(1, url), await measure(2, url)];
      ratios.push(two / one);
      say(`two of each do ${(two / one).toFixed(2)} of one of each, a second of processor`);
    }
    const ratio = quantile(ratios, 0.5);
    say(`median of ${rounds}: ${ratio.toFixed(2)}; ${ratio >= DEMAND ? 'pass' : 'FAIL'} (at least ${DEMAND})`);
    process.exitCode = ratio >= DEMAND ? 0 : 1;
  } finally {
    redis.kill();
  }
}

await main();
