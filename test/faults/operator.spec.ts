import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { noteSigner } from '../../src/core/log/note.js';
import { type CheckpointsSeen, type SeenCheckpoints, compareWithSeen } from '../../src/cli/verify/seen-checkpoints.js';
import { verifyBundle } from '../../src/cli/verify/verify-bundle.js';
import { verifyReceipt } from '../../src/cli/verify/verify-receipt.js';
import { migrate } from '../../src/server/database/migrate.js';
import { Monitor, type MonitorResult } from '../../src/server/monitor/monitor.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../support/database.js';
import type { SignedEvent } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { Restorable } from '../support/restorable.js';
import { whole } from '../support/rounds.js';

/** What protocol.md §7 lets an operator try with his own hands: he has every key, the guard and the superuser's password. */
describe('an operator who changes what was recorded, seen by a client alone', () => {
  let ledger: Restorable;
  let logKey: string;
  let chain: SignedEvent[];
  let lot: string;
  let seen: SeenCheckpoints;
  /** Whether the log is what clients recorded, under the key that they know; what was changed beside it concerns one lot. */
  let isHonest = true;

  beforeAll(async () => {
    ledger = await Restorable.start({ ADIT_ROLE: 'api' });
    logKey = String((await get(ledger.service.url, '/v1/ledger')).body.logKey);
  });

  afterAll(() => ledger.remove());

  beforeEach(async () => {
    if (!isHonest) await ledger.reset();
    isHonest = true;
    chain = ledger.world.chain();
    for (const { event } of chain) expect((await post(ledger.service.url, event)).status).toBe(201);
    lot = chain[3]?.lots[0] ?? '';
    seen = {};
  });

  /** What a buyer does: takes the bundle, and checks it against the key that he pinned and what he saw before. */
  async function buy(): Promise<{ word: string; reason: string }> {
    const response = await fetch(`${ledger.service.url}/v1/lots/${lot}/bundle?sealed=now`);
    if (response.status !== 200) return { word: 'REFUSED', reason: String(response.status) };
    const verdict = await verifyBundle(await response.text(), {
      logKeys: [logKey],
      policy: null,
      seen,
      allowOlder: false,
    });
    if (verdict.seen !== null) seen = verdict.seen.newest;
    return { word: verdict.word, reason: verdict.reason };
  }

  async function sql(text: string): Promise<void> {
    await asSuperuser(ledger.service.database.superuserUrl, `SET session_replication_role = replica; ${text}`);
  }

  /** Puts the copy back, has the guard vouch for it, and lets another history grow. */
  async function rewrite(events: number): Promise<void> {
    isHonest = false;
    await ledger.service.server.close();
    await ledger.replaceDatabase();
    await ledger.blindGuard();
    ledger.service = await ledger.service.restart();
    await ledger.record(events);
  }

  /** How the checkpoint that the log shows stands to what this client has seen. */
  const shown = async (): Promise<CheckpointsSeen> =>
    compareWithSeen(await (await fetch(`${ledger.service.url}/log/checkpoint`)).text(), [logKey], seen);

  const receiptOf = async ({ id }: SignedEvent): Promise<string> =>
    (await fetch(`${ledger.service.url}/v1/events/${id}/receipt`)).text();

  it('is believed as long as he changes nothing', async () => {
    expect(await buy()).toEqual({ word: 'VERIFIED', reason: '' });
    expect(await buy()).toEqual({ word: 'VERIFIED', reason: '' });
  });

  it('cannot take an entry out of a lot’s chain', async () => {
    await sql(`DELETE FROM lot_events WHERE index = (SELECT index FROM entries WHERE id = '${chain[1]?.id ?? ''}')`);
    expect(['BROKEN', 'REFUSED']).toContain((await buy()).word);
  });

  it('cannot make another the holder: what the bundle says comes from the events', async () => {
    await sql(`UPDATE lots SET holder = 'rival', mass = 1 WHERE id = '${lot}'`);
    expect((await get(ledger.service.url, `/v1/lots/${lot}`)).body).toMatchObject({ holder: 'rival' });
    const text = await (await fetch(`${ledger.service.url}/v1/lots/${lot}/bundle`)).text();
    const { report } = await verifyBundle(text, { logKeys: [logKey], policy: null, seen, allowOlder: false });
    expect(report.judged?.lot).toMatchObject({ mass: { value: '30' } });
    expect(report.judged?.lot.holder).not.toBe('rival');
  });

  it('cannot rewrite an entry, with its hashes or without', async () => {
    const { id = '' } = chain[0] ?? {};
    isHonest = false;
    await sql(`UPDATE entries SET jws = jws || 'A' WHERE id = '${id}'`);
    expect(await buy()).toMatchObject({ word: 'BROKEN', reason: expect.stringContaining('(inclusion)') });
    await sql(`UPDATE entries SET leaf_hash = sha256('\\x00' || jws::bytea) WHERE id = '${id}'`);
    expect(await buy()).toMatchObject({ word: 'BROKEN' });
  });

  it('cannot put an older database back with its guard, nor let another history grow past it: who has a receipt notices', async () => {
    const kept = await Promise.all(chain.map(receiptOf));
    for (const [i, receipt] of kept.entries()) {
      const verdict = verifyReceipt(receipt, chain[i]?.event ?? '', [logKey], seen);
      expect(verdict.word).toBe('VERIFIED');
      if (verdict.seen !== null) seen = verdict.seen.newest;
    }
    await rewrite(0);
    expect(await shown()).toMatchObject({ older: true, fork: false });
    await ledger.record(chain.length);
    // Of the same size the log has now signed another tree: the two checkpoints convict it wherever they are shown.
    expect(await shown()).toMatchObject({ fork: true });
  });

  (whole ? it : it.skip)('cannot seal the whole log again with another key', async () => {
    isHonest = false;
    const { origin, logKeyFile } = ledger.service.config;
    await ledger.service.server.close();
    const kept = readFileSync(logKeyFile);
    const seed = randomBytes(32);
    const { keyId, vkey } = noteSigner(origin, seed);
    const text = Buffer.concat([Uint8Array.of(1), seed]).toString('base64');
    writeFileSync(logKeyFile, `PRIVATE+KEY+${origin}+${keyId}+${text}\n`);
    await sql('UPDATE checkpoints SET note = NULL');
    await sql(`UPDATE ledger_info SET log_keys = '[{"vkey":"${vkey}","from":0}]'`);
    ledger.service = await ledger.service.restart();
    writeFileSync(logKeyFile, kept);
    expect(await buy()).toMatchObject({ word: 'INCOMPLETE', reason: expect.stringContaining('by another key') });
  });

  (whole ? describe : describe.skip)('with a monitor', () => {
    let database: TestDatabase;
    let folder: string;

    beforeEach(async () => {
      database = await testDatabase();
      await migrate(database.ownerUrl);
      folder = mkdtempSync(join(tmpdir(), 'adit-monitor-'));
    });

    afterEach(async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function look(): Promise<MonitorResult> {
      const options = {
        url: ledger.service.url,
        logKeys: [logKey],
        policy: null,
        token: null,
        folder,
        databaseUrl: database.url,
        staleAfter: Number.MAX_SAFE_INTEGER,
        threads: 1,
        progress: () => undefined,
      };
      const monitor = new Monitor(options, () => Promise.resolve());
      try {
        return await monitor.look();
      } finally {
        await monitor.close();
      }
    }

    const kinds = async (): Promise<string[]> => (await look()).alarms.map(({ kind }) => kind);

    it('cannot cut the end off, nor let another history grow in its place', async () => {
      expect(await kinds()).toEqual([]);
      await rewrite(0);
      expect(await kinds()).toEqual(['rollback']);
      await ledger.record(chain.length);
      expect(await kinds()).toEqual(['fork']);
      await ledger.record(3);
      expect((await kinds()).some((kind) => ['root-differs', 'bad-entry'].includes(kind))).toBe(true);
    });

    it('cannot rewrite an entry before the monitor reads it', async () => {
      const altered = chain[2]?.id ?? '';
      isHonest = false;
      await sql(`UPDATE entries SET jws = jws || 'A' WHERE id = '${altered}'`);
      expect(await kinds()).toEqual(['bad-entry']);
    });
  });
});
