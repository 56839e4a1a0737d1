import { cpus, totalmem } from 'node:os';
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { bareHttp, bareInsert, bareVerification } from './limits.js';
import { type LoadResult, postBatches, postEach } from './load.js';
import { type BenchedService, startService } from './service.js';
import { makeWorld } from './world.js';

/**
 * Measures the append through HTTP beside the machine's limits in the same run; `--write` puts the table into the docs.
 */

const QUICK = process.argv.includes('--quick');
const scale = (count: number): number => (QUICK ? Math.ceil(count / 10) : count);

interface Row {
  name: string;
  perSecond: number;
  toY1: number;
  p50: number;
  p99: number;
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function logBytes(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  await client.end();
  return Number(rows[0]?.bytes ?? 0);
}

async function measure(service: BenchedService, y1: number): Promise<{ rows: Row[]; memory: number; bytes: number }> {
  const world = await makeWorld(service.url);
  const rows: Row[] = [];
  const add = (name: string, { perSecond, p50, p99 }: LoadResult): void => {
    rows.push({ name, perSecond, toY1: perSecond / y1, p50, p99 });
    say(
      `${name}: ${perSecond.toFixed(0)}/s, ${(perSecond / y1).toFixed(2)} × Y1, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    );
  };
  // Warms up the compiler and the database's caches; not counted.
  await postEach(service.url, world.declarations(scale(2_000)), 16);
  for (const [clients, count] of [
    [1, 2_000],
    [16, 20_000],
    [64, 40_000],
  ] as const)
    add(
      `one event a request, ${clients} clients`,
      await postEach(service.url, world.declarations(scale(count)), clients),
    );
  add('batches of 100, 8 clients', await postBatches(service.url, world.declarations(scale(50_000)), 100, 8));
  add('batches of 1,000, 4 clients', await postBatches(service.url, world.declarations(scale(50_000)), 1_000, 4));

  const before = await logBytes(service.databaseUrl);
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, service.memory())), 100);
  const streamed = scale(100_000);
  add(
    `${streamed} events streamed in batches of 1,000, 4 clients`,
    await postBatches(service.url, world.declarations(streamed), 1_000, 4),
  );
  clearInterval(watch);
  return { rows, memory, bytes: ((await logBytes(service.databaseUrl)) - before) / streamed };
}

async function main(): Promise<void> {
  const y1 = bareVerification();
  say(`Y1, bare Ed25519 verification on one thread: ${y1.toFixed(0)}/s`);
  const service = await startService();
  try {
    const sample = Array.from({ length: scale(20_000) }, (_, i) => `${i}`.padEnd(870, 'x'));
    const insert = await bareInsert(service.databaseUrl, sample);
    say(`bare insert of the same rows, 1,000 a commit: ${insert.toFixed(0)}/s`);
    const http = await bareHttp(sample, 64);
    say(`HTTP server answering nothing, 64 clients: ${http.toFixed(0)}/s`);
    const { rows, memory, bytes } = await measure(service, y1);
    say(`resident memory at most ${(memory / 2 ** 20).toFixed(0)} MiB, ${bytes.toFixed(0)} bytes an event on disk`);
    if (process.argv.includes('--write'))
      writeFileSync('docs/benchmarks.md', page({ y1, insert, http, rows, memory, bytes }));
  } finally {
    await service.stop();
  }
}

interface Figures {
  y1: number;
  insert: number;
  http: number;
  rows: Row[];
  memory: number;
  bytes: number;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

function page({ y1, insert, http, rows, memory, bytes }: Figures): string {
  const [cpu] = cpus();
  return `# Benchmarks

\`npm run bench -- --write\` measures and writes this page. Figures of one machine on one day; what counts is the ratio to
what the same machine gave in the same run. The client that sends runs on the same cores and is part of every figure.

Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform}, Node ${process.version}, embedded PostgreSQL 18 with fsync
on. The service runs as \`npm start\` runs it, in the role \`api\`: the verification workers are processes of their own.

| limit, measured in the same run | a second |
| --- | ---: |
| Y1: bare Ed25519 verification, one thread | ${whole(y1)} |
| bare insert of rows of the same size, 1,000 a commit | ${whole(insert)} |
| HTTP server that answers nothing, 64 clients | ${whole(http)} |

Every answer below is given after the event is durable, in a signed checkpoint; single events are answered with their
receipt. Each event is a declaration of one lot, signed with Ed25519, about 1,100 characters.

| through HTTP | events/s | × Y1 | p50 ms | p99 ms |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.name} | ${whole(row.perSecond)} | ${row.toY1.toFixed(2)} | ${row.p50.toFixed(1)} | ${row.p99.toFixed(1)} |`).join('\n')}

Latency is that of one request: of a batch, all of its events. While ${whole(rows.length > 0 ? 100_000 : 0)} events streamed in, the service's resident memory
was at most ${(memory / 2 ** 20).toFixed(0)} MiB; an event took ${whole(bytes)} bytes on disk, with its lot, its chain, its tag, its hashes and all indexes.
`;
}

await main();
