import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatSubmission } from '../../src/core/log/add-checkpoint.js';
import { readCheckpoint, signCheckpoint } from '../../src/core/log/checkpoint.js';
import { openCosignatures, parseWitnessKey } from '../../src/core/log/cosignature.js';
import { noteSigner } from '../../src/core/log/note.js';
import { originHash } from '../../src/cli/witness/witness-store.js';
import { naiveConsistency, naiveRoot, someLeaves } from '../core/log/naive-tree.js';
import { ADIT } from '../support/programs.js';
import { type Ran, runAdit } from '../support/run-adit.js';

const origin = 'example.org/tin';
const log = noteSigner(origin, new Uint8Array(32).fill(7));
const note = (size: number): string => signCheckpoint({ origin, size, root: naiveRoot(someLeaves(size)) }, log);
const submission = (oldSize: number, size: number): string =>
  formatSubmission({
    oldSize,
    proof: oldSize === 0 ? [] : naiveConsistency(oldSize, someLeaves(size)),
    note: note(size),
  });

describe('adit witness', () => {
  let folder: string;
  let vkey: string;
  let running: ChildProcess | null = null;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-cli-'));
  });

  afterAll(() => {
    running?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const adit = (...args: string[]): Promise<Ran> => runAdit(folder, args);

  async function serve(): Promise<string> {
    const child = spawn(process.execPath, [ADIT, '--json', 'witness', 'serve', 'w', '--port', '0'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running = child;
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return (JSON.parse(line.toString('utf8')) as { url: string }).url;
  }

  const send = async (url: string, body: string): Promise<{ status: number; type: string | null; text: string }> => {
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  it('makes a key that its owner alone may read, and never another in its place', async () => {
    const made = await adit('--json', 'witness', 'init', 'w', 'example.org/north');
    vkey = (JSON.parse(made.out) as { vkey: string }).vkey;
    expect(parseWitnessKey(vkey).name).toBe('example.org/north');
    expect(statSync(join(folder, 'w', 'witness.key')).mode & 0o077).toBe(0);
    expect(await adit('witness', 'init', 'w', 'example.org/north')).toMatchObject({ code: 1 });
  });

  it('watches only the logs that it was given', async () => {
    expect(await adit('witness', 'add', 'w', 'nonsense')).toMatchObject({ code: 1 });
    expect(await adit('witness', 'add', 'w', log.vkey)).toMatchObject({ code: 0, err: '' });
    expect(await adit('witness', 'add', 'w', log.vkey)).toMatchObject({ code: 1 });
  });

  it('cosigns what continues the log, and remembers it when it is killed', async () => {
    let url = await serve();
    expect((await fetch(`${url}/${originHash(origin)}/checkpoint`)).status).toBe(404);
    const first = await send(url, submission(0, 5));
    expect(first.status).toBe(200);
    expect(openCosignatures(note(5) + first.text, [parseWitnessKey(vkey)])).toHaveLength(1);
    expect((await send(url, submission(5, 9))).status).toBe(200);
    running?.kill('SIGKILL');
    url = await serve();
    expect(await send(url, submission(0, 5))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '9\n' });
    const shown = await (await fetch(`${url}/${originHash(origin)}/checkpoint`)).text();
    expect(readCheckpoint(shown).size).toBe(9);
    expect(openCosignatures(shown, [parseWitnessKey(vkey)])).toHaveLength(1);
    const other = signCheckpoint({ origin, size: 12, root: naiveRoot(someLeaves(3)) }, log);
    expect((await send(url, formatSubmission({ oldSize: 9, proof: [], note: other }))).status).toBe(422);
    const twin = signCheckpoint({ origin, size: 9, root: naiveRoot(someLeaves(3)) }, log);
    const refused = await send(url, formatSubmission({ oldSize: 9, proof: [], note: twin }));
    expect(refused).toMatchObject({ status: 409, type: expect.stringContaining('text/plain') });
    expect((await send(url, 'x'.repeat(1_000_000))).status).toBe(413);
    expect((await fetch(`${url}/..%2fwitness.key/checkpoint`)).status).toBe(404);
    running?.kill('SIGTERM');
  });

  it('says nothing more of a log whose file it has lost or cannot read', async () => {
    const [file = ''] = readdirSync(join(folder, 'w')).filter((name) => name.endsWith('.json'));
    const path = join(folder, 'w', file);
    expect(readFileSync(path, 'utf8')).toContain(origin);
    rmSync(path);
    const url = await serve();
    expect((await send(url, submission(9, 12))).status).toBe(404);
    running?.kill('SIGTERM');
  });
});
