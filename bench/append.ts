import pg from 'pg';
import { Handovers } from './handovers.js';
import { postBatches, postChains } from './load.js';
import { type Reads, measureReads } from './reads.js';
import type { BenchedService } from './service.js';
import { type Row, Table, say } from './table.js';

/** Lots of a handover table and events of each lot: as many as traders hand over in a busy hour. */
export const LOTS = 200;
export const CHAIN = 100;
export const TRADERS = 50;

type Scale = (count: number) => number;

/** Adds rows of handovers to a table: a batch holds the chain of one lot, a client posts a chain event by event. */
class HandoverRows {
  constructor(
    private readonly url: string,
    private readonly table: Table,
    readonly handovers: Handovers,
    private readonly scale: Scale,
  ) {}

  private chains(lots: number, length = CHAIN): string[][] {
    return Array.from({ length: lots }, () => this.handovers.chain(length));
  }

  /** Warms up the compiler and the database's caches; not counted. */
  async warmUp(): Promise<void> {
    await postBatches(this.url, this.chains(this.scale(LOTS / 4)).flat(), CHAIN, 8);
    await postChains(this.url, this.chains(64, 10), 64);
  }

  batches(size: number, clients: number): Promise<void> {
    const events = this.chains(this.scale(LOTS)).flat();
    return this.table.add(`batches of ${size.toLocaleString('en')}, ${clients} clients`, events.length, () =>
      postBatches(this.url, events, size, clients),
    );
  }

  singles(clients: number, lots: number): Promise<void> {
    const sent = this.chains(lots, this.scale(CHAIN));
    return this.table.add(`one event a request, ${clients} clients`, sent.flat().length, () =>
      postChains(this.url, sent, clients),
    );
  }
}

/** Measures handovers, and reads of what was written. */
export async function measureHandovers(
  service: BenchedService,
  y1: number,
  scale: Scale,
): Promise<{ rows: Row[]; reads: Reads[] }> {
  const table = new Table(service, y1);
  const rows = new HandoverRows(service.url, table, await Handovers.open(service.url, TRADERS), scale);
  await rows.warmUp();
  await rows.batches(100, 8);
  await rows.batches(1_000, 4);
  await rows.singles(64, 64 * 4);
  await rows.singles(1, 16);
  return { rows: table.rows, reads: await measureReads(service.url, rows.handovers) };
}

export interface AsServed {
  rows: Row[];
  /** Resident memory of the processes of the service at most, bytes. */
  memory: number;
  /** Entries judged a second from the first event to the last verdict. */
  judged: number;
}

/** Measures handovers while the worker judges them, as `adit serve` runs, until the last one is judged. */
export async function measureAsServed(service: BenchedService, y1: number, scale: Scale): Promise<AsServed> {
  const table = new Table(service, y1);
  const rows = new HandoverRows(service.url, table, await Handovers.open(service.url, TRADERS), scale);
  await rows.warmUp();
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, service.memory())), 100);
  const [started, before] = [performance.now(), (await progressOf(service)).judged];
  await rows.singles(64, 64 * 4);
  await rows.batches(100, 8);
  const entries = await untilJudged(service);
  const judged = (entries - before) / ((performance.now() - started) / 1_000);
  clearInterval(watch);
  say(
    `as served: resident memory at most ${(memory / 2 ** 20).toFixed(0)} MiB, ` +
      `${judged.toFixed(0)} entries judged a second until none was left`,
  );
  return { rows: table.rows, memory, judged };
}

/** Returns how many entries the log has, and how many of them are judged. */
export async function progressOf(
  service: Pick<BenchedService, 'databaseUrl'>,
): Promise<{ entries: number; judged: number }> {
  const client = new pg.Client({ connectionString: service.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ entries: string; judged: string }>(
      'SELECT size AS entries, next AS judged FROM log_state, verification_cursor',
    );
    return { entries: Number(rows[0]?.entries), judged: Number(rows[0]?.judged) };
  } finally {
    await client.end();
  }
}

/** Waits until all entries are judged, and returns their number. */
export async function untilJudged(service: Pick<BenchedService, 'databaseUrl'>): Promise<number> {
  for (;;) {
    const { entries, judged } = await progressOf(service);
    if (judged === entries) return entries;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
