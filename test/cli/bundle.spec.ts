import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newestBundle } from '../../src/cli/bundle.js';

describe('the bundle that adit starts from', () => {
  let folder: string;
  const dist = (): URL => pathToFileURL(`${folder}/`);
  const compile = (text: string): void => writeFileSync(join(folder, '.tsbuildinfo'), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-bundle-'));
    mkdirSync(join(folder, 'bundle'));
    compile('first');
    writeFileSync(join(folder, 'bundle', 'compiled.sha256'), createHash('sha256').update('first').digest('hex'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the one of the compiled files beside it', () => {
    expect(newestBundle(dist())).toBe(new URL('bundle/run.js', dist()).href);
  });

  it('is none where the compiled files are newer', () => {
    compile('second');
    expect(newestBundle(dist())).toBeNull();
  });

  it('is none where none was made', () => {
    rmSync(join(folder, 'bundle'), { recursive: true });
    expect(newestBundle(dist())).toBeNull();
  });
});
