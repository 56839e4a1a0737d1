import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { Pool } from 'undici';
import { AditClient } from '../../src/client/adit-client.js';
import { Demands } from '../demands.js';
import { postEach, quantile } from '../load.js';
import { startService } from '../service.js';
import { Chains, type LotHead } from '../verification/chains.js';

/**
 * Measures a busy service (`--minutes 30`) at half of its capacity for 64 clients, one event a request, with queries,
 * verification, alerts, a webhook and stream readers beside it. Prints waiting times, memory and the verifiers' backlog
 * by the minute. An unhandled rejection would end the service, and the run. At the end it prints each requirement with
 * its figure; one that is not met ends the run with an error.
 */

const at = process.argv.indexOf('--minutes');
const minutes = at < 0 ? 30 : Number(process.argv[at + 1]);
if (!Number.isSafeInteger(minutes) || minutes < 3) throw new Error('--minutes takes a number of 3 or more.');
const asked = process.argv.indexOf('--rate');
const given = asked < 0 ? null : Number(process.argv[asked + 1]);
if (given !== null && !(given > 0)) throw new Error('--rate takes a number of events a second above zero.');
const SITES = 500;
const CLIENTS = 64;
const WARMING = 2_000;
const SAMPLE = 20_000;
/** Interval between two portions of the load, ms. */
const TICK = 20;
/** One receipt in so many has a wrong mass and must cause an alert. */
const FAULTS = 5_000;
const READERS = 20;
const QUERIES_A_SECOND = 5;
/** Requirements at the end: MiB a minute, multiples of the first p99, seconds of backlog. */
const MOST_GROWTH = 1;
const MOST_SLOWER = 1.3;
const MOST_BEHIND = 5;
/** Minutes at the beginning and end whose waiting times are compared, in a run of half an hour. */
const COMPARED = 5;
/** Minutes of warm-up, after which memory is judged. */
const WARM_UP = Math.ceil(minutes / 6);

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const mebibytes = (bytes: number): number => bytes / 2 ** 20;

interface Minute {
  /** Times to the answer, ms. */
  recorded: number[];
  queried: number[];
  /** Resident bytes, each second, because garbage collection makes one sample unreliable. */
  memory: number[];
  /** Backlog of the verifiers, entries. */
  behind: number;
}

/** The load beside the measurement, and all its errors. */
class Load {
  minute: Minute = { recorded: [], queried: [], memory: [], behind: 0 };
  readonly failures = new Map<string, number>();
  late = 0;
  streamed = 0;
  private underWay = 0;
  private newest: LotHead | undefined;
  private readonly pool: Pool;

  constructor(
    private readonly url: string,
    private readonly chains: Chains,
    /** Bags declared before, whose numbers are used. */
    private readonly before: number,
  ) {
    this.pool = new Pool(url, { connections: CLIENTS, pipelining: 1 });
  }

  fail(what: string): void {
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
  }

  /** Sends at a fixed rate, whatever the answers; counts events that are not sent because too many are pending. */
  async record(perSecond: number, until: number): Promise<void> {
    const started = performance.now();
    for (let sent = 0; performance.now() < until;) {
      const due = Math.floor(((performance.now() - started) / 1_000) * perSecond);
      for (; sent < due; sent += 1)
        if (this.underWay > 20 * CLIENTS) this.late += 1;
        else void this.recordOne(sent);
      await wait(TICK);
    }
    while (this.underWay > 0) await wait(TICK);
  }

  private async recordOne(sent: number): Promise<void> {
    const number = this.before + sent;
    const declared = this.chains.declare(number);
    this.underWay += 1;
    await this.post(declared.text);
    if (sent % FAULTS === 0) {
      const dispatched = this.chains.dispatch(number, declared.lots[0] as LotHead);
      await this.post(dispatched.text);
      await this.post(this.chains.receive(number, dispatched.lots[0] as LotHead, '99.9').text);
    }
    this.newest = declared.lots[0];
    this.underWay -= 1;
  }

