import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { ADIT } from '../support/programs.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
/** The user `nobody`, who owns nothing here, as `node` owns nothing in the image but its volume. */
const NOBODY = 65_534;
const VOLUME = '/var/lib/adit';

const compose = readFileSync('docker-compose.yml', 'utf8');
const image = readFileSync('Dockerfile', 'utf8');

/** The settings that docker-compose.yml gives the service, as they stand there. */
const settings = (): Record<string, string> => {
  const block = /environment: &environment\n((?: {4}.*\n)+)/.exec(compose)?.[1] ?? '';
  const lines = block.split('\n').map((line) => /^ {4}([A-Z_]+): (.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((line) => (line === null ? [] : [[line[1], line[2]]])));
};

/** Whether the compiled program can be read by that user at all: it cannot where the checkout is in a private folder. */
const possible =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [MAIN, '--help'], { uid: NOBODY, gid: NOBODY, cwd: '/', env: {} }).status === 0;

describe('the container image', () => {
  it('runs in the folder of its volume, as a user who owns that folder alone', () => {
    expect(image).toMatch(new RegExp(`chown node:node ${VOLUME}`));
    expect(image).toMatch(new RegExp(`USER node[\\s\\S]*WORKDIR ${VOLUME}\\nVOLUME ${VOLUME}`));
  });

  it('is given settings that the service knows, with every path below its volume', () => {
    const given = settings();
    const known = readFileSync('.env.example', 'utf8');
    expect(Object.keys(given).filter((name) => !known.includes(`# ${name}=`))).toEqual([]);
    const paths = Object.entries(given).filter(([name]) => /_(FILE|DIR)$/.test(name));
    expect(paths.length).toBeGreaterThan(3);
    for (const [, path] of paths) expect(path.startsWith(`${VOLUME}/`)).toBe(true);
  });

  it('says in the header what must be set, and each variable that it needs is named there', () => {
    const header = compose.slice(0, compose.indexOf('x-adit'));
    for (const [, name = ''] of compose.matchAll(/\$\{([A-Z_]+)/g)) expect(header).toContain(name);
  });
});

(possible ? describe : describe.skip)('the image’s first command, as a user who owns nothing but the volume', () => {
  let database: TestDatabase;
  let volume: string;

  beforeAll(async () => {
    database = await testDatabase();
    volume = mkdtempSync(join(tmpdir(), 'adit-volume-'));
    chmodSync(volume, 0o755);
    chownSync(volume, NOBODY, NOBODY);
  });
  afterAll(async () => {
    await database.drop();
    rmSync(volume, { recursive: true, force: true });
  });

  it('makes the keys and the guard, and opens the ledger', () => {
    const given = Object.entries(settings()).map(([name, value]) => [name, value.replace(VOLUME, volume)]);
    const env: Record<string, string> = {
      ...Object.fromEntries(given),
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      ADIT_ORIGIN: 'example.org/tin',
      ADIT_PUBLIC_URL: 'http://127.0.0.1:8400',
      HOME: '/nonexistent',
    };
    delete env.REDIS_URL;
    const init = spawnSync(process.execPath, [ADIT, 'init', '--open'], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: volume,
      env,
      encoding: 'utf8',
    });
    expect([init.status, init.stderr]).toEqual([0, '']);
    expect(init.stdout).toContain('opened by registrar');
    expect(readdirSync(volume).toSorted()).toEqual(expect.arrayContaining(['guard.json', 'keys']));
    for (const name of ['log.key', 'service.jwk', 'registrar.jwk'])
      expect(statSync(join(volume, 'keys', name)).mode & 0o077).toBe(0);
    expect(existsSync(join(volume, '.adit'))).toBe(false);
  });
});
