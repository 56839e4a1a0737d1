import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/** Matches a static import of compiled JavaScript: one that the module waits for. */
const IMPORT = /^(?:import|export)\s[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gms;

/** Lists the packages that a compiled module waits for, itself or through other modules. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, named, bare] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const specifier = named ?? bare ?? '';
    if (specifier.startsWith('.'))
      for (const each of packagesOf(join(dirname(file), specifier), seen)) packages.add(each);
    else if (!specifier.startsWith('node:')) packages.add(specifier);
  }
  return packages;
}

const packages = (path: string): string[] => {
  const file = fileURLToPath(new URL(`../../src/cli/${path}`, import.meta.url));
  return [...packagesOf(file)].toSorted();
};

describe('starting adit', () => {
  it('waits for no schema, rule or signature before it knows which command runs', () => {
    expect(packages('main.js')).toEqual([]);
    expect(packages('run.js')).toEqual(['commander', 'picocolors']);
  });

  it('waits for no schema or signature to list what a ledger has', () => {
    for (const command of ['lots', 'sites', 'actors', 'stock', 'tag', 'findings']
      .map((name) => `look/${name}`)
      .concat('sign/waiting'))
      expect([command, packages(`commands/${command}.js`)]).toEqual([
        command,
        expect.not.arrayContaining(['zod', 'jose']),
      ]);
  });
});
