import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { buildEvent, randomToken } from '../../../src/core/event/build.js';
import { parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import { ReadLog } from '../../../src/server/ledger/read/read-log.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { auditDisclosures } from '../../../src/server/verification/audit/audit-disclosures.js';
import { SweepErased } from '../../../src/server/ledger/disclosures/sweep-erased.js';
import { asSuperuser } from '../../support/database.js';
import { TestLedger } from '../../support/test-ledger.js';
import { until } from '../../support/until.js';

const LOG = 'example.org/tin';
const PLATE = 'RAB 482 K';

describe('what has been disclosed', () => {
  let ledger: TestLedger;
  let lot: string;
  beforeEach(async () => {
    ledger = await TestLedger.open();
    lot = await ledger.declare('50');
  });
  afterEach(() => ledger.close());

  const log = (): ReadLog => new ReadLog(ledger.database);
  const shownOf = async (id: string): Promise<string[]> =>
    (await log().disclosures(id)).map((text) => Buffer.from(text, 'base64url').toString());
  const digestsOf = async (id: string): Promise<string[]> =>
    (await ledger.database.rows<{ digest: string }>('SELECT digest FROM disclosures WHERE event = $1', [id])).map(
      ({ digest }) => digest,
    );
  const erase = async (id: string): Promise<unknown> =>
    ledger.record('data.erased', 'registrar', { digests: await digestsOf(id), ground: 'request of the driver' });
  const dispatch = (of: string, at: object = {}): Promise<{ id: string; index: number }> =>
    ledger.record('custody.dispatched', 'coop', { to: 'trader', lots: [{ lot: of }], vehicle: PLATE, ...at });

  /** Every row of every table in which a text stands, also within base64. */
  async function whereIs(...texts: string[]): Promise<string[]> {
    const tables = await ledger.database.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
          AND relname <> 'schema_migrations'`,
    );
    const found: string[] = [];
    for (const { name } of tables)
      for (const { row } of await ledger.database.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`))
        if (texts.some((text) => row.includes(text))) found.push(name);
    return [...new Set(found)];
  }

  async function expectSound(): Promise<void> {
    expect(await auditDisclosures(ledger.database)).toEqual([]);
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
  }

  it('is stored under a key of its own, and nowhere in the clear', async () => {
    const { id } = await dispatch(lot);
    await ledger.verifier().verify();
    const [shown = ''] = await log().disclosures(id);
    expect(await shownOf(id)).toEqual([expect.stringContaining(PLATE)]);
    expect(await whereIs(PLATE, shown)).toEqual([]);
    expect(await whereIs('hill')).toContain('lots');
    await expectSound();
  });

  it('is gone once a registrar has had it erased, and the proofs stay as they are', async () => {
    const { id } = await dispatch(lot);
    const before = await log().entryById(id);
    const keys = await ledger.database.rows<{ key: string }>(
      "SELECT encode(key, 'hex') AS key FROM disclosure_keys WHERE event = $1",
      [id],
    );
    await erase(id);
    expect(await shownOf(id)).toEqual([]);
    expect(await whereIs(PLATE, ...keys.map(({ key }) => key))).toEqual([]);
    expect(await log().entryById(id)).toEqual(before);
    await expectSound();
  });

  /** Whether bytes stand anywhere in the files of the two tables, as they are on the disk; null where those are elsewhere. */
  async function isOnDisk(bytes: Buffer): Promise<boolean | null> {
    const { superuserUrl } = ledger.behind;
    await asSuperuser(superuserUrl, 'CHECKPOINT');
    const files = await filesOf(superuserUrl);
    if (!files.every((file) => existsSync(file))) return null;
    return files.some((file) => readFileSync(file).includes(bytes));
  }

  /** Sweeps until nothing is left: the tests beside this one hold the horizon of the server back, too. */
  const sweepAll = (sweeper: SweepErased): Promise<boolean> =>
    until(async () => ((await sweeper.sweep()) === 0 ? true : undefined), 60_000);

  it('leaves nothing in the files of the tables once they are swept, also of the row written last', async () => {
    const [first, second] = [await dispatch(lot), await dispatch(await ledger.declare('51'))];
    const secretsOf = async (id: string): Promise<[Buffer, Buffer]> => {
      const [row] = await ledger.database.rows<{ key: Buffer; ciphertext: Buffer }>(
        'SELECT key, ciphertext FROM disclosure_keys JOIN disclosures USING (event, digest) WHERE event = $1',
        [id],
      );
      return [row?.key ?? Buffer.alloc(0), row?.ciphertext ?? Buffer.alloc(0)];
    };
    const [[early], [late, ciphertext], sweeper] = [
      await secretsOf(first.id),
      await secretsOf(second.id),
      new SweepErased(ledger.database),
    ];
    if ((await isOnDisk(late)) === null) return;
    expect([await isOnDisk(early), await isOnDisk(late), await isOnDisk(ciphertext)]).toEqual([true, true, true]);

    let [end, isReading] = [(): void => undefined, false];
    const reader = ledger.database.snapshot(async (db) => {
      await db.query('SELECT count(*) FROM entries');
      isReading = true;
      await new Promise<void>((resolve) => (end = resolve));
    });
    await until(() => isReading);
    // A transaction of another database holds back what a new snapshot here takes for gone, too.
    const elsewhere = new URL(ledger.behind.superuserUrl);
    elsewhere.pathname = '/postgres';
    const neighbour = new pg.Client({ connectionString: elsewhere.href });
    await neighbour.connect();
    await neighbour.query('BEGIN');
    await neighbour.query('SELECT pg_current_xact_id()');
    await erase(second.id);
    expect(await sweeper.sweep()).toBe(1);
    expect(await isOnDisk(late)).toBe(true);
    end();
    await reader;
    expect(await sweeper.sweep()).toBe(1);
    expect(await isOnDisk(late)).toBe(true);
    await neighbour.query('ROLLBACK');
    await neighbour.end();

    await sweepAll(sweeper);
    expect([await isOnDisk(early), await isOnDisk(late)]).toEqual([true, false]);
    expect(await shownOf(first.id)).toEqual([expect.stringContaining(PLATE)]);
    await sweepAll(sweeper);
    await expectSound();
  });

  it('does not come back with an event that enters later, or waits for its parent', async () => {
    const signer = ledger.actors.get('coop');
    if (signer === undefined) throw new Error('coop has no key');
    const at = new Date(ledger.clock.now()).toISOString();
    const common = { log: LOG, iss: 'coop', iat: Math.floor(ledger.clock.now() / 1_000), occurredAt: at };
    const prev = ledger.head(lot);
    const sealed = await buildEvent(
      { ...common, type: 'lot.sealed', jti: randomToken(), lots: [{ lot, prev, sealsOn: ['S1'] }], sealedBy: 'Jean' },
      signer,
    );
    const sent = await buildEvent(
      {
        ...common,
        type: 'custody.dispatched',
        jti: randomToken(),
        to: 'trader',
        lots: [{ lot, prev: sealed.id }],
        vehicle: PLATE,
      },
      signer,
    );
    const append = async (text: string): Promise<string | undefined> =>
      (await ledger.append.append([{ event: readEvent(parseEnvelope(text), LOG), text, receipt: false }]))[0]?.status;
    expect(await append(sent.event)).toBe('waiting');
    expect(await whereIs(PLATE, ...sent.disclosures)).toEqual([]);
    expect(await auditDisclosures(ledger.database)).toEqual([]);
    const digests = [...(await digestsOf(sent.id)), await digestOf(sealed.disclosures[0] ?? '')];
    expect(digests).toHaveLength(2);
    await ledger.record('data.erased', 'registrar', { digests, ground: 'request' });
    expect(await append(sealed.event)).toBe('accepted');
    expect(await log().entryById(sent.id)).not.toBeNull();
    expect([await shownOf(sent.id), await shownOf(sealed.id)]).toEqual([[], []]);
    await expectSound();
  });

  it('is stored once of an event that waits and is twice in one batch', async () => {
    const signer = ledger.actors.get('coop');
    if (signer === undefined) throw new Error('There is no coop.');
    const now = ledger.clock.now();
    const sent = await buildEvent(
      {
        log: LOG,
        type: 'custody.dispatched',
        iss: 'coop',
        iat: Math.floor(now / 1_000),
        jti: randomToken(),
        occurredAt: new Date(now).toISOString(),
        to: 'trader',
        lots: [{ lot, prev: 'A'.repeat(43) }],
        vehicle: PLATE,
      },
      signer,
    );
    const event = readEvent(parseEnvelope(sent.event), LOG);
    const arrival = { event, text: sent.event, receipt: false };
    const append = async (): Promise<string[]> =>
      (await ledger.append.append([arrival, arrival])).map(({ status }) => status);
    // The first batch may bring the time of the log too; the second appends nothing.
    expect([await append(), await append()]).toEqual([
      ['waiting', 'waiting'],
      ['waiting', 'waiting'],
    ]);
    expect(await digestsOf(sent.id)).toHaveLength(1);
    expect(await auditDisclosures(ledger.database)).toEqual([]);
  });

  it('is shown of an event that has waited, as it was sent', async () => {
    const other = await ledger.declare('51');
    const { id } = await dispatch(other);
    expect(await shownOf(id)).toEqual([expect.stringContaining(PLATE)]);
  });

  it('freezes a finding that rested on it', async () => {
    const place = (lat: string, lon: string): object => ({
      place: { site: 'hill', lat, lon, accuracyM: '5', source: 'gnss' },
    });
    const other = await ledger.declare('51');
    await dispatch(lot, place('-1.79', '30.01'));
    const { id } = await dispatch(other, place('-2.90', '29.00'));
    await ledger.verifier().verify();
    const open = (): Promise<unknown[]> =>
      ledger.database.rows(`SELECT status FROM findings WHERE rule = 'vehicle-two-places'`);
    expect(await open()).toEqual([{ status: 'open' }]);
    await erase(id);
    await ledger.verifier().verify();
    await ledger.receive(other, '51');
    await ledger.verifier().verify();
    expect(await open()).toEqual([{ status: 'open' }]);
    const filed = await ledger.database.rows(
      `SELECT FROM filings JOIN entries USING (index) WHERE id = $1 AND subject LIKE 'vehicle:%'`,
      [id],
    );
    expect(filed).toEqual([]);
  });
});

/** The files of both tables and of what belongs to them. */
async function filesOf(superuserUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ file: string }>(
      `SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) AS file FROM pg_class
        WHERE relkind IN ('r', 'i', 't')
          AND (relname LIKE 'disclosure%' OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relname LIKE 'disclosure%'))`,
    );
    return rows.map(({ file }) => file);
  } finally {
    await client.end();
  }
}

async function digestOf(disclosure: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(disclosure))).toString('base64url');
}
