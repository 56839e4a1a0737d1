import { mkdtempSync, openSync, closeSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Config, auditNow, initialise, loadConfig } from '../../src/server/operator.js';
import { startServer } from '../../src/server/boot/start.js';
import { Acknowledged } from '../support/acknowledged.js';
import { copyPreparedServer } from '../support/database.js';
import { HonestWorld } from '../support/honest-world.js';
import { long, upTo, whole } from '../support/rounds.js';

const ROUNDS = long ? 100 : whole ? 4 : 1;
/** Events in the log: their rows fill several pages. */
const EVENTS = 60;
const quiet = { log: () => undefined, error: () => undefined, warn: () => undefined };

/** Changes one byte of a file, and gives back how to put it right. */
function flip(path: string): () => void {
  const at = Math.floor(Math.random() * statSync(path).size);
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  const kept = byte[0] as number;
  writeSync(file, Buffer.from([kept ^ (1 << Math.floor(Math.random() * 8))]), 0, 1, at);
  closeSync(file);
  return () => {
    const again = openSync(path, 'r+');
    writeSync(again, Buffer.from([kept]), 0, 1, at);
    closeSync(again);
  };
}

describe('a byte that rots on the disk of a stopped ledger', () => {
  let folder: string;
  let config: Config;
  let heap: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-rot-'));
    config = loadConfig({
      ADIT_ORIGIN: 'example.org/tin',
      ADIT_DATA_DIR: join(folder, 'data'),
      ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
      ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
      ADIT_GUARD_FILE: join(folder, 'guard.json'),
      ADIT_ACCESS: 'open',
      ADIT_LOG_LEVEL: 'error',
      ADIT_ENTRY_BUNDLES: 'on',
      ADIT_VERIFY_THREADS: '1',
      PORT: '0',
    });
    initialise(config);
    copyPreparedServer(config.dataDir);
    const server = await startServer(config, { logger: quiet });
    const world = await HonestWorld.open(server.url);
    expect(await new Acknowledged().sendBatch(server.url, world.batch(EVENTS))).toBe('answered');
    const client = new pg.Client({ connectionString: server.database.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ path: string; folder: string }>(
      "SELECT pg_relation_filepath('entries') AS path",
    );
    await client.end();
    await server.close();
    heap = join(folder, 'data', 'postgres', rows[0]?.path ?? '');
  }, upTo(180_000));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // In the short round it is seen once, after the byte was put right.
  (whole ? it : it.skip)(
    'is not there before',
    async () => {
      expect((await auditNow(config, 'everything', () => undefined)).faults).toEqual([]);
    },
    upTo(180_000),
  );

  it(
    `is found, wherever it is, in ${ROUNDS} rounds`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const mend = flip(heap);
        const { faults } = await auditNow(config, 'everything', () => undefined);
        mend();
        expect(faults.length).toBeGreaterThan(0);
      }
      expect((await auditNow(config, 'everything', () => undefined)).faults).toEqual([]);
    },
    upTo(180_000),
  );
});
