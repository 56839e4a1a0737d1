import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Forger } from '../../support/forger.js';

/** What a browser has not, and what would reach a network. */
const ABSENT = ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'fetch', 'WebSocket'];

/** Verifies a bundle in a realm where only what browsers have is left; prints its word and its steps. */
const program = (core: string): string => `
  import { readFileSync } from 'node:fs';
  const [, text, logKey] = [0, readFileSync(process.argv[1], 'utf8'), process.argv[2]];
  const say = console.log;
  for (const name of ${JSON.stringify(ABSENT)}) delete globalThis[name];
  const { parseBundle } = await import('${core}/bundle/bundle.js');
  const { checkBundle } = await import('${core}/bundle/check.js');
  const { checkSignature } = await import('${core}/event/keys.js');
  const { defaultParameters: parameters } = await import('${core}/rules/parameters.js');
  const trust = { logKeys: [logKey], policy: null, parameters, checkSignature };
  const { word, steps } = await checkBundle(parseBundle(text), trust);
  say(JSON.stringify({ word, broken: steps.filter(({ outcome }) => outcome === 'broken').map(({ step }) => step) }));
`;

describe('the check of a bundle, where there is no Node', () => {
  let folder: string;
  let forger: Forger;
  let bundle: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-browser-'));
    forger = await Forger.open();
    const output = { mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } };
    const { lots } = await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [output] });
    const sealed = await forger.seal();
    await forger.clock();
    bundle = forger.bundle(lots[0] ?? '', { sealed });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function checked(text: string): unknown {
    const file = join(folder, 'bundle.json');
    writeFileSync(file, text);
    const core = new URL('../../../src/core', import.meta.url).href;
    const args = ['--input-type=module', '-e', program(core), file, forger.log.vkey];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }

  it('comes to the same word', () => {
    expect(checked(bundle)).toEqual({ word: 'VERIFIED', broken: [] });
  });

  it('finds the same step broken', () => {
    const forged = JSON.parse(bundle) as { events: unknown[] };
    forged.events.splice(3, 1);
    expect(checked(JSON.stringify(forged))).toEqual({ word: 'BROKEN', broken: ['inclusion'] });
  });
});
