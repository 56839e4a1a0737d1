import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect } from '@jest/globals';
import type { Config } from '../../src/server/config/config.js';
import { checkTlogProof } from '../../src/core/log/proof-file.js';
import { Database } from '../../src/server/database/database.js';
import { LedgerIdentity } from '../../src/server/ledger/ledger-identity.js';
import { replayLog } from '../../src/server/ledger/replay/replay.js';
import { loadKeys } from '../../src/server/transparency/keys.js';
import type { Acknowledged } from './acknowledged.js';
import { NoteReader, hashLeaf, readVkey, rootsOf } from './independent-log.js';
import { eventIdOf, get, post } from './outside-client.js';
import { type LotChain, chainsOf } from './scripted-chains.js';

/** A service that is being asked: where it listens, its configuration, and how to look behind it. */
export interface ServiceUnderTest {
  url: string;
  config: Config;
  database: { url: string; superuserUrl: string };
}

interface Entry {
  index: number;
  id: string;
  jws: string;
}

interface LotRow {
  id: string;
  seq: number;
  head: string;
  status: string;
  holder: string;
}

/** Repeats sent to see whether each gets its first answer again. */
const REPEATS = 20;
/** Readings of the checkpoint and the tables at most until both are of one size, and the pause between two, ms. */
const READINGS = 10;
const PAUSE = 200;
/** Receipts that the core verifies as well; the independent verifier reads them all. */
const RECEIPTS_FOR_CORE = 10;

/**
 * Expects, after a fault, that the ledger kept every promise it gave: what was acknowledged is stored once and byte for
 * byte (I1), nothing else is (I2), indices run without hole (I3), lots chain without hole (I4) with one holder each
 * (I8), the signed root is that of the stored bytes (I5) and continues every checkpoint ever shown (I6), every receipt
 * ever given verifies (I7), and a repeat gets the first receipt (I10); and that a replay finds the same projections.
 * @param lightly leaves out what reads everything ever given again: all receipts, and the replay. A long round asks for
 * the rest after every fault, and for the whole now and then.
 */
export async function expectLedgerIntact(
  service: ServiceUnderTest,
  acknowledged: Acknowledged,
  lightly = false,
): Promise<void> {
  await acknowledged.settle(service.url);
  await expectSameAnswers(service, acknowledged);
  const { logKey } = (await get(service.url, '/v1/ledger')).body;
  const notes = new NoteReader(readVkey(String(logKey)));
  const { note, stored } = await readTogether(service, acknowledged, notes);
  expectEntries(stored.entries, acknowledged, serviceKid(service));
  expectChains(stored);
  const roots = expectTree(stored.entries, acknowledged, notes, note);
  if (lightly) return;
  expectReceipts(stored.entries, acknowledged, notes, roots);
  expectCoreReceipts(stored.entries, acknowledged, String(logKey));
  await expectReplay(service);
}

function identityOf({ config }: ServiceUnderTest): LedgerIdentity {
  const keys = loadKeys(config, config.origin);
  return new LedgerIdentity(config.origin, [...keys.logs.keys()], keys.services, config.registrar);
}

const serviceKid = (service: ServiceUnderTest): string => identityOf(service).signer(null).kid;

/** I10, from outside: singly, and all of them in one batch. */
async function expectSameAnswers({ url }: ServiceUnderTest, acknowledged: Acknowledged): Promise<void> {
  const known = [...acknowledged.stored].filter(([, { receipt }]) => receipt !== null);
  const step = Math.max(1, Math.floor(known.length / REPEATS));
  const chosen = known.filter((_, i) => i % step === 0).slice(-REPEATS);
  const [single] = chosen;
  if (single !== undefined) {
    const [id, { index, receipt }] = single;
    expect(await post(url, acknowledged.sent.get(id) ?? '')).toEqual({ status: 200, body: { id, index, receipt } });
  }
  const events = chosen.map(([id]) => ({ id, event: acknowledged.sent.get(id) ?? '', lots: [] }));
  // `sendBatch` throws where a place or a receipt is another than the first.
  if (events.length > 0) expect(await acknowledged.sendBatch(url, events)).toBe('answered');
}

interface Stored {
  entries: Entry[];
  lots: LotRow[];
  lotEvents: { lot: string; seq: number; index: number }[];
}

async function readRows({ database }: ServiceUnderTest): Promise<Stored> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const entries = await client.query<Entry>('SELECT index::integer AS index, id, jws FROM entries ORDER BY index');
    const lots = await client.query<LotRow>('SELECT id, seq, head, status, holder FROM lots ORDER BY id');
    const lotEvents = await client.query<{ lot: string; seq: number; index: number }>(
      'SELECT lot, seq, index::integer AS index FROM lot_events ORDER BY lot, seq',
    );
    return { entries: entries.rows, lots: lots.rows, lotEvents: lotEvents.rows };
  } finally {
    await client.end();
  }
}

