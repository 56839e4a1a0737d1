import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OverwrittenFile } from '../../src/platform/durable-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adit-file-'));
  path = join(folder, 'state');
  writeFileSync(path, 'one\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Flushes that end when the test says so. */
class Flushes {
  readonly pending: ((error: NodeJS.ErrnoException | null) => void)[] = [];
  readonly flush = (_file: number, done: (error: NodeJS.ErrnoException | null) => void): void => {
    this.pending.push(done);
  };
  end(error: NodeJS.ErrnoException | null = null): void {
    this.pending.shift()?.(error);
  }
}

describe('a file that is overwritten in place', () => {
  it('has the new text at once, and is the same file', () => {
    const { ino } = statSync(path);
    new OverwrittenFile(path).overwrite('two\n');
    expect(readFileSync(path, 'utf8')).toBe('two\n');
    expect(statSync(path).ino).toBe(ino);
  });

  it('is flushed once more for all that was written during a flush', () => {
    const flushes = new Flushes();
    const file = new OverwrittenFile(path, flushes.flush);
    for (const text of ['two\n', 'six\n', 'ten\n']) file.overwrite(text);
    expect(flushes.pending).toHaveLength(1);
    flushes.end();
    expect(flushes.pending).toHaveLength(1);
    flushes.end();
    expect(flushes.pending).toHaveLength(0);
    file.overwrite('two\n');
    expect(flushes.pending).toHaveLength(1);
    flushes.end();
  });

  it('flushes before it returns where the last flush failed, and throws where it cannot be written', () => {
    const flushes = new Flushes();
    const file = new OverwrittenFile(path, flushes.flush);
    file.overwrite('two\n');
    flushes.end(Object.assign(new Error('failed'), { code: 'EIO' }));
    file.overwrite('six\n');
    expect(readFileSync(path, 'utf8')).toBe('six\n');
    flushes.end();
    rmSync(path);
    expect(() => file.overwrite('ten\n')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
