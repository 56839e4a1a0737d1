import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { auditNow, loadConfig } from '../src/server/operator.js';
import { bareHttp, bareInsert, bareVerification } from './limits.js';
import { measureAsServed, measureHandovers } from './append.js';
import { postBatches, postEach } from './load.js';
import { page } from './page.js';
import { type BenchedService, startService } from './service.js';
import { type Row, Table, say } from './table.js';
import { measureStarts } from './start.js';
import { makeWorld } from './world.js';

/**
 * Measures the append through HTTP beside the machine's limits in the same run, of handovers (in role `api`, and as
 * `adit serve` runs) and of declarations; `--handovers` measures the first only, `--write` puts the tables into the docs.
 */

const QUICK = process.argv.includes('--quick');
const scale = (count: number): number => (QUICK ? Math.ceil(count / 10) : count);

async function logBytes(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  await client.end();
  return Number(rows[0]?.bytes ?? 0);
}

/** Audits the whole ledger from this process, as `adit audit` does; returns entries a second. */
async function audit(service: BenchedService, y1: number): Promise<number> {
  const before = process.cpuUsage();
  const started = performance.now();
  const { entries, faults } = await auditNow(loadConfig(service.environment), 'everything', () => undefined);
  const seconds = (performance.now() - started) / 1_000;
  if (faults.length > 0) throw new Error(`The audit found ${faults[0]?.detail}`);
  const { user, system } = process.cpuUsage(before);
  const perSecond = entries / seconds;
  say(
    `audit of ${entries} entries: ${perSecond.toFixed(0)}/s, ${(perSecond / y1).toFixed(2)} × Y1, ` +
      `processor ${((user + system) / entries).toFixed(0)} us an entry`,
  );
  return perSecond;
}

async function measureDeclarations(
  service: BenchedService,
  y1: number,
): Promise<{ rows: Row[]; memory: number; bytes: number }> {
  const { url } = service;
  const world = await makeWorld(url);
  const table = new Table(service, y1);
  await postEach(url, world.declarations(scale(2_000)), 16);
  for (const [clients, count] of [
    [1, 2_000],
    [16, 20_000],
    [64, 40_000],
  ] as const) {
    const events = world.declarations(scale(count));
    await table.add(`one event a request, ${clients} clients`, events.length, () => postEach(url, events, clients));
  }
  for (const [size, clients] of [
    [100, 8],
    [1_000, 4],
  ] as const) {
    const events = world.declarations(scale(50_000));
    await table.add(`batches of ${size.toLocaleString('en')}, ${clients} clients`, events.length, () =>
      postBatches(url, events, size, clients),
    );
  }

  const before = await logBytes(service.databaseUrl);
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, service.memory())), 100);
  const streamed = world.declarations(scale(100_000));
  await table.add(`${streamed.length} events streamed in batches of 1,000, 4 clients`, streamed.length, () =>
    postBatches(url, streamed, 1_000, 4),
  );
  clearInterval(watch);
  return { rows: table.rows, memory, bytes: ((await logBytes(service.databaseUrl)) - before) / streamed.length };
}

/** Runs a measurement on a service of its own. */
async function onService<T>(
  settings: Record<string, string>,
  run: (service: BenchedService) => Promise<T>,
): Promise<T> {
  const service = await startService(settings);
  try {
    return await run(service);
  } finally {
    await service.stop();
  }
}

async function main(): Promise<void> {
  const y1 = bareVerification();
  say(`Y1, bare Ed25519 verification on one thread: ${y1.toFixed(0)}/s`);
  const asApi = await onService({}, async (service) => {
    const measured = await measureHandovers(service, y1, scale);
    return { ...measured, audited: await audit(service, y1) };
  });
  const asServed = await onService({ ADIT_ROLE: 'all' }, (service) => measureAsServed(service, y1, scale));
  const starts = await measureStarts();
  if (process.argv.includes('--handovers')) return;
  await onService({}, async (service) => {
    const sample = Array.from({ length: scale(20_000) }, (_, i) => `${i}`.padEnd(870, 'x'));
    const insert = await bareInsert(service.databaseUrl, sample);
    say(`bare insert of the same rows, 1,000 a commit: ${insert.toFixed(0)}/s`);
    const http = await bareHttp(sample, 64);
    say(`HTTP server answering nothing, 64 clients: ${http.toFixed(0)}/s`);
    const { rows, memory, bytes } = await measureDeclarations(service, y1);
    say(`resident memory at most ${(memory / 2 ** 20).toFixed(0)} MiB, ${bytes.toFixed(0)} bytes an event on disk`);
    if (process.argv.includes('--write'))
      writeFileSync('docs/benchmarks.md', page({ y1, insert, http, asApi, asServed, starts, rows, memory, bytes }));
  });
}

await main();
