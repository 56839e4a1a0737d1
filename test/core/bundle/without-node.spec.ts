import { ed25519 } from '@noble/curves/ed25519.js';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BundleJson } from '../../../src/core/bundle/bundle.js';
import { cosign, witnessVkey } from '../../../src/core/log/cosignature.js';
import { parseNote } from '../../../src/core/log/note.js';
import { Forger } from '../../support/forger.js';
import { WebRealm } from '../../support/web-realm.js';

/** What a browser's page does: it checks a bundle with a policy that its user brought. */
const PAGE = `
  import { parseBundle } from './bundle/bundle.js';
  import { checkBundle } from './bundle/check.js';
  import { checkSignature } from './event/keys.js';
  import { parsePolicy } from './log/policy.js';
  import { defaultParameters as parameters } from './rules/index.js';
  export const globals = Object.getOwnPropertyNames(globalThis);
  export async function check(text, policy) {
    const trust = { logKeys: [], policy: parsePolicy(policy), parameters, checkSignature };
    const { word, steps, judged } = await checkBundle(parseBundle(text), trust);
    const shown = steps.filter(({ outcome }) => outcome !== 'held').map(({ step, outcome }) => step + ' ' + outcome);
    return JSON.stringify([word, ...shown, ...(judged?.findings ?? []).map(({ rule }) => rule)]);
  }
`;

interface Page {
  globals: string[];
  check(text: string, policy: string): Promise<string>;
}

const seed = new Uint8Array(32).fill(9);
const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }];

describe('the check of a bundle, where there is no Node', () => {
  const realm = new WebRealm();
  let page: Page;
  let forger: Forger;
  let lot: string;
  let bundle: BundleJson;
  let policy: string;

  beforeAll(async () => {
    const core = new URL('../../../src/core/page.js', import.meta.url);
    page = (await realm.run(PAGE, core)) as unknown as Page;
  });

  beforeEach(async () => {
    forger = await Forger.open();
    // Its point is disclosed, and far from every site.
    const place = { site: 'hill', lat: '-1.79', lon: '30.01', accuracyM: '5', source: 'gnss' };
    [lot = ''] = (await forger.write('coop', 'lot.declared', { place, outputs })).lots;
    await forger.clock();
    const sealed = await forger.seal();
    await forger.clock();
    bundle = JSON.parse(forger.bundle(lot, { sealed })) as BundleJson;
    const witness = witnessVkey('w.example', ed25519.getPublicKey(seed));
    policy = `log ${forger.log.vkey}\nwitness W ${witness}\nquorum W\n`;
  });

  const cosigned = ({ checkpoint, ...rest }: BundleJson): string => {
    const own = cosign(parseNote(checkpoint).text, 'w.example', seed, 1_800_000_000);
    return JSON.stringify({ ...rest, checkpoint: checkpoint + own });
  };
  const check = async (text: string): Promise<unknown> => JSON.parse(await page.check(text, policy));

  it('runs with nothing but the language and the web', () => {
    const nodes = ['process', 'Buffer', 'global', 'require', 'setImmediate', 'fetch', 'WebSocket', 'setTimeout'];
    expect(nodes.filter((name) => page.globals.includes(name))).toEqual([]);
    expect(realm.loaded.filter((path) => !/\/(src\/core|node_modules\/(zod|jose|@noble))\//.test(path))).toEqual([]);
    expect(realm.loaded.length).toBeGreaterThan(100);
  });

  it('cannot be given what only Node has', async () => {
    const at = new URL('../../../src/core/other.js', import.meta.url);
    for (const name of ['node:crypto', 'fs', '../platform/sha256.js'])
      await expect(new WebRealm().run(`import '${name}';`, at)).rejects.toThrow('no browser has');
  });

  it('comes to the same word, with witnesses and disclosures', async () => {
    expect(bundle.events.some(({ event }) => event.split('~').length > 2)).toBe(true);
    expect(await check(cosigned(bundle))).toEqual(['VERIFIED']);
    expect(await check(JSON.stringify(bundle))).toEqual(['INCOMPLETE', 'checkpoint incomplete']);
  });

  it('finds the same step broken: an entry left out, a disclosure exchanged, an index of others', async () => {
    const without = { ...bundle, events: bundle.events.toSpliced(3, 1) };
    expect(await check(cosigned(without))).toEqual(['BROKEN', 'inclusion broken']);
    const exchanged = structuredClone(bundle);
    for (const entry of exchanged.events) entry.event = entry.event.replace(/~[^~]+~$/, `~${btoa('["a","lat","1"]')}~`);
    expect(await check(cosigned(exchanged))).toEqual(['BROKEN', 'disclosures broken']);
    const { index } = await forger.write('agent', 'lot.held', { lots: [lot], ground: 'seizure' });
    const sealed = await forger.seal();
    const hidden = JSON.parse(forger.bundle(lot, { sealed, without: [index] })) as BundleJson;
    expect(await check(cosigned(hidden))).toEqual(['BROKEN', 'freshness broken']);
  });
});
