import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asSuperuser } from '../support/database.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

describe('adit audit URL', () => {
  let folder: string;
  let server: TestServer;
  let world: HonestWorld;
  let logKey: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-cli-'));
    server = await startTestServer();
    world = await HonestWorld.open(server.url);
    logKey = String((await get(server.url, '/v1/ledger')).body.logKey);
    for (const { event } of world.chain()) expect((await post(server.url, event)).status).toBe(201);
  }, 60_000);

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function audit(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [MAIN, ...args, 'audit', server.url, '--log-key', logKey, '--once', '--state', 'watched'],
        { cwd: folder, env: { PATH: process.env.PATH, HOME: folder } },
        (_error, out, err) => resolve({ code: child.exitCode, out, err }),
      );
    });
  }

  it('reads the whole ledger into a database of its own and finds it consistent', async () => {
    const { code, out } = await audit();
    expect(out).toMatch(/ entries: CONSISTENT\n$/);
    expect(code).toBe(0);
  }, 60_000);

  it('goes on where it was, and convicts an operator who has changed an entry since', async () => {
    const { event, id } = world.declare();
    expect((await post(server.url, event)).status).toBe(201);
    await asSuperuser(
      server.database.superuserUrl,
      `SET session_replication_role = replica; UPDATE entries SET jws = jws || 'A' WHERE id = '${id}'`,
    );
    const { code, out } = await audit('--json');
    expect(JSON.parse(out)).toMatchObject({ alarms: [{ kind: 'bad-entry', evidence: null }] });
    expect(code).toBe(3);
  }, 60_000);
});
