import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { checkBundle } from '../../../src/core/bundle/check.js';
import { type Signer, buildPossession, generateSigner } from '../../../src/core/event/build.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Forger, LOG } from '../../support/forger.js';

let forger: Forger;
beforeEach(async () => {
  forger = await Forger.open();
});

/** What a buyer finds on a lot with no network: the rules, and as which entries. */
async function findings(lot: string): Promise<string[]> {
  const sealed = await forger.seal();
  await forger.clock();
  const report = await checkBundle(parseBundle(forger.bundle(lot, { sealed })), {
    logKeys: [forger.log.vkey],
    policy: null,
    parameters: defaultParameters,
    checkSignature,
  });
  expect(report.word).toBe('VERIFIED');
  return (report.judged?.findings ?? []).map(({ rule }) => rule);
}

async function addKey(by: string, signer?: Signer): Promise<{ key: Signer; id: string }> {
  const key = generateSigner('Ed25519').signer;
  const possession = await buildPossession(LOG, 'coop', key);
  const { id } = await forger.write(by, 'key.added', { actor: 'coop', key: key.jwk, possession }, signer);
  return { key, id };
}

async function declare(signer?: Signer): Promise<{ lot: string; id: string }> {
  const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '50', uom: 'KGM' } }];
  const { lots, id } = await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs }, signer);
  return { lot: lots[0] ?? '', id };
}

describe('a bundle of a lot whose actor’s key was stolen', () => {
  it('names what the thief signed, also with the key that he added, and heeds no word of his', async () => {
    const good = (await addKey('coop')).key;
    const since = forger.texts.length;
    const thief = await addKey('coop');
    const first = await declare();
    const { kid } = forger.key('coop');
    await forger.write('coop', 'key.revoked', { actor: 'coop', kid, reason: 'stolen', compromisedSince: since }, good);
    const second = await declare(thief.key);
    expect(await findings(first.lot)).toEqual(['key-compromised']);
    expect(await findings(second.lot)).toEqual(['key-compromised']);
    await forger.write('coop', 'event.endorsed', { events: [first.id, second.id, thief.id] }, thief.key);
    expect(await findings(first.lot)).toEqual(['key-compromised']);
    expect(await findings(second.lot)).toEqual(['key-compromised']);
    await forger.write('coop', 'event.endorsed', { events: [first.id] }, good);
    expect(await findings(first.lot)).toEqual([]);
    expect(await findings(second.lot)).toEqual(['key-compromised']);
  });
});

describe('a bundle of a lot that was declared with a key which a registrar introduced', () => {
  it('says so, also where that key has added the one that signed, until an older key stands by it', async () => {
    const introduced = await addKey('registrar');
    for (let hours = 0; hours < 73; hours += 1) await forger.clock();
    const laundered = await addKey('coop', introduced.key);
    const { lot } = await declare(laundered.key);
    expect(await findings(lot)).toEqual(['registrar-introduced']);
    await forger.write('coop', 'event.endorsed', { events: [laundered.id] });
    expect(await findings(lot)).toEqual([]);
  });
});
