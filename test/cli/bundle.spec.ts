import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newestBundle } from '../../src/cli/bundle.js';

describe('the bundle that adit starts from', () => {
  let folder: string;
  const dist = (): URL => pathToFileURL(`${folder}/`);
  const compiled = (): string => join(folder, 'src', 'cli', 'run.js');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-bundle-'));
    for (const each of ['bundle', 'migrations', join('src', 'cli')]) mkdirSync(join(folder, each), { recursive: true });
    for (const file of [compiled(), join(folder, 'bundle', 'run.js')]) writeFileSync(file, '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the one that was made last', () => {
    utimesSync(compiled(), 1, 1);
    expect(newestBundle(dist())).toBe(new URL('bundle/run.js', dist()).href);
  });

  it('is none where a file was compiled after it', () => {
    utimesSync(compiled(), 1, Date.now() / 1_000 + 60);
    expect(newestBundle(dist())).toBeNull();
  });

  it('is none where none was made', () => {
    rmSync(join(folder, 'bundle'), { recursive: true });
    expect(newestBundle(dist())).toBeNull();
  });
});
