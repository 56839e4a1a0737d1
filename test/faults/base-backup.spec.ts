import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { compareWithSeen } from '../../src/cli/verify/seen-checkpoints.js';
import { readCheckpoint } from '../../src/core/log/checkpoint.js';
import { type Config, loadConfig } from '../../src/server/config/config.js';
import type { Database } from '../../src/server/database/database.js';
import { Database as DatabaseToken } from '../../src/server/database/database.js';
import { JsonLogger } from '../../src/server/boot/logger.js';
import { auditNow, initialise } from '../../src/server/operator.js';
import { type RunningServer, startServer } from '../../src/server/boot/start.js';
import { Acknowledged } from '../support/acknowledged.js';
import { copyPreparedServer } from '../support/database.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { get } from '../support/outside-client.js';
import { upTo, whole } from '../support/rounds.js';

const quiet = new JsonLogger('fatal');

/** F18: PostgreSQL's own way to copy a running server (pg_backup_start, the files, pg_backup_stop), while events stream in. */
(whole ? describe : describe.skip)('a backup that was taken while events streamed in', () => {
  let folder: string;
  let config: Config;
  let restored: Config;
  let logKey: string;
  /** The newest checkpoint that a client was shown before the ledger was lost. */
  let newest: string;
  /** Entries that were acknowledged when the backup began, and in the end. */
  let before: number;
  let inAll: number;
  /** The newest checkpoint in the copy. */
  let copied: { size: number; root: string };

  const place = (data: string): Config =>
    loadConfig({
      ADIT_ORIGIN: 'example.org/tin',
      ADIT_DATA_DIR: join(folder, data),
      ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
      ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
      ADIT_GUARD_FILE: join(folder, 'guard.json'),
      ADIT_ACCESS: 'open',
      ADIT_LOG_LEVEL: 'fatal',
      ADIT_ENTRY_BUNDLES: 'on',
      ADIT_ROLE: 'api',
      ADIT_VERIFY_THREADS: '1',
      PORT: '0',
    });

  async function backUp(server: RunningServer): Promise<void> {
    const client = new pg.Client({ connectionString: server.database.superuserUrl ?? '' });
    await client.connect();
    const [from, to] = [config.dataDir, restored.dataDir];
    await client.query("SELECT pg_backup_start('copy', true)");
    // Files come and go under a copy of a running server; what the log of changes needs is copied again at the end.
    execFileSync('sh', ['-c', `cp -a "${from}" "${to}" 2>/dev/null || true`]);
    await sleep(300);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    execFileSync('cp', ['-a', `${join(from, 'postgres', 'pg_wal')}/.`, join(to, 'postgres', 'pg_wal')]);
    const label = join(to, 'postgres', 'backup_label');
    writeFileSync(label, rows[0]?.labelfile ?? '');
    // As root, PostgreSQL runs as another user, who must be able to read it.
    const { uid, gid } = statSync(join(to, 'postgres'));
    chownSync(label, uid, gid);
    // Who holds the folder is not copied with it.
    for (const own of ['adit.lock', join('postgres', 'postmaster.pid')]) rmSync(join(to, own), { force: true });
    await client.end();
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-backup-'));
    config = place('data');
    restored = place('restored');
    initialise(config);
    copyPreparedServer(config.dataDir);
    const server = await startServer(config, { logger: quiet });
    const world = await HonestWorld.open(server.url);
    logKey = String((await get(server.url, '/v1/ledger')).body.logKey);
    const acknowledged = new Acknowledged();
    acknowledged.recordAll(world.setUp);
    const clients = ingest([server.url], world, acknowledged, { patient: true, clients: 4, size: 8 });
    await sleep(500);
    before = acknowledged.stored.size;
    await backUp(server);
    await sleep(300);
    await clients.stop();
    newest = await acknowledged.see(server.url);
    inAll = readCheckpoint(newest).size;
    await server.close();
  }, upTo(180_000));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds everything that was acknowledged before it began, intact, and says that it is older than what was signed', async () => {
    const { entries, faults } = await auditNow(restored, 'everything', () => undefined);
    expect(entries).toBeGreaterThanOrEqual(before);
    expect(entries).toBeLessThan(inAll);
    expect(faults).toMatchObject([
      { detail: `The guard has seen a log of ${inAll} entries; the database holds ${entries}.` },
    ]);
  });

  it('is not signed on by the service', async () => {
    const server = await startServer(restored, { logger: quiet });
    try {
      const detail = expect.stringContaining('an older copy of the database was restored');
      expect(await get(server.url, '/log/checkpoint')).toMatchObject({
        status: 503,
        body: { code: 'log-halted', detail },
      });
      copied = await newestIn(server);
    } finally {
      await server.close();
    }
  });

  it('is a rollback to whoever has seen more, also where the guard of that moment was put back with it', async () => {
    const guard = JSON.parse(readFileSync(config.guardFile, 'utf8')) as { origin: string };
    rmSync(config.guardFile);
    writeFileSync(config.guardFile, `${JSON.stringify({ ...guard, ...copied })}\n`);
    const server = await startServer(restored, { logger: quiet });
    try {
      const note = await (await fetch(`${server.url}/log/checkpoint`)).text();
      const { size, root } = readCheckpoint(newest);
      const seen = { [logKey]: { size, root: Buffer.from(root).toString('base64'), note: newest } };
      expect(compareWithSeen(note, [logKey], seen)).toMatchObject({ older: true, fork: false });
    } finally {
      await server.close();
    }
  });
});

/** Reads the newest checkpoint that a database holds: the guard of that moment says the same. */
async function newestIn(server: RunningServer): Promise<{ size: number; root: string }> {
  const database: Database = server.app.get(DatabaseToken, { strict: false });
  const [newest] = await database.rows<{ size: number; root: string }>(
    "SELECT size, encode(root, 'base64') AS root FROM checkpoints ORDER BY size DESC LIMIT 1",
  );
  return newest ?? { size: 0, root: '' };
}
