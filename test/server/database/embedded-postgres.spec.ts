import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/platform/postgres/embedded-postgres.js';
import { packagedBinaries } from '../../../src/platform/postgres/postgres-binaries.js';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const launcher = new URL('../../../src/platform/postgres/embedded-postgres.js', import.meta.url).href;

/** Starts the server from a process of its own that then waits to be killed. */
function startElsewhere(dataDir: string, uid?: number): Promise<{ child: ChildProcess; said: string }> {
  const code = `const { startEmbeddedPostgres } = await import(${JSON.stringify(launcher)});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(server.superuserUrl); setInterval(() => undefined, 1000);
    process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));`;
  const ids = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { ...ids, cwd: '/' });
  return new Promise((resolve, reject) => {
    let problems = '';
    child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()));
    child.stdout.once('data', (chunk: Buffer) => resolve({ child, said: chunk.toString().trim() }));
    child.once('exit', (status) => reject(new Error(`ended with ${status}: ${problems}`)));
  });
}

const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });

describe('starting the embedded database', () => {
  let initialised: string;
  let dataDir: string;
  let server: EmbeddedPostgres | null;

  // A folder is initialised here, and for the ordinary user below; the other tests begin with copies of it.
  beforeAll(async () => {
    initialised = mkdtempSync(join(tmpdir(), 'adit-initialised-'));
    const first = await startEmbeddedPostgres({ dataDir: initialised });
    expect(await ask(first.superuserUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await first.stop();
  });
  afterAll(() => rmSync(initialised, { recursive: true, force: true }));

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'adit-postgres-'));
    execFileSync('cp', ['-a', `${initialised}/.`, dataDir]);
    server = null;
  });

  afterEach(async () => {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('tells a second start who holds the folder, and keeps what was written over a stop', async () => {
    server = await startEmbeddedPostgres({ dataDir });
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(`is held by process ${process.pid} since 2`);
    await ask(server.superuserUrl, 'CREATE TABLE kept AS SELECT 7 AS number');
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir });
    expect(await ask(server.superuserUrl, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  });

  it('takes over the running server after its launcher was killed', async () => {
    const { child, said } = await startElsewhere(dataDir);
    await ended(child, 'SIGKILL');
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.superuserUrl).toBe(said);
    expect(server.startedByUs).toBe(true);
  });

  it('recovers when the server itself was killed', async () => {
    server = await startEmbeddedPostgres({ dataDir });
    await ask(server.superuserUrl, 'CREATE TABLE kept AS SELECT 7 AS number');
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir });
    expect(await ask(server.superuserUrl, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  });

  it('is durable unless it is started otherwise', async () => {
    const settings = `SELECT string_agg(setting, ' ') AS settings FROM pg_settings
                       WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')`;
    server = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(await ask(server.superuserUrl, settings)).toEqual([{ settings: 'off off off' }]);
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir });
    expect(await ask(server.superuserUrl, settings)).toEqual([{ settings: 'on on on' }]);
  });

  it('moves to another port when its own is taken', async () => {
    server = await startEmbeddedPostgres({ dataDir });
    const { port } = server;
    await server.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.port).not.toBe(port);
    squatter.close();
  });

  it('says where to turn on a platform without binaries', () => {
    expect(() => packagedBinaries('linux', 'x64', true)).toThrow('DATABASE_URL');
    expect(() => packagedBinaries('freebsd', 'x64', false)).toThrow('DATABASE_URL');
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('runs for an ordinary user who cannot write node_modules', async () => {
    chmodSync(dataDir, 0o777);
    const { child, said } = await startElsewhere(join(dataDir, 'own'), 65_534);
    expect(await ask(said, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await ended(child, 'SIGTERM');
  });
});