/**
 * Reads the newest checkpoint and the tables as of one size: between the two readings, a service that runs may append the
 * time or the sealed index. Returns the last readings if they never agree.
 */
async function readTogether(
  service: ServiceUnderTest,
  acknowledged: Acknowledged,
  notes: NoteReader,
): Promise<{ note: string; stored: Stored }> {
  for (let tries = 1; ; tries += 1) {
    const note = await acknowledged.see(service.url);
    const stored = await readRows(service);
    if (notes.open(note).size === stored.entries.length || tries === READINGS) return { note, stored };
    await sleep(PAUSE);
  }
}

/** I1, I2, I3. */
function expectEntries(entries: Entry[], { sent, stored }: Acknowledged, service: string): void {
  expect(entries.filter(({ index }, i) => index !== i)).toEqual([]);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  const missing = [...stored].filter(([id, { index }]) => {
    const entry = entries[index];
    return entry?.id !== id || `${entry.jws}~` !== sent.get(id);
  });
  expect(missing).toEqual([]);
  const unasked = entries.filter(({ id, jws }) => !sent.has(id) && !isOwn(jws, service));
  expect(unasked).toEqual([]);
  expect(entries.filter(({ id, jws }) => eventIdOf(jws) !== id)).toEqual([]);
}

const partOf = (jws: string, part: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws.split('.')[part] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

const OWN_TYPES: unknown[] = ['log.clock', 'event.refused', 'index.sealed'];

/** The kinds of entry that the service itself may write. */
function isOwn(jws: string, service: string): boolean {
  return OWN_TYPES.includes(partOf(jws, 1).type) && partOf(jws, 0).kid === service;
}

/** I4 and I8: what the entries tell of each lot, by a reading of our own, is what the tables say. */
function expectChains({ entries, lots, lotEvents }: Stored): void {
  const { chains, faults } = chainsOf(entries.map(({ id, jws, index }) => ({ id, index, payload: partOf(jws, 1) })));
  expect(faults).toEqual([]);
  const told = [...chains.values()].toSorted((a, b) => (a.lot < b.lot ? -1 : 1));
  const asRow = ({ lot, events, status, holder }: LotChain): LotRow => ({
    id: lot,
    seq: events.length,
    head: events.at(-1)?.id ?? '',
    status,
    holder,
  });
  expect(lots).toEqual(told.map(asRow));
  expect(lotEvents).toEqual(
    told.flatMap(({ lot, events }) => events.map(({ index }, i) => ({ lot, seq: i + 1, index }))),
  );
}

/** I5, I6. Gives the root of every size. */
function expectTree(
  entries: Entry[],
  { checkpoints }: Acknowledged,
  notes: NoteReader,
  newest: string,
): ReturnType<typeof rootsOf> {
  const roots = rootsOf(entries.map(({ jws }) => hashLeaf(jws)));
  const { size, root } = notes.open(newest);
  expect(size).toBe(entries.length);
  expect(root.toString('hex')).toBe(roots[size]?.toString('hex'));
  const strange = checkpoints
    .map((note) => notes.open(note))
    .filter((seen) => roots[seen.size]?.equals(seen.root) !== true);
  expect(strange).toEqual([]);
  return roots;
}

/** I7. */
function expectReceipts(
  entries: Entry[],
  { stored }: Acknowledged,
  notes: NoteReader,
  roots: ReturnType<typeof rootsOf>,
): void {
  const useless = [...stored].filter(([, { index, receipt }]) => {
    if (receipt === null) return false;
    const under = notes.proves(receipt, entries[index]?.jws ?? '');
    return under === null || roots[under.size]?.equals(under.root) !== true;
  });
  expect(useless).toEqual([]);
}

/** The core reads some of the same receipts as anybody would who uses it. */
function expectCoreReceipts(entries: Entry[], { stored }: Acknowledged, logKey: string): void {
  const chosen = [...stored.values()].filter(({ receipt }) => receipt !== null).slice(-RECEIPTS_FOR_CORE);
  for (const { index, receipt } of chosen)
    expect(checkTlogProof(receipt ?? '', hashLeaf(entries[index]?.jws ?? ''), [logKey])).toMatchObject({
      ok: true,
      index,
    });
}

async function expectReplay(service: ServiceUnderTest): Promise<void> {
  const database = new Database({ url: service.database.url, failed: () => undefined, poolSize: 2 });
  try {
    const { entries, differences, truncated } = await replayLog(database, identityOf(service));
    expect({ entries, differences, truncated }).toEqual({ entries: [], differences: [], truncated: false });
  } finally {
    await database.close();
  }
}
