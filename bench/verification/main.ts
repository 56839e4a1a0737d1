import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { postBatches, postEach, quantile } from '../load.js';
import { numbersOf } from '../options.js';
import { type BenchedService, startService } from '../service.js';
import { Chains, type LotHead } from './chains.js';
import { measureJudging } from './judging.js';

/**
 * Measures judging as the ledger grows: the time from a receipt to its finding at 10⁴ and 10⁵ events (`--sizes
 * 10000,1000000`); the rows of sequential scans meanwhile; the same while events are appended; and the answers about a
 * lot with 10,000 ancestors.
 *
 * With `--handovers 10,100,1000` it measures judging alone instead: one worker on a backlog of 20,000 handovers, of
 * chains of these lengths (`--events 6000`: of fewer).
 */

const SITES = 500;
const HANDOVERS = 20;
const STREAM_SECONDS = 20;
const STREAM_RATE = 1_000;
/** Lots that one event aggregates. */
const HEAP = 199;

const sizes = numbersOf('--sizes', '10000,100000');
const handovers = process.argv.includes('--handovers') ? numbersOf('--handovers', '') : null;
const [backlog = 0] = numbersOf('--events', '20000');

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class Bench {
  private number = 0;

  constructor(
    private readonly service: BenchedService,
    private readonly chains: Chains,
    private readonly db: pg.Client,
  ) {}

  async count(sql: string): Promise<number> {
    const { rows } = await this.db.query<{ count: string }>(sql);
    return Number(rows[0]?.count ?? 0);
  }

  /** Declares bags until the log has so many entries, and waits until all are judged. */
  async grow(size: number): Promise<void> {
    for (let now = await this.entries(); now < size; now = await this.entries()) {
      const events = Array.from(
        { length: Math.min(20_000, size - now) },
        () => this.chains.declare(this.number++).text,
      );
      await postBatches(this.service.url, events, 1_000, 2);
    }
    const started = performance.now();
    const before = await this.judged();
    while ((await this.judged()) < (await this.entries())) await wait(200);
    const judged = (await this.judged()) - before;
    const seconds = (performance.now() - started) / 1_000;
    if (judged > 1_000) say(`  caught up on ${judged} entries: ${(judged / seconds).toFixed(0)} a second`);
  }

  entries = (): Promise<number> => this.count('SELECT size AS count FROM log_state');
  judged = (): Promise<number> => this.count('SELECT next AS count FROM verification_cursor');

  private async get(path: string): Promise<{ text: string; ms: number }> {
    const started = performance.now();
    const text = await (await fetch(`${this.service.url}${path}`)).text();
    return { text, ms: performance.now() - started };
  }

  /** Returns the time from the answer to a receipt with a wrong mass to its finding, ms. */
  async findingAfterReceipt(): Promise<number> {
    const number = this.number++;
    const declared = this.chains.declare(number);
    const sent = this.chains.dispatch(number, declared.lots[0] as LotHead);
    const got = this.chains.receive(number, sent.lots[0] as LotHead, '99.9');
    await postEach(this.service.url, [declared.text], 1);
    await postEach(this.service.url, [sent.text], 1);
    await postEach(this.service.url, [got.text], 1);
    const started = performance.now();
    for (;;) {
      const { text } = await this.get(`/v1/findings?rule=mass-gained&lot=${declared.lots[0]?.lot ?? ''}`);
      if (text.includes('"rule"')) return performance.now() - started;
      if (performance.now() - started > 60_000) throw new Error('The finding did not come within a minute.');
      await wait(10);
    }
  }

  /** Returns the rows read by sequential scans, by table, without very small tables. */
  private async scanned(): Promise<Map<string, number>> {
    await wait(1_200);
    const { rows } = await this.db.query<{ name: string; read: string }>(
      'SELECT relname AS name, seq_tup_read AS read FROM pg_stat_user_tables WHERE n_live_tup > 1000',
    );
    return new Map(rows.map(({ name, read }) => [name, Number(read)]));
  }

  async measure(): Promise<void> {
    const size = await this.entries();
    const before = await this.scanned();
    const times: number[] = [];
    for (let i = 0; i < HANDOVERS; i += 1) times.push(await this.findingAfterReceipt());
    const after = await this.scanned();
    const scans = [...after].filter(([name, read]) => read - (before.get(name) ?? 0) > 0);
    say(
      `  ${size} entries: receipt to finding p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms`,
    );
    const text = scans.map(([name, read]) => `${name} ${read - (before.get(name) ?? 0)}`).join(', ');
    say(`  rows read by sequential scans in tables of more than 1,000 rows: ${text === '' ? 'none' : text}`);
  }

  /** Measures the same while so many events a second are appended. */
  async stream(): Promise<void> {
    const batches = Array.from({ length: STREAM_SECONDS }, () =>
      Array.from({ length: STREAM_RATE }, () => this.chains.declare(this.number++).text),
    );
    const times: number[] = [];
    let streaming = true;
    const probe = (async () => {
      while (streaming) times.push(await this.findingAfterReceipt());
    })();
    const started = performance.now();
    for (const [i, batch] of batches.entries()) {
      await postBatches(this.service.url, batch, 250, 2);
      await wait(Math.max(0, started + (i + 1) * 1_000 - performance.now()));
    }
    const rate = (STREAM_SECONDS * STREAM_RATE) / ((performance.now() - started) / 1_000);
    streaming = false;
    await probe;
    say(
      `  while ${rate.toFixed(0)} events/s stream in: ${times.length} receipts, p50 ${quantile(times, 0.5).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms`,
    );
  }

  /** Aggregates 10,000 bags, as many as one event takes at a time, and then the results. */
  async deep(): Promise<void> {
    const bags: LotHead[] = [];
    const declared = Array.from({ length: 10_000 }, () =>
      this.chains.declare(this.chains.coops.length * this.number++),
    );
    await postBatches(
      this.service.url,
      declared.map(({ text }) => text),
      1_000,
      2,
    );
    for (const { lots } of declared) bags.push(...lots);
    const heaps = Array.from({ length: Math.ceil(bags.length / HEAP) }, (_, i) =>
      this.chains.aggregate(0, bags.slice(i * HEAP, (i + 1) * HEAP), '9800'),
    );
    await postEach(
      this.service.url,
      heaps.map(({ text }) => text),
      1,
    );
    const all = this.chains.aggregate(
      0,
      heaps.flatMap(({ lots }) => lots),
      '490000',
    );
    await postEach(this.service.url, [all.text], 1);
    while ((await this.judged()) < (await this.entries())) await wait(200);
    const made = all.lots[0]?.lot ?? '';
    for (const [what, path] of [
      ['report', `/v1/lots/${made}/report`],
      ['impact of its first ancestor', `/v1/lots/${bags[0]?.lot ?? ''}/impact`],
    ] as const) {
      const cold = await this.get(path);
      const warm = await Promise.all([0, 1, 2].map(() => this.get(path)));
      say(
        `  ${what} of a lot with 10,051 ancestors: first ${cold.ms.toFixed(0)} ms, then ${Math.max(...warm.map(({ ms }) => ms)).toFixed(0)} ms`,
      );
    }
  }
}

async function measureGrowth(service: BenchedService): Promise<void> {
  const db = new pg.Client({ connectionString: service.databaseUrl });
  await db.connect();
  try {
    const bench = new Bench(service, await Chains.open(service.url, SITES), db);
    for (const size of sizes) {
      await bench.grow(size);
      await bench.measure();
    }
    await bench.stream();
    await bench.deep();
    say(`  memory of the service: ${(service.memory() / 2 ** 20).toFixed(0)} MiB`);
  } finally {
    await db.end();
  }
}

// The worker that is measured is a process of its own.
const role = handovers === null ? 'all' : 'api';
const service = await startService({ ADIT_ROLE: role, ADIT_AUDIT_INTERVAL_SECONDS: '604800' });
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  if (handovers === null) await measureGrowth(service);
  else await measureJudging(service, backlog, handovers, say);
} finally {
  await service.stop();
}
