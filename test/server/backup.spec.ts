import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { SimulatedClock } from '../../src/server/clock.js';
import type { Config } from '../../src/server/config/config.js';
import { JsonLogger } from '../../src/server/boot/logger.js';
import { auditNow, backUp, inspectBackup, restore, verifyNow } from '../../src/server/operator.js';
import { startServer } from '../../src/server/boot/start.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../support/database.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const silently = (): void => undefined;

/** Every row of every table, sorted, without what is about this database alone. */
async function contentsOf(url: string): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND NOT relispartition AND relname NOT IN ('schema_migrations', 'sweeps', 'spent_proofs') ORDER BY relname`,
    );
    const contents: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} AS t`);
      contents[name] = rows.map(({ row }) => row).toSorted();
    }
    const { rows: sequences } = await client.query<{ line: string }>(
      `SELECT sequencename || ' ' || last_value AS line FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1`,
    );
    contents['sequences'] = sequences.map(({ line }) => line);
    return contents;
  } finally {
    await client.end();
  }
}

/** Copies a configuration with some settings changed. */
const configured = (config: Config, settings: Partial<Config>): Config => Object.assign({}, config, settings);

describe('a backup of a ledger', () => {
  let service: TestServer;
  let world: HonestWorld;
  let folder: string;
  let older: string;
  let newest: string;
  const databases: TestDatabase[] = [];

  /** The ledger's configuration over an empty database. */
  async function elsewhere(): Promise<Config> {
    const database = await testDatabase();
    databases.push(database);
    return configured(service.config, { databaseUrl: database.url, databaseOwnerUrl: database.ownerUrl });
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-backup-'));
    older = join(folder, 'older.backup');
    newest = join(folder, 'newest.backup');
    service = await startTestServer({ ADIT_ROLE: 'all' }, { clock: new SimulatedClock(Date.now()) });
    world = await HonestWorld.open(service.url);
    for (const { event } of world.chain()) expect((await post(service.url, event)).status).toBe(201);
    const absent = world.declare();
    await post(service.url, world.dispatch('coop', 'trader', absent.lots[0] ?? '', absent.id).event);
    await fetch(`${service.url}/v1/subscriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'webhook', url: 'http://127.0.0.1:9/alerts' }),
    });
    await verifyNow(service.server);
    await backUp(service.config, older, silently);
    const coop = world.actor('coop');
    const declared = await coop.must('lot.declared', {
      place: { site: 'hill' },
      outputs: [{ mineral: 'cassiterite', form: 'ore', mass: { value: '5', uom: 'KGM' } }],
    });
    const disclosure = Buffer.from(
      JSON.stringify([randomBytes(16).toString('base64url'), 'vehicle', 'RAB 1']),
    ).toString('base64url');
    const sent = await coop.sign('custody.dispatched', {
      to: 'trader',
      lots: [{ lot: declared.lots[0], prev: declared.id }],
      _sd_alg: 'sha-256',
      _sd: [createHash('sha256').update(disclosure).digest('base64url')],
    });
    expect(await post(service.url, `${sent.event}${disclosure}~`)).toMatchObject({ status: 201 });
    await verifyNow(service.server);
    // Nothing runs on: what is backed up is what the tables hold in the end.
    await service.server.close();
    await backUp(service.config, newest, silently);
  });

  afterAll(async () => {
    await Promise.all(databases.map((database) => database.drop()));
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is restored row by row, passes the audit, and is recorded on', async () => {
    const target = await elsewhere();
    const restored = await restore(target, newest, { toRead: false, pace: silently });
    expect(restored).toMatchObject({ silent: null });
    expect(await contentsOf(String(target.databaseOwnerUrl))).toEqual(await contentsOf(service.database.ownerUrl));
    expect((await auditNow(target, 'everything', silently)).faults).toEqual([]);
    const guard = readFileSync(target.guardFile, 'utf8');
    const again = await startServer(target, { logger: new JsonLogger('fatal') });
    try {
      expect((await post(again.url, world.declare().event)).status).toBe(201);
      expect((await get(again.url, '/readyz')).status).toBe(200);
    } finally {
      await again.close();
      writeFileSync(target.guardFile, guard);
    }
  });

  it('that is older than what was signed is not gone on from', async () => {
    const target = await elsewhere();
    await expect(restore(target, older, { toRead: false, pace: silently })).rejects.toMatchObject({ reason: 'behind' });
    expect((await contentsOf(String(target.databaseOwnerUrl)))['entries']).toEqual([]);
    const restored = await restore(target, older, { toRead: true, pace: silently });
    expect(restored.silent).toContain('older than what was signed');
    const faults = (await auditNow(target, 'everything', silently)).faults.map(({ rule }) => rule);
    expect(faults).toEqual(['record-backup-restored']);
    const again = await startServer(target, { logger: new JsonLogger('fatal') });
    try {
      const halted = { status: 503, body: { code: 'log-halted' } };
      expect(await post(again.url, world.declare().event)).toMatchObject(halted);
      expect((await get(again.url, '/v1/lots')).status).toBe(200);
    } finally {
      await again.close();
    }
  });

  it('is not gone on from where no guard tells what was signed since', async () => {
    const target = configured(await elsewhere(), { guardFile: join(folder, 'no-guard.json') });
    await expect(restore(target, newest, { toRead: false, pace: silently })).rejects.toMatchObject({
      reason: 'unguarded',
    });
    expect(existsSync(target.guardFile)).toBe(false);
  });

  it('is not written over a ledger that has entries', async () => {
    const before = await contentsOf(service.database.ownerUrl);
    await expect(restore(service.config, newest, { toRead: false, pace: silently })).rejects.toMatchObject({
      reason: 'occupied',
    });
    expect(await contentsOf(service.database.ownerUrl)).toEqual(before);
  });

  it('leaves an empty database where restoring was interrupted, and is restored then', async () => {
    const target = await elsewhere();
    const interrupted = (what: string): void => {
      if (what === 'restoring') throw new Error('killed');
    };
    await expect(restore(target, newest, { toRead: false, pace: interrupted })).rejects.toThrow('killed');
    expect((await contentsOf(String(target.databaseOwnerUrl)))['entries']).toEqual([]);
    await restore(target, newest, { toRead: false, pace: silently });
    expect((await auditNow(target, 'everything', silently)).faults).toEqual([]);
  });

  it('has its name only once it is whole, and never replaces a file', async () => {
    const file = join(folder, 'interrupted.backup');
    writeFileSync(`${file}.part`, 'what a killed process left');
    const interrupted = (): void => {
      throw new Error('killed');
    };
    await expect(backUp(service.config, file, interrupted)).rejects.toThrow('killed');
    expect(readdirSync(folder).filter((name) => name.startsWith('interrupted'))).toEqual([]);
    await expect(backUp(service.config, newest, silently)).rejects.toMatchObject({ reason: 'exists' });
  });

  it('is refused where a byte of it was changed, cut off or made with another secret', async () => {
    const lines = gunzipSync(readFileSync(newest)).toString('utf8').split('\n');
    const write = (name: string, text: string | Buffer): string => {
      const file = join(folder, name);
      writeFileSync(file, typeof text === 'string' ? gzipSync(text) : text);
      return file;
    };
    const at = lines.findIndex((line) => line.startsWith('{"t":"subscriptions"'));
    const changed = lines.with(at, (lines[at] ?? '').replace('127.0.0.1', '127.0.0.2')).join('\n');
    const cut = lines.toSpliced(at, 1).join('\n');
    for (const file of [
      write('changed', changed),
      write('cut', cut),
      write('short', readFileSync(newest).subarray(0, -40)),
      write('headless', lines.slice(1).join('\n')),
      write('longer', `${lines.join('\n')}more\n`),
    ])
      await expect(inspectBackup(service.config, file, silently)).rejects.toMatchObject({ reason: 'damaged' });
    const secretFile = join(folder, 'other.secret');
    writeFileSync(secretFile, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    const other = configured(service.config, { secretFile });
    await expect(inspectBackup(other, newest, silently)).rejects.toMatchObject({ reason: 'secret' });
    expect((await inspectBackup(service.config, newest, silently)).header.size).toBeGreaterThan(10);
  });

  it('keeps the keys of disclosures under the secret alone', async () => {
    const text = gunzipSync(readFileSync(newest)).toString('utf8');
    const keys = (await contentsOf(service.database.ownerUrl))['disclosure_keys'] ?? [];
    expect(keys.length).toBeGreaterThan(0);
    for (const row of keys) expect(text).not.toContain((JSON.parse(row) as { key: string }).key.slice(3));
  });

  it('is not made of a ledger whose entries are not those that were signed', async () => {
    const file = join(folder, 'tampered.backup');
    const replica = 'SET session_replication_role = replica;';
    await asSuperuser(service.database.superuserUrl, `${replica} UPDATE entries SET jws = jws || 'A' WHERE index = 3`);
    await expect(backUp(service.config, file, silently)).rejects.toMatchObject({ reason: 'broken' });
    expect(readdirSync(folder).filter((name) => name.startsWith('tampered'))).toEqual([]);
    await asSuperuser(
      service.database.superuserUrl,
      `${replica} UPDATE entries SET jws = left(jws, -1) WHERE index = 3`,
    );
    await backUp(service.config, file, silently);
  });
});
