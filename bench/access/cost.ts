import pg from 'pg';
import { request } from 'undici';
import { JWT_BEARER, TOKEN_PATH, buildAssertion } from '../../src/core/access/assertion.js';
import { Handovers } from '../handovers.js';
import { postBatches, quantile } from '../load.js';
import type { Signatory } from '../signatory.js';
import { type BenchedService, startService } from '../service.js';
import { say } from '../table.js';
import { fillOf } from './fill.js';

const TRADERS = 4;
/** Lots that one measurement appends, each with a declaration and four handovers. */
const LOTS = 40;
const CHAIN = 9;
/** Pairs that are not counted. */
const WARMING = 3;
/** Requests of one measurement of a read. */
const READS = 60;

/** One of the two services that are compared. */
class Side {
  private next = 0;

  private constructor(
    readonly service: BenchedService,
    private readonly handovers: Handovers,
    /** Tokens by actor; empty: the service asks for none. */
    private readonly tokens: ReadonlyMap<string, string>,
  ) {}

  static async open(access: 'open' | 'closed', lots: number): Promise<Side> {
    const service = await startService({ ADIT_ACCESS: access, ADIT_RATE_LIMIT_PER_MINUTE: '0' });
    const handovers = await Handovers.open(service.url, TRADERS);
    const owner = new pg.Client({ connectionString: service.databaseUrl });
    await owner.connect();
    await owner.query(fillOf(lots));
    await owner.end();
    const tokens = new Map<string, string>();
    if (access === 'closed')
      for (const trader of handovers.traders) tokens.set(trader.id, await tokenOf(service.url, trader));
    return new Side(service, handovers, tokens);
  }

  /** Signs what the next append sends, so that signing is no part of it. */
  prepared(): () => Promise<unknown> {
    const events = Array.from({ length: LOTS }, () => this.handovers.chain(CHAIN)).flat();
    return () => postBatches(this.service.url, events, CHAIN * 5, 2);
  }

  async report(): Promise<void> {
    for (let i = 0; i < READS; i += 1) {
      const one = this.handovers.lots[this.next % this.handovers.lots.length];
      this.next += 1;
      if (one !== undefined) await this.read(`/v1/lots/${one.lot}/report`, one.holder);
    }
  }

  async list(): Promise<void> {
    for (let i = 0; i < READS; i += 1)
      await this.read('/v1/lots?limit=50', this.handovers.traders[i % TRADERS] as Signatory);
  }

  private async read(path: string, by: Signatory): Promise<void> {
    const token = this.tokens.get(by.id);
    const { statusCode, body } = await request(`${this.service.url}${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 300)}`);
  }
}

async function tokenOf(url: string, { id, signer }: Signatory): Promise<string> {
  const assertion = await buildAssertion(id, url, signer, Math.floor(Date.now() / 1_000));
  const { statusCode, body } = await request(`${url}${TOKEN_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: JWT_BEARER, assertion }),
  });
  const answer = (await body.json()) as { access_token: string };
  if (statusCode !== 200) throw new Error(`No token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

interface Spent {
  wall: number;
  /** Processor time, ms. */
  service: number;
  database: number;
}

/** Measures work on one side. */
async function spent({ service }: Side, work: () => Promise<unknown>): Promise<Spent> {
  const [before, began] = [service.processor(), performance.now()];
  await work();
  const [wall, after] = [performance.now() - began, service.processor()];
  return { wall, service: after.service - before.service, database: after.database - before.database };
}

/** What is measured: how often a run does it, and its cost with access control at most, as a multiple. */
interface Work {
  name: string;
  most: number;
  count: number;
  /** Prepares a run. */
  on: (side: Side) => () => Promise<unknown>;
}

const works: readonly Work[] = [
  { name: 'append of handovers in batches', most: 1.03, count: LOTS * CHAIN, on: (side) => side.prepared() },
  { name: 'report of a lot', most: 1.2, count: READS, on: (side) => () => side.report() },
  { name: 'list of the newest lots', most: 1.3, count: READS, on: (side) => () => side.list() },
];

interface Pair {
  without: Spent;
  having: Spent;
}

/** Runs pairs in turns, so that a busy moment delays both sides alike. */
async function pairsOf({ on }: Work, open: Side, closed: Side, rounds: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const [bare, full] = [on(open), on(closed)];
    if (i % 2 === 0) pairs.push({ without: await spent(open, bare), having: await spent(closed, full) });
    else {
      const having = await spent(closed, full);
      pairs.push({ without: await spent(open, bare), having });
    }
  }
  return pairs;
}

/** Prints the figures of one kind of work. Returns whether the median of the pairs is as required. */
function isAsRequired({ name, most, count }: Work, pairs: readonly Pair[]): boolean {
  const ratios = pairs.map(({ without, having }) => having.wall / without.wall);
  const [p25, p50, p75] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share));
  const wall = (side: keyof Pair): string =>
    (
      quantile(
        pairs.map((pair) => pair[side].wall),
        0.5,
      ) / count
    ).toFixed(3);
  const sum = (side: keyof Pair, of: 'service' | 'database'): number =>
    pairs.reduce((total, pair) => total + pair[side][of], 0);
  const processor = (side: keyof Pair): string =>
    (['service', 'database'] as const)
      .map((of) => ((sum(side, of) * 1_000) / count / pairs.length).toFixed(0))
      .join(' + ');
  const both = (side: keyof Pair): number => sum(side, 'service') + sum(side, 'database');
  const isFast = (p50 ?? 0) <= most;
  say(
    `| ${name} | ${wall('without')} | ${wall('having')} | ${p50?.toFixed(3)} (${p25?.toFixed(3)} to ${p75?.toFixed(3)}) | ` +
      `${processor('without')} | ${processor('having')} | ${(both('having') / both('without')).toFixed(3)} | ` +
      `${isFast ? 'pass' : 'FAIL'}: at most ${most} |`,
  );
  return isFast;
}

/** Measures what access control costs. Returns whether each ratio is as required. */
export async function measureCost(lots: number, rounds: number): Promise<boolean> {
  const closed = await Side.open('closed', lots);
  process.env.BENCH_NODE_OPTIONS = `--import=${new URL('without-parties.js', import.meta.url).href}`;
  const open = await Side.open('open', lots);
  try {
    // The first rounds warm up the compiler and the caches.
    for (const work of works) await pairsOf(work, open, closed, WARMING);
    say(
      '| work | without ms | with ms | ratio, median of pairs (quartiles) | without us of service + database | with | ratio | |',
    );
    let isGood = true;
    for (const work of works) isGood = isAsRequired(work, await pairsOf(work, open, closed, rounds)) && isGood;
    return isGood;
  } finally {
    await Promise.all([open.service.stop(), closed.service.stop()]);
  }
}
