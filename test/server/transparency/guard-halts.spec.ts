import { mkdirSync, readFileSync, rmSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../../src/server/database/database.js';
import { Crash } from '../../../src/server/ledger/append/crash-points.js';
import { ReadLog } from '../../../src/server/ledger/read/read-log.js';
import { ReadTree } from '../../../src/server/ledger/read/read-tree.js';
import { Guard } from '../../../src/server/transparency/guard.js';
import { loadKeys } from '../../../src/server/transparency/keys.js';
import { type LogSigner, SealLog } from '../../../src/server/transparency/seal-log.js';
import { asSuperuser } from '../../support/database.js';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

let server: TestServer;
let world: HonestWorld;
let obstacle: string;

beforeAll(async () => {
  server = await startTestServer();
  world = await HonestWorld.open(server.url);
  // Where the lock of the guard is drafted; a full or read-only disk would do the same.
  obstacle = `${server.config.guardFile}.lock.${process.pid}`;
});

afterAll(() => server.close());

describe('a guard that cannot be written for a while', () => {
  it('makes the service say that it is not ready, until it can be written again; then all is signed', async () => {
    expect((await get(server.url, '/readyz')).status).toBe(200);
    mkdirSync(obstacle);
    const { event } = world.declare();
    const reason = expect.stringContaining('The guard cannot be moved');
    const halted = { status: 503, body: { code: 'log-halted', detail: reason } };
    expect(await post(server.url, event)).toMatchObject(halted);
    for (const [type, body] of [
      ['application/json', JSON.stringify([{ event: world.declare().event }])],
      ['application/x-ndjson', JSON.stringify({ event: world.declare().event })],
    ] as const) {
      const batch = await fetch(`${server.url}/v1/events/batch`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      expect([batch.status, batch.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[0-9]+$/)]);
      expect(await batch.json()).toMatchObject(halted.body);
    }
    const unready = { status: 503, body: { ready: false, checks: { log: reason } } };
    expect(await get(server.url, '/readyz')).toMatchObject(unready);
    // A second question finds it as it is, and not as the first has left it.
    expect(await get(server.url, '/readyz')).toMatchObject(unready);

    rmdirSync(obstacle);
    // Nobody has sent anything meanwhile: who asks whether it is ready is enough.
    expect(await get(server.url, '/readyz')).toMatchObject({ status: 200, body: { checks: { log: 'ready' } } });
    expect(await post(server.url, event)).toMatchObject({ status: 200 });
  });
});

describe('a checkpoint that cannot be stored for a while', () => {
  it('halts the log after its receipts are sent, until it is stored by the next check', async () => {
    const behind = (sql: string): Promise<unknown> => asSuperuser(server.database.superuserUrl, sql);
    await behind(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no space'; END $$;
                  CREATE TRIGGER full_disk BEFORE UPDATE ON checkpoints FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    const { event } = world.declare();
    const { status, body } = await post(server.url, event);
    expect([status, body.receipt]).toEqual([201, expect.stringContaining('c2sp.org/tlog-proof@v1')]);
    const reason = expect.stringContaining('A signed checkpoint could not be stored');
    const halted = { status: 503, body: { code: 'log-halted', detail: reason } };
    expect(await get(server.url, '/log/checkpoint')).toMatchObject(halted);
    expect((await get(server.url, '/readyz')).status).toBe(503);

    await behind('DROP TRIGGER full_disk ON checkpoints; DROP FUNCTION full_disk()');
    expect(await get(server.url, '/readyz')).toMatchObject({ status: 200, body: { checks: { log: 'ready' } } });
    const unsigned = await server.server.app
      .get(Database, { strict: false })
      .rows('SELECT size FROM checkpoints WHERE note IS NULL');
    expect(unsigned).toEqual([]);
    expect(await post(server.url, event)).toMatchObject({ status: 200 });
  });
});

/** What somebody can put in the place of the guard, as it was and as it is now. */
const replaced: [string, (now: string, before: string) => string | null, string][] = [
  ['is gone', () => null, 'There is no guard'],
  ['is damaged', (now) => now.slice(0, -20), 'is damaged'],
  ['is of another log', (now) => now.replace(/"origin":"[^"]*"/, '"origin":"other.example/log"'), 'is that of other'],
  ['is an older one of this log', (_, before) => before, 'an older copy of the guard'],
  [
    'is ahead of the log',
    (now) => now.replace(/"size":(\d+)/, (_, n) => `"size":${Number(n) + 5}`),
    'the database holds',
  ],
  [
    'has another root',
    (now) => now.replace(/"root":"./, (root) => `${root.slice(0, -1)}${root.endsWith('A') ? 'B' : 'A'}`),
    '',
  ],
];

describe('a guard that is replaced while the service runs', () => {
  const halted = async (): Promise<string> =>
    (await (await fetch(`${server.url}/metrics`)).text()).match(/^adit_log_halted (\d)/m)?.[1] ?? 'none';

  it.each(replaced)('halts the log where it %s, and the log goes on once it is back', async (_, put, reason) => {
    const before = readFileSync(server.config.guardFile, 'utf8');
    expect(await post(server.url, world.declare().event)).toMatchObject({ status: 201 });
    const now = readFileSync(server.config.guardFile, 'utf8');
    const other = put(now, before);
    if (other === null) rmSync(server.config.guardFile);
    else writeFileSync(server.config.guardFile, other);
    const said = { log: expect.stringContaining(reason) };
    expect(await get(server.url, '/readyz')).toMatchObject({ status: 503, body: { ready: false, checks: said } });
    const { event } = world.declare();
    expect(await post(server.url, event)).toMatchObject({ status: 503, body: { code: 'log-halted' } });
    expect(await halted()).toBe('1');

    writeFileSync(server.config.guardFile, now);
    expect(await get(server.url, '/readyz')).toMatchObject({ status: 200, body: { checks: { log: 'ready' } } });
    expect(await post(server.url, event)).toMatchObject({ status: 201 });
    expect(await halted()).toBe('0');
  });
});

describe('an older guard that is there when the service starts', () => {
  let database: Database;
  const sealing = (): SealLog => {
    const { config } = server;
    const guard = new Guard(config.guardFile, config.origin);
    const log: LogSigner = { origin: config.origin, signers: loadKeys(config, config.origin).logs, guard };
    return new SealLog(database, new ReadTree(database, new ReadLog(database)), log, new Crash(null));
  };

  beforeAll(() => {
    database = new Database({ url: server.database.url, failed: () => undefined });
  });
  afterAll(() => database.close());

  it('is refused, because a newer checkpoint is signed, unless it was written before the machine started', async () => {
    const before = readFileSync(server.config.guardFile, 'utf8');
    expect(await post(server.url, world.declare().event)).toMatchObject({ status: 201 });
    const now = readFileSync(server.config.guardFile, 'utf8');
    // Waits until the new checkpoint is stored, which follows the receipt.
    expect(await get(server.url, '/log/checkpoint')).toMatchObject({ status: 200 });
    writeFileSync(server.config.guardFile, before);
    expect(await sealing().whyHalted()).toContain('but a checkpoint of');
    utimesSync(server.config.guardFile, 1, 1);
    expect(await sealing().whyHalted()).toBeNull();
    writeFileSync(server.config.guardFile, now);
  });
});