  private async post(event: string): Promise<void> {
    const started = performance.now();
    try {
      const { statusCode, body } = await this.pool.request({
        path: '/v1/events',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event }),
      });
      await body.dump();
      if (statusCode === 201) this.minute.recorded.push(performance.now() - started);
      else this.fail(`recording: ${statusCode}`);
    } catch (error) {
      this.fail(`recording: ${(error as Error).message}`);
    }
  }

  async query(until: number): Promise<void> {
    for (let i = 0; performance.now() < until; i += 1) {
      const lot = this.newest?.lot ?? '';
      const paths = [`/v1/lots/${lot}/report`, '/v1/lots?limit=50', '/log/checkpoint', `/v1/lots/${lot}/bundle`];
      const started = performance.now();
      try {
        const answer = await fetch(`${this.url}${paths[i % paths.length] as string}`);
        await answer.arrayBuffer();
        if (answer.status === 200) this.minute.queried.push(performance.now() - started);
        else if (lot !== '') this.fail(`query: ${answer.status}`);
      } catch (error) {
        this.fail(`query: ${(error as Error).message}`);
      }
      await wait(1_000 / QUERIES_A_SECOND);
    }
  }

  /** Follows the stream of alerts. */
  async follow(ended: AbortSignal): Promise<void> {
    for await (const { alert } of new AditClient(this.url).followAlerts(ended)) if (alert.id !== '') this.streamed += 1;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** Counts the messages of a webhook. */
async function receiver(): Promise<{ server: Server; url: string; messages: Set<string> }> {
  const messages = new Set<string>();
  const server = createServer((request, response) => {
    messages.add(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, messages };
}

/** Returns the median memory of a minute, MiB. */
const memoryOf = ({ memory }: Minute): number => mebibytes(quantile(memory, 0.5));

/** Returns the growth a minute: the slope of the best-fitting line. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const over = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  return over / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}

const service = await startService({ ADIT_ROLE: 'all', ADIT_WEBHOOK_PRIVATE_TARGETS: 'on' });
const db = new pg.Client({ connectionString: service.databaseUrl });
await db.connect();
const hooks = await receiver();
const ended = new AbortController();
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const chains = await Chains.open(service.url, SITES);
  const behind = async (): Promise<number> => {
    const { rows } = await db.query<{ behind: string }>(
      'SELECT (SELECT size FROM log_state) - (SELECT next FROM verification_cursor) AS behind',
    );
    return Number(rows[0]?.behind);
  };
  const audits = async (): Promise<number> => {
    const { rows } = await db.query<{ count: string }>('SELECT count(*) AS count FROM audits');
    return Number(rows[0]?.count);
  };
  const declarations = Array.from({ length: WARMING + SAMPLE }, (_, number) => chains.declare(number).text);
  await postEach(service.url, declarations.slice(0, WARMING), CLIENTS);
  const most = await postEach(service.url, declarations.slice(WARMING), CLIENTS);
  while ((await behind()) > 0) await wait(200);
  const rate = given ?? most.perSecond / 2;
  say(`${CLIENTS} clients, one event a request: ${most.perSecond.toFixed(0)} a second, p99 ${most.p99.toFixed(0)} ms`);
  say(`now ${rate.toFixed(0)} a second for ${minutes} minutes`);

  const load = new Load(service.url, chains, declarations.length);
  await new AditClient(service.url).subscribe({ channel: 'webhook', url: hooks.url });
  for (let i = 0; i < READERS; i += 1)
    load.follow(ended.signal).catch((error: unknown) => load.fail(`stream: ${(error as Error).message}`));
  const until = performance.now() + minutes * 60_000;
  const busy = Promise.all([load.record(rate, until), load.query(until)]);
  const finished: Minute[] = [];
  for (let i = 1; i <= minutes; i += 1) {
    for (let second = 0; second < 60; second += 1) {
      await wait(1_000);
      load.minute.memory.push(service.memory());
      load.minute.behind = Math.max(load.minute.behind, await behind());
    }
    const { minute } = load;
    load.minute = { recorded: [], queried: [], memory: [], behind: 0 };
    finished.push(minute);
    const seconds = minute.behind / rate;
    say(
      `  minute ${i}: ${(minute.recorded.length / 60).toFixed(0)} a second, p99 ${quantile(minute.recorded, 0.99).toFixed(0)} ms; queries p99 ${quantile(minute.queried, 0.99).toFixed(0)} ms; verified ${seconds.toFixed(1)} s behind; ${memoryOf(minute).toFixed(0)} MiB; ${await audits()} audits`,
    );
  }
  await busy;
  const warm = finished.slice(WARM_UP);
  const part = Math.max(1, Math.min(COMPARED, Math.floor(warm.length / 2)));
  const p99 = (of: readonly Minute[]): number =>
    quantile(
      of.flatMap(({ recorded }) => recorded),
      0.99,
    );
  const [first, last] = [p99(warm.slice(0, part)), p99(warm.slice(-part))];
  const growth = slope(warm.map(memoryOf));
  const lag = Math.max(...warm.map((one) => one.behind)) / rate;
  const failures = [...load.failures.values()].reduce((sum, count) => sum + count, 0);
  say(`after ${WARM_UP} minutes to warm up:`);
  const demands = new Demands(say);
  demands.check(`memory grows by at most ${MOST_GROWTH} MiB a minute`, growth.toFixed(2), growth <= MOST_GROWTH);
  demands.check(
    `p99 of the last ${part} minutes at most ${MOST_SLOWER} times that of the first`,
    `${last.toFixed(0)} ms after ${first.toFixed(0)} ms, ${(last / first).toFixed(2)} times`,
    last <= MOST_SLOWER * first,
  );
  demands.check(
    'nothing fails, and everything is sent in time',
    `failures ${JSON.stringify(Object.fromEntries(load.failures))}, ${load.late} late`,
    failures === 0 && load.late === 0,
  );
  demands.check(`verified at most ${MOST_BEHIND} s behind`, `${lag.toFixed(1)} s`, lag <= MOST_BEHIND);
  const audited = await audits();
  demands.check('audits ran', `${audited}`, audited > 0);
  say(`  ${hooks.messages.size} messages by webhook; ${load.streamed} by ${READERS} streams`);
  demands.conclude();
  await load.close();
} finally {
  ended.abort();
  hooks.server.close();
  await db.end();
  await service.stop();
}
