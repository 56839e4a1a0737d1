import { readFileSync, readdirSync } from 'node:fs';
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

const compiled = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const packages = (path: string): string[] => [...packagesOf(compiled(`src/cli/${path}`))].toSorted();

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

  it('waits for no library that prints papers before the first paper', () => {
    const ofService = [...packagesOf(compiled('src/server/boot/start.js'))];
    expect(ofService).toContain('fastify');
    for (const name of ['pdfkit', 'bwip-js/node']) expect(ofService).not.toContain(name);
  });

  it('holds its program in memory with one byte a character', () => {
    const wide = readdirSync(compiled('bundle'))
      .map((name) => ({ name, text: name.endsWith('.js') ? readFileSync(compiled(`bundle/${name}`), 'utf8') : '' }))
      .filter(({ text }) => text.length > 100_000 && /[^\0-\u00ff]/.test(text));
    expect(wide.map(({ name, text }) => [name, /.{20}[^\0-\u00ff]/.exec(text)?.[0]])).toEqual([]);
  });
});
