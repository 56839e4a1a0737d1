import { cpus, totalmem } from 'node:os';
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { auditNow, loadConfig } from '../src/server/operator.js';
import { bareHttp, bareInsert, bareVerification } from './limits.js';
import { Handovers } from './handovers.js';
import { type LoadResult, postBatches, postChains, postEach } from './load.js';
import { type BenchedService, startService } from './service.js';
import { makeWorld } from './world.js';

/**
 * Measures the append through HTTP beside the machine's limits in the same run, of handovers and of declarations;
 * `--handovers` measures the first only, `--write` puts the tables into the docs.
 */

const QUICK = process.argv.includes('--quick');
const scale = (count: number): number => (QUICK ? Math.ceil(count / 10) : count);

interface Row extends LoadResult {
  name: string;
  toY1: number;
  /** Processor time an event, us: of the service, and of the processes of its database. */
  service: number;
  database: number;
}

/** Lots of a handover table and events of each lot: as many as traders hand over in a busy hour. */
const LOTS = 200;
const CHAIN = 100;
const TRADERS = 50;

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

/** Collects the rows of one table, and prints each when it is measured. */
class Table {
  readonly rows: Row[] = [];

  constructor(
    private readonly service: BenchedService,
    private readonly y1: number,
  ) {}

  async add(name: string, events: number, run: () => Promise<LoadResult>): Promise<void> {
    const before = this.service.processor();
    const result = await run();
    const after = this.service.processor();
    const microseconds = (of: 'service' | 'database'): number => ((after[of] - before[of]) * 1_000) / events;
    const row: Row = {
      ...result,
      name,
      toY1: result.perSecond / this.y1,
      service: microseconds('service'),
      database: microseconds('database'),
    };
    this.rows.push(row);
    say(
      `${name}: ${row.perSecond.toFixed(0)}/s, ${row.toY1.toFixed(2)} × Y1, p50 ${row.p50.toFixed(1)} ms, ` +
        `p99 ${row.p99.toFixed(1)} ms, processor ${row.service.toFixed(0)} and ${row.database.toFixed(0)} us an event`,
    );
  }
}

/** Measures chains of handovers: a batch holds the chain of one lot, a single client posts a chain event by event. */
async function measureHandovers(service: BenchedService, y1: number): Promise<Row[]> {
  const { url } = service;
  const handovers = await Handovers.open(url, TRADERS);
  const chains = (lots: number, length = CHAIN): string[][] =>
    Array.from({ length: lots }, () => handovers.chain(length));
  const table = new Table(service, y1);
  const batches = async (size: number, clients: number): Promise<void> => {
    const events = chains(scale(LOTS)).flat();
    await table.add(`batches of ${size.toLocaleString('en')}, ${clients} clients`, events.length, () =>
      postBatches(url, events, size, clients),
    );
  };
  const singles = async (clients: number, lots: number): Promise<void> => {
    const sent = chains(lots, scale(CHAIN));
    await table.add(`one event a request, ${clients} clients`, sent.flat().length, () =>
      postChains(url, sent, clients),
    );
  };
  // Warms up the compiler and the database's caches; not counted.
  await postBatches(url, chains(scale(LOTS / 4)).flat(), CHAIN, 8);
  await postChains(url, chains(64, 10), 64);
  await batches(100, 8);
  await batches(1_000, 4);
  await singles(64, 64 * 4);
  await singles(1, 16);
  await audit(service, y1);
  return table.rows;
}

/** Audits the whole ledger from this process, as `adit audit` does, and prints entries a second. */
async function audit(service: BenchedService, y1: number): Promise<void> {
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
async function onService<T>(run: (service: BenchedService) => Promise<T>): Promise<T> {
  const service = await startService();
  try {
    return await run(service);
  } finally {
    await service.stop();
  }
}

async function main(): Promise<void> {
  const y1 = bareVerification();
  say(`Y1, bare Ed25519 verification on one thread: ${y1.toFixed(0)}/s`);
  const handovers = await onService((service) => measureHandovers(service, y1));
  if (process.argv.includes('--handovers')) return;
  await onService(async (service) => {
    const sample = Array.from({ length: scale(20_000) }, (_, i) => `${i}`.padEnd(870, 'x'));
    const insert = await bareInsert(service.databaseUrl, sample);
    say(`bare insert of the same rows, 1,000 a commit: ${insert.toFixed(0)}/s`);
    const http = await bareHttp(sample, 64);
    say(`HTTP server answering nothing, 64 clients: ${http.toFixed(0)}/s`);
    const { rows, memory, bytes } = await measureDeclarations(service, y1);
    say(`resident memory at most ${(memory / 2 ** 20).toFixed(0)} MiB, ${bytes.toFixed(0)} bytes an event on disk`);
    if (process.argv.includes('--write'))
      writeFileSync('docs/benchmarks.md', page({ y1, insert, http, handovers, rows, memory, bytes }));
  });
}

interface Figures {
  y1: number;
  insert: number;
  http: number;
  handovers: Row[];
  rows: Row[];
  memory: number;
  bytes: number;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

const tableOf = (
  rows: readonly Row[],
): string => `| through HTTP | events/s | × Y1 | p50 ms | p99 ms | service us | database us |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.name} | ${whole(row.perSecond)} | ${row.toY1.toFixed(2)} | ${row.p50.toFixed(1)} | ${row.p99.toFixed(1)} | ${row.service.toFixed(0)} | ${row.database.toFixed(0)} |`).join('\n')}`;

function page({ y1, insert, http, handovers, rows, memory, bytes }: Figures): string {
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
receipt. Events are signed with Ed25519 and have about 1,100 characters. The last two columns are the processor time an event
of the service and of its database.

## Handovers

${LOTS} lots, each declared and then dispatched and received among ${TRADERS} traders, ${CHAIN} events a lot.

${tableOf(handovers)}

## Declarations

Each event declares one lot of its own.

${tableOf(rows)}

Latency is that of one request: of a batch, all of its events. While ${whole(rows.length > 0 ? 100_000 : 0)} events streamed in, the service's resident memory
was at most ${(memory / 2 ** 20).toFixed(0)} MiB; an event took ${whole(bytes)} bytes on disk, with its lot, its chain, its tag, its hashes and all indexes.
`;
}

await main();
