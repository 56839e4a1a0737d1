import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSeen, saveEvidence, seenSizesOf, writeSeen } from '../../src/cli/verify/seen-checkpoints.js';
import type { SeenCheckpoints } from '../../src/cli/verify/seen-checkpoints.js';
import { type BundleVerdict, apartSaid, verifyBundle } from '../../src/cli/verify/verify-bundle.js';
import { verifyReceipt } from '../../src/cli/verify/verify-receipt.js';
import { type BundleJson, parseBundle } from '../../src/core/bundle/bundle.js';
import { unpackBundle } from '../../src/core/bundle/unpack.js';
import { openCheckpoint } from '../../src/core/log/checkpoint.js';
import { cosign, witnessVkey } from '../../src/core/log/cosignature.js';
import { parseNote } from '../../src/core/log/note.js';
import { type Policy, parsePolicy } from '../../src/core/log/policy.js';
import { Forger, LOG } from '../support/forger.js';

const seed = new Uint8Array(32).fill(7);
const bag = {
  place: { site: 'hill' },
  outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }],
};

let forger: Forger;
let lot: string;
let seen: SeenCheckpoints;
let policy: Policy | null;

/** What a buyer does with a bundle, who remembers what he saw. */
async function buy(text: string): Promise<BundleVerdict> {
  const verdict = await verifyBundle(text, { logKeys: [forger.log.vkey], policy, seen, allowOlder: false });
  if (verdict.seen?.fork === false) seen = verdict.seen.newest;
  return verdict;
}

/** A bundle of the log as it is now; @param sizes what it is to show that it continues */
async function bundle(...sizes: number[]): Promise<string> {
  const sealed = await forger.seal();
  await forger.clock();
  return forger.bundle(lot, { sealed, sizes });
}

const size = (): number => forger.texts.length;
const remembered = (): number | undefined => seen[forger.log.vkey]?.size;

/** Another history takes the place of the last entries. */
async function fork(entries: number): Promise<void> {
  forger.texts.length -= entries;
  forger.events.length -= entries;
  for (let i = 0; i < entries; i += 1) await forger.clock();
}

/** The policy asks for a witness. */
function askWitness(): string {
  const vkey = witnessVkey('w.example', ed25519.getPublicKey(seed));
  policy = parsePolicy(`log ${forger.log.vkey}\nwitness W ${vkey}\nquorum W\n`);
  return vkey;
}

const witnessed = (text: string): string => {
  const whole = JSON.parse(text) as BundleJson;
  whole.checkpoint += cosign(parseNote(whole.checkpoint).text, 'w.example', seed, 1_800_000_000);
  return JSON.stringify(whole);
};

beforeEach(async () => {
  [seen, policy] = [{}, null];
  forger = await Forger.open();
  [lot = ''] = (await forger.write('coop', 'lot.declared', bag)).lots;
  await forger.clock();
});

