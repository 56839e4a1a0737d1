import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyRoot, leafHash } from '../../../src/core/log/tree.js';
import { FileLockError, withFileLock } from '../../../src/platform/file-lock.js';
import { Guard, type GuardState } from '../../../src/server/transparency/guard.js';

const origin = 'example.org/tin';
const other = fileURLToPath(new URL('./guard-process.js', import.meta.url));
const head = (size: number, text = 'root'): GuardState => ({ origin, size, root: leafHash(`${text} ${size}`) });

let folder: string;
let path: string;
let guard: Guard;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adit-guard-'));
  path = join(folder, 'guard.json');
  guard = new Guard(path, origin);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fail(): never {
  throw new Error('failed');
}

/** What stands in a lock that this process holds. */
function readOwnLock(): string {
  const lock = join(folder, 'own');
  return withFileLock(lock, () => readFileSync(lock, 'utf8'));
}

/** Runs another process on the same guard; resolves with its exit code, or the signal that ended it. */
function runProcess(task: string): Promise<number | string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [other, path, origin, task], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
}

describe('guarding what was signed last', () => {
  it('begins at the empty log, once', () => {
    expect(guard.create()).toEqual({ origin, size: 0, root: emptyRoot() });
    expect(guard.read()).toEqual({ origin, size: 0, root: emptyRoot() });
    expect(() => guard.create()).toThrow(expect.objectContaining({ reason: 'exists' }));
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"origin":"example.org/tin","size":0,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}\n',
    );
  });

  it('moves from the state expected to the next, and leaves no other file behind', () => {
    const first = guard.create();
    expect(guard.compareAndSwap(first, head(5))).toBe(true);
    expect(new Guard(path, origin).read()).toEqual(head(5));
    expect(readdirSync(folder)).toEqual(['guard.json']);
  });

  it('keeps its file while its text keeps its length, and never has another length than its text', () => {
    let state = guard.create();
    const lengths = [5, 9, 10, 99, 100, 101].map((size) => {
      const before = statSync(path).ino;
      expect(guard.compareAndSwap(state, head(size))).toBe(true);
      state = new Guard(path, origin).read();
      expect(state).toEqual(head(size));
      return statSync(path).ino === before;
    });
    expect(lengths).toEqual([true, true, false, true, false, true]);
  });

  it('stays where it is if it does not stand where expected', () => {
    const first = guard.create();
    guard.compareAndSwap(first, head(5));
    expect(guard.compareAndSwap(first, head(6))).toBe(false);
    expect(guard.compareAndSwap(head(5, 'another root'), head(6))).toBe(false);
    expect(guard.read()).toEqual(head(5));
  });

  it('never moves backwards, nor to another tree of the same size', () => {
    guard.compareAndSwap(guard.create(), head(5));
    const backwards = expect.objectContaining({ reason: 'backwards' });
    expect(() => guard.compareAndSwap(head(5), head(4))).toThrow(backwards);
    expect(() => guard.compareAndSwap(head(5), head(5, 'another root'))).toThrow(backwards);
    expect(guard.compareAndSwap(head(5), head(5))).toBe(true);
    expect(() => guard.compareAndSwap(head(5), { ...head(6), origin: 'other' })).toThrow(
      expect.objectContaining({ reason: 'foreign' }),
    );
    expect(() => guard.compareAndSwap(head(5), { ...head(6), root: new Uint8Array(31) })).toThrow(RangeError);
    expect(guard.read()).toEqual(head(5));
  });
});

describe('relying on a guard', () => {
  it('is not made up where it is missing', () => {
    const missing = expect.objectContaining({ reason: 'missing' });
    expect(() => guard.read()).toThrow(missing);
    expect(() => guard.compareAndSwap(head(0), head(1))).toThrow(missing);
    expect(existsSync(path)).toBe(false);
    expect(() => guard.read()).toThrow('adit init');
  });

  it('is not taken from another log', () => {
    guard.create();
    expect(() => new Guard(path, 'example.org/gold').read()).toThrow(expect.objectContaining({ reason: 'foreign' }));
  });

  it.each([
    ['nothing', ''],
    ['half a line', '{"origin":"example.org/tin","si'],
    [
      'another member',
      '{"origin":"example.org/tin","size":0,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","a":1}\n',
    ],
    [
      'a size twice',
      '{"origin":"example.org/tin","size":9,"size":0,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}\n',
    ],
    ['a short root', '{"origin":"example.org/tin","size":0,"root":"AAAA"}\n'],
    [
      'a negative size',
      '{"origin":"example.org/tin","size":-1,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}\n',
    ],
    ['NULs, as after a power failure', '\0'.repeat(90)],
  ])('refuses a file that holds %s', (_, text) => {
    writeFileSync(path, text);
    expect(() => guard.read()).toThrow(expect.objectContaining({ reason: 'unreadable' }));
  });

  it('does not mind a draft that a crash left behind', () => {
    const first = guard.create();
    writeFileSync(`${path}.next`, '{"origin":');
    expect(guard.compareAndSwap(first, head(1))).toBe(true);
    expect(guard.read()).toEqual(head(1));
  });
});

describe('guarding between processes', () => {
  it('loses no move when three processes race', async () => {
    guard.create();
    const codes = await Promise.all([runProcess('40'), runProcess('40'), runProcess('40')]);
    expect(codes).toEqual([0, 0, 0]);
    expect(guard.read().size).toBe(120);
    expect(readdirSync(folder)).toEqual(['guard.json']);
  });

  it('takes over the lock of a process that was killed while it held it', async () => {
    const first = guard.create();
    expect(await runProcess('die')).toBe('SIGKILL');
    expect(existsSync(`${path}.lock`)).toBe(true);
    expect(guard.compareAndSwap(first, head(1))).toBe(true);
    expect(readdirSync(folder)).toEqual(['guard.json']);
  });

  it('takes over a lock whose process id now belongs to another process', () => {
    if (!existsSync('/proc/self/stat')) return;
    const lock = join(folder, 'lock');
    writeFileSync(lock, `${hostname()} ${process.pid} 1`);
    expect(withFileLock(lock, () => 'done', 200)).toBe('done');
  });

  it.each([
    ['of a process that runs', () => readOwnLock()],
    ['of another host', () => `not-${hostname()} 999999999 0`],
    ['of nobody', () => ''],
  ])('does not take over a lock %s', (_, text) => {
    const lock = join(folder, 'lock');
    writeFileSync(lock, text());
    expect(() => withFileLock(lock, () => 'done', 30)).toThrow(FileLockError);
    expect(existsSync(lock)).toBe(true);
  });

  it('gives the lock back when the action fails', () => {
    const lock = join(folder, 'lock');
    expect(() => withFileLock(lock, fail)).toThrow('failed');
    expect(withFileLock(lock, () => 'done', 30)).toBe('done');
  });

  it('says so if the folder cannot be written', () => {
    const first = guard.create();
    if (process.getuid?.() === 0 || process.platform === 'win32') return;
    chmodSync(folder, 0o500);
    expect(() => guard.compareAndSwap(first, head(1))).toThrow('EACCES');
    chmodSync(folder, 0o700);
    expect(guard.read()).toEqual(first);
  });
});
