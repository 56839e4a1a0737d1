import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type BundleReport, checkBundle } from '../../../src/core/bundle/check.js';
import { buildEvent } from '../../../src/core/event/build.js';
import { readRefusal } from '../../../src/core/event/refusal.js';
import { type PublicJwk, checkSignature } from '../../../src/core/event/keys.js';
import { openCheckpoint } from '../../../src/core/log/checkpoint.js';
import { formatNote, parseNote } from '../../../src/core/log/note.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { migrate } from '../../../src/server/database/migrate.js';
import { Monitor, type MonitorResult } from '../../../src/server/monitor/monitor.js';
import { verifyNow } from '../../../src/server/operator.js';
import { createLogKey, createServiceKey, loadKeys } from '../../../src/server/transparency/keys.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const LOG = 'example.org/tin';

describe('replacing the keys of the ledger', () => {
  let folder: string;
  let server: TestServer;
  let world: HonestWorld;
  let former: string;
  let next: string;
  let nextService: PublicJwk;
  const nextLogFile = (): string => join(folder, 'next-log.key');
  const nextServiceFile = (): string => join(folder, 'next-service.jwk');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-rotation-'));
    next = createLogKey(nextLogFile(), LOG);
    nextService = createServiceKey(nextServiceFile());
    server = await startTestServer({
      ADIT_OTHER_LOG_KEY_FILES: nextLogFile(),
      ADIT_OTHER_SERVICE_KEY_FILES: nextServiceFile(),
    });
    world = await HonestWorld.open(server.url);
    former = String((await get(server.url, '/v1/ledger')).body.logKey);
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const signersOf = async (): Promise<string[]> => {
    const note = await (await fetch(`${server.url}/log/checkpoint`)).text();
    return [former, next].filter((key) => openCheckpoint(note, [key]).ok);
  };

  async function recordChain(): Promise<string> {
    const chain = world.chain();
    for (const { event } of chain) expect((await post(server.url, event)).status).toBe(201);
    return chain[0]?.lots[0] ?? '';
  }

  const fetchBundle = async (lot: string): Promise<string> =>
    (await fetch(`${server.url}/v1/lots/${lot}/bundle?sealed=now`)).text();

  const check = (text: string, ...logKeys: string[]): Promise<BundleReport> =>
    checkBundle(parseBundle(text), { logKeys, policy: null, parameters: defaultParameters, checkSignature });

  const rotate = (): Promise<unknown> =>
    world.registrar.must('ledger.updated', { logKey: next, serviceKey: nextService });

  it('has both sign while both are there, so that whoever pinned either can follow', async () => {
    const lot = await recordChain();
    expect(await signersOf()).toEqual([former]);
    await rotate();
    expect(await signersOf()).toEqual([former, next]);
    const later = await recordChain();
    expect((await get(server.url, '/v1/ledger')).body).toMatchObject({ logKey: next, serviceKey: nextService });
    for (const key of [former, next])
      for (const of of [lot, later]) expect((await check(await fetchBundle(of), key)).word).toBe('VERIFIED');
  });

  it('goes on without the former key, which alone proves nothing any more', async () => {
    await recordChain();
    await rotate();
    await recordChain();
    server = await server.restart({
      ADIT_ROLE: 'all',
      ADIT_LOG_KEY_FILE: nextLogFile(),
      ADIT_SERVICE_KEY_FILE: nextServiceFile(),
    });
    const lot = await recordChain();
    expect(await signersOf()).toEqual([next]);
    const text = await fetchBundle(lot);
    expect((await check(text, former, next)).word).toBe('VERIFIED');
    expect((await check(text, former)).word).toBe('INCOMPLETE');
    await verifyNow(server.server);
    expect((await get(server.url, '/v1/findings')).body).toMatchObject({ items: [] });
  });

  it('shows up whoever signs by the former key alone what the new one should have signed', async () => {
    const lot = await recordChain();
    await rotate();
    const bundle = JSON.parse(await fetchBundle(lot)) as { checkpoint: string };
    const { text, signatures } = parseNote(bundle.checkpoint);
    const { keyId } = parseNote((await receiptNote()) ?? '').signatures[0] ?? { keyId: '' };
    bundle.checkpoint = formatNote(
      text,
      signatures.filter((signature) => signature.keyId === keyId),
    );
    expect((await check(JSON.stringify(bundle), former)).steps.at(-1)).toMatchObject({
      step: 'admission',
      outcome: 'broken',
      detail: expect.stringContaining('replaced'),
    });
  });

  /** The checkpoint under the first receipt: one of before the rotation, signed by the former key alone. */
  async function receiptNote(): Promise<string | undefined> {
    const { body } = await post(server.url, world.setUp[0]?.event ?? '');
    return String(body.receipt).split('\n\n').slice(1).join('\n\n');
  }

  it('signs refusals and the log’s time by the new service key, and lists all of them', async () => {
    const before = (await get(server.url, '/v1/ledger')).body.serviceKey;
    await rotate();
    const { id } = world.actor('coop');
    const refused = await post(server.url, world.sign(id, 'actor.registered', { actor: 'x' }).event);
    await expect(readRefusal(String(refused.body.refusal), nextService, checkSignature)).resolves.toBeDefined();
    const keys = (await get(server.url, '/v1/ledger/keys')).body;
    expect(keys).toMatchObject({
      logKeys: [
        { vkey: former, from: 0 },
        { vkey: next, from: expect.any(Number) },
      ],
      serviceKeys: [
        { key: before, until: expect.any(Number) },
        { key: nextService, until: null },
      ],
    });
  });

  it('halts rather than sign by a key that is not in force, and says which is missing', async () => {
    await rotate();
    await recordChain();
    server = await server.restart({});
    const answer = await post(server.url, world.declare().event);
    expect(answer).toMatchObject({ status: 503, body: { code: 'log-halted', detail: expect.stringContaining(next) } });
    expect(await get(server.url, '/readyz')).toMatchObject({
      status: 503,
      body: { checks: { log: expect.stringContaining(next), 'service-key': expect.stringContaining('is in force') } },
    });
    server = await server.restart({
      ADIT_OTHER_LOG_KEY_FILES: nextLogFile(),
      ADIT_OTHER_SERVICE_KEY_FILES: nextServiceFile(),
    });
    await recordChain();
  });

  it('lets nothing in that comes from outside under the service key, whatever is sent along with it', async () => {
    const { service } = loadKeys(server.config, LOG);
    const far = { occurredAt: '2099-01-01T00:00:00.000Z', iat: 4_070_908_800, jti: 'A'.repeat(22) };
    const { event } = await buildEvent({ log: LOG, type: 'log.clock', iss: 'ledger', ...far }, service);
    expect(await post(server.url, event)).toMatchObject({ status: 403, body: { code: 'key-unknown' } });
    const bringsKey = world.sign('coop', 'key.added', { actor: 'coop', key: service.jwk, possession: 'e30.e30.AA' });
    const response = await fetch(`${server.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ event: bringsKey.event }, { event }]),
    });
    expect(await response.json()).toMatchObject({
      results: [{ status: 'refused' }, { status: 'refused', problem: { code: 'key-unknown' } }],
    });
  });

  describe('watched by a monitor', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await testDatabase();
      await migrate(database.ownerUrl);
    });
    afterEach(() => database.drop());

    async function look(...logKeys: string[]): Promise<MonitorResult> {
      const monitor = new Monitor(
        {
          url: server.url,
          logKeys,
          policy: null,
          token: null,
          folder: join(folder, 'monitor'),
          databaseUrl: database.url,
          staleAfter: Number.MAX_SAFE_INTEGER,
          threads: 1,
          progress: () => undefined,
        },
        () => Promise.resolve(),
      );
      try {
        return await monitor.look();
      } finally {
        await monitor.close();
      }
    }

    it('is followed by whoever pinned the former key and read on while it was still signing', async () => {
      await recordChain();
      expect((await look(former)).alarms).toEqual([]);
      await rotate();
      await recordChain();
      expect((await look(former)).alarms).toEqual([]);
      server = await server.restart({ ADIT_LOG_KEY_FILE: nextLogFile(), ADIT_SERVICE_KEY_FILE: nextServiceFile() });
      await recordChain();
      expect((await look(former)).alarms).toEqual([]);
    });

    it('is an alarm for whoever missed that, until the new key is pinned', async () => {
      await rotate();
      server = await server.restart({ ADIT_LOG_KEY_FILE: nextLogFile(), ADIT_SERVICE_KEY_FILE: nextServiceFile() });
      await recordChain();
      expect((await look(former)).alarms).toMatchObject([{ kind: 'unsigned' }]);
      expect((await look(next)).alarms).toEqual([]);
    });
  });
});