describe('a bundle that comes after another', () => {
  it('takes the place of the first in the memory where it shows that it continues it', async () => {
    expect((await buy(await bundle())).word).toBe('VERIFIED');
    const before = size();
    const verdict = await buy(await bundle(before));
    expect([verdict.word, apartSaid(verdict.seen), remembered()]).toEqual(['VERIFIED', null, size()]);
  });

  it('is said to stand apart where it does not, and the memory keeps both', async () => {
    await buy(await bundle());
    const before = size();
    const verdict = await buy(await bundle());
    expect(apartSaid(verdict.seen)).toBe(`continuity with what was seen at size ${before} is not shown`);
    expect(remembered()).toBe(before);
    expect(seenSizesOf(LOG, seen)).toEqual([before, size()]);
    const last = await buy(await bundle(before, size()));
    expect(apartSaid(last.seen)).toBeNull();
    expect([seenSizesOf(LOG, seen), remembered()]).toEqual([[size()], size()]);
  });

  it('is a fork where it continues another log than the one that was seen, however much larger', async () => {
    await buy(await bundle());
    const before = size();
    await fork(3);
    for (let i = 0; i < 5; i += 1) await forger.clock();
    const text = await bundle(before);
    const verdict = await buy(text);
    expect(verdict).toMatchObject({ word: 'BROKEN', reason: expect.stringContaining('is not the beginning') });
    expect(remembered()).toBe(before);
    const folder = mkdtempSync(join(tmpdir(), 'adit-seen-'));
    if (verdict.seen === null) throw new Error('nothing was compared');
    const file = saveEvidence(join(folder, 'seen.json'), verdict.seen, text);
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { checkpoints: string[]; bundle: string };
    rmSync(folder, { recursive: true });
    expect(saved.checkpoints.map((note) => openCheckpoint(note, [forger.log.vkey]).ok)).toEqual([true, true]);
    expect(saved.bundle).toBe(text);
  });

  it('is a fork of one that stood apart too, once the sizes are the same', async () => {
    await buy(await bundle());
    await buy(await bundle());
    await fork(2);
    expect(await buy(forger.bundle(lot))).toMatchObject({
      word: 'BROKEN',
      reason: expect.stringContaining('two different'),
    });
  });

  it('is a fork also where it is broken in another way', async () => {
    await buy(await bundle());
    await fork(3);
    forger.texts.pop();
    forger.events.pop();
    const stolen = await forger.write('rival', 'custody.dispatched', { to: 'plant', lots: [{ lot }] });
    const verdict = await buy(forger.bundle(lot));
    expect(verdict.report.steps.at(-1)).toMatchObject({ step: 'admission', index: stolen.index });
    expect(verdict).toMatchObject({
      word: 'BROKEN',
      reason: expect.stringContaining('two different'),
      seen: { fork: true },
    });
  });
});

describe('witnesses', () => {
  it('vouch for what continues: then the memory goes on', async () => {
    askWitness();
    await buy(witnessed(await bundle()));
    const verdict = await buy(witnessed(await bundle()));
    expect([verdict.word, apartSaid(verdict.seen), remembered()]).toEqual(['VERIFIED', null, size()]);
  });

  it('are missed: what too few of them saw is not remembered', async () => {
    askWitness();
    await buy(witnessed(await bundle()));
    const before = size();
    expect((await buy(await bundle(before))).word).toBe('INCOMPLETE');
    expect(remembered()).toBe(before);
  });

  it('are asked for by a receipt as well', async () => {
    askWitness();
    const text = await bundle();
    const verify = (whole: string) => {
      const files = unpackBundle(parseBundle(whole));
      const of = (ending: string): string => files.find(({ path }) => path.endsWith(`3${ending}`))?.text ?? '';
      return verifyReceipt(of('.tlog-proof'), of('.jws'), [forger.log.vkey], seen, policy);
    };
    const alone = verify(text);
    expect(alone).toMatchObject({ word: 'INCOMPLETE', reason: expect.stringContaining('too few') });
    expect(alone.seen?.newest).toEqual({});
    expect(verify(witnessed(text)).word).toBe('VERIFIED');
  });
});

describe('log keys', () => {
  it('are those that are pinned and those of the policy together', async () => {
    const other = (await Forger.open()).log.vkey;
    policy = parsePolicy(`log ${other}\nquorum none\n`);
    expect((await buy(await bundle())).word).toBe('VERIFIED');
  });
});

describe('the memory', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'adit-seen-'));
    file = join(folder, 'checkpoints.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is what was written, and nothing where nothing was', async () => {
    expect(readSeen(file)).toEqual({});
    await buy(await bundle());
    await buy(await bundle());
    writeSeen(file, seen);
    expect(readSeen(file)).toEqual(seen);
  });

  it('is never taken for empty where it is damaged', async () => {
    await buy(await bundle());
    writeSeen(file, seen);
    const whole = readFileSync(file, 'utf8');
    for (const damaged of ['', whole.slice(0, -20), '[]', whole.replace('"size"', '"sise"'), 'null']) {
      writeFileSync(file, damaged);
      expect(() => readSeen(file)).toThrow('cannot be read');
    }
    expect(() => readSeen(folder)).toThrow('cannot be read');
  });
});
