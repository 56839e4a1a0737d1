import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseBundle } from '../../../src/core/bundle/bundle.js';
import { type StepName, checkBundle } from '../../../src/core/bundle/check.js';
import { buildEvent, generateSigner, randomToken } from '../../../src/core/event/build.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { Forger } from '../../support/forger.js';
import { TYP, base64url, twin } from '../../support/hand-made-jws.js';

/**
 * Rows of protocol.md §7 as a reader of a bundle meets them: an operator with every key writes what he likes into his log, and
 * proves it under a checkpoint that he signed.
 */
const HOUR = 3_600_000;
const kilograms = (value: string) => ({ value, uom: 'KGM' });

let forger: Forger;
let lot: string;

/** The step that breaks, at which entry, and why. */
async function broken(sealed?: number): Promise<[StepName, number | undefined, string] | null> {
  const text = forger.bundle(lot, sealed === undefined ? {} : { sealed });
  const trust = { logKeys: [forger.log.vkey], policy: null, parameters: defaultParameters, checkSignature };
  const { steps } = await checkBundle(parseBundle(text), trust);
  const step = steps.find(({ outcome }) => outcome === 'broken');
  return step === undefined ? null : [step.step, step.index, step.detail];
}

const send = (by: string, to: string, more: object = {}) =>
  forger.write(by, 'custody.dispatched', { to, lots: [{ lot }], ...more });
const receive = (by: string, from: string) =>
  forger.write(by, 'custody.received', { from, lots: [{ lot, mass: kilograms('49.9') }] });

/** Puts a text into the log as it is. */
function insert(text: string): number {
  forger.texts.push(text);
  return forger.texts.length - 1;
}

beforeEach(async () => {
  forger = await Forger.open();
  const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50') }];
  [lot = ''] = (await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs })).lots;
});

it('finds nothing where nothing was done', async () => {
  await send('coop', 'trader');
  await receive('trader', 'coop');
  await forger.clock();
  expect(await broken(await forger.seal())).toBeNull();
});

describe('reordered', () => {
  it('within a lot: each event names the one before', async () => {
    const sent = await send('coop', 'trader');
    await receive('trader', 'coop');
    for (const list of [forger.texts, forger.events] as unknown[][])
      [list[sent.index], list[sent.index + 1]] = [list[sent.index + 1], list[sent.index]];
    expect(await broken()).toMatchObject(['chains', sent.index, expect.stringContaining('has a hole')]);
  });

  it('before the key that signed was there', async () => {
    const registered = forger.events.findIndex(
      ({ type, payload }) => type === 'actor.registered' && 'actor' in payload && payload.actor === 'coop',
    );
    const [text = ''] = forger.texts.splice(registered, 1);
    insert(text);
    const founded = forger.events.findIndex(({ type }) => type === 'site.registered') - 1;
    expect(await broken()).toMatchObject(['admission', founded, expect.stringContaining('actor-unknown')]);
  });
});

describe('replayed', () => {
  it('the same bytes: a lifted suspension does not lift the next one', async () => {
    const change = (status: string) =>
      forger.write('registrar', 'actor.statusChanged', { actor: 'trader', status, reason: 'fraud' });
    await change('suspended');
    const lifted = await change('active');
    await change('suspended');
    const again = insert(forger.texts[lifted.index] ?? '');
    expect(await broken()).toMatchObject([
      'admission',
      again,
      expect.stringContaining(`entry ${lifted.index} once more`),
    ]);
  });

  it('other bytes that say the same: a newline, a blank, padding, padding bits', async () => {
    const { index } = await forger.write('agent', 'lot.held', { lots: [lot], ground: 'seizure' });
    const jws = (forger.texts[index] ?? '').slice(0, -1);
    const [last = ''] = jws.slice(-1);
    const bits = String.fromCharCode(last.charCodeAt(0) + 1);
    const [size, known] = [forger.texts.length, [...forger.texts]];
    for (const altered of [`${jws}\n`, ` ${jws}`, `${jws}=`, `${jws.slice(0, -1)}${bits}`, `${jws}\u00a0`]) {
      forger.texts.splice(0, forger.texts.length, ...known, `${altered}~`);
      const found = await broken();
      expect([altered.slice(-4), found?.[1]]).toEqual([altered.slice(-4), size]);
      expect(['admission', 'signatures']).toContain(found?.[0]);
    }
  });

  it('the twin of an ECDSA signature, which is as valid', async () => {
    forger.signers.set('judge', generateSigner('ES256').signer);
    await forger.register('judge', ['authority']);
    const { index } = await forger.write('judge', 'lot.held', { lots: [lot], ground: 'seizure' });
    expect(await broken()).toBeNull();
    const [head = '', body = '', signature = ''] = (forger.texts[index] ?? '').slice(0, -1).split('.');
    const high = `${head}.${body}.${base64url(twin(Buffer.from(signature, 'base64url')))}~`;
    const again = insert(high);
    expect(await broken()).toMatchObject([expect.any(String), again, expect.any(String)]);
    forger.texts.pop();
    forger.texts[index] = high;
    expect(await broken()).toMatchObject([expect.any(String), index, expect.any(String)]);
  });

  it('from another log', async () => {
    const [iat, occurredAt] = [Math.floor(forger.time / 1_000), new Date(forger.time).toISOString()];
    const claims = {
      type: 'lot.held',
      iss: 'agent',
      iat,
      jti: randomToken(),
      occurredAt,
      lots: [lot],
      ground: 'seizure',
    };
    const { event } = await buildEvent({ log: 'example.org/tan', ...claims }, forger.key('agent'));
    const at = insert(event);
    expect(await broken()).toMatchObject(['admission', at, expect.stringContaining('log-mismatch')]);
  });

  it('from another lot', async () => {
    const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50') }];
    const { id } = await forger.write('coop', 'lot.declared', { place: { site: 'hill' }, outputs });
    const sent = await forger.write('coop', 'custody.dispatched', { to: 'trader', lots: [{ lot, prev: id }] });
    expect(await broken()).toMatchObject(['chains', sent.index, expect.stringContaining('has a hole')]);
  });
});

describe('games with the header', () => {
  const headers = (kid: string): [string, object | string][] => [
    ['none', { alg: 'none', kid, typ: TYP }],
    ['HS256', { alg: 'HS256', kid, typ: TYP }],
    ['EdDSA', { alg: 'EdDSA', kid, typ: TYP }],
    ['another key in it', { alg: 'Ed25519', kid, typ: TYP, jwk: generateSigner('Ed25519').signer.jwk }],
    ['crit', { alg: 'Ed25519', kid, typ: TYP, crit: ['x'] }],
    ['another type', { alg: 'Ed25519', kid, typ: 'refusal+jwt' }],
    ['a name twice', `{"alg":"Ed25519","alg":"none","kid":"${kid}","typ":"${TYP}"}`],
  ];

  it('are no entries of this log, whoever signed them', async () => {
    const { index } = await send('coop', 'trader');
    const [, body = '', signature = ''] = (forger.texts[index] ?? '').split('.');
    for (const [name, header] of headers(forger.key('coop').kid)) {
      const text = typeof header === 'string' ? header : JSON.stringify(header);
      forger.texts[index] = `${base64url(text)}.${body}.${signature}`;
      expect([name, ...((await broken()) ?? [])]).toMatchObject([
        name,
        'admission',
        index,
        expect.stringMatching(/header-invalid|event-malformed/),
      ]);
    }
  });
});

describe('the time of the log', () => {
  it('does not run backwards', async () => {
    await forger.clock(-HOUR);
    const at = forger.texts.length - 1;
    expect(await broken()).toMatchObject(['admission', at, expect.stringContaining('never runs backwards')]);
  });

  it('is told by the service alone, and what it told stands in the tree', async () => {
    const told = await forger.write('coop', 'log.clock', {});
    expect(await broken()).toMatchObject(['admission', told.index, expect.anything()]);
    forger.texts.pop();
    forger.events.pop();
    await forger.clock();
    const at = forger.texts.length - 1;
    const bundle = JSON.parse(forger.bundle(lot)) as { events: { index: number; event: string }[] };
    const entry = bundle.events.find(({ index }) => index === at);
    const [head = '', body = '', signature = ''] = entry?.event.split('.') ?? [];
    const later = Buffer.from(body, 'base64url').toString().replace('2026-05-12', '2026-05-19');
    if (entry !== undefined) entry.event = `${head}.${base64url(later)}.${signature}`;
    const trust = { logKeys: [forger.log.vkey], policy: null, parameters: defaultParameters, checkSignature };
    const { steps } = await checkBundle(parseBundle(JSON.stringify(bundle)), trust);
    expect(steps.at(-1)).toMatchObject({ step: 'inclusion', outcome: 'broken' });
  });
});

describe('a recall after the goods were handed over, and then a sale to another', () => {
  it('waits for the deadline by the time of the log', async () => {
    await send('coop', 'trader');
    const recalled = await forger.write('coop', 'custody.recalled', { lots: [{ lot }], reason: 'lost' });
    expect(await broken()).toMatchObject(['admission', recalled.index, expect.stringContaining('recall-too-early')]);
  });

  it('freezes the lot by the receipt that was refused, which no bundle leaves out', async () => {
    const sent = await send('coop', 'trader');
    await forger.clock(200 * HOUR);
    await forger.write('coop', 'custody.recalled', { lots: [{ lot }], reason: 'lost' });
    const jws = 'A'.repeat(43);
    const refused = { event: sent.id, jws, code: 'head-moved', signer: 'trader', lots: [lot] };
    const evidence = await forger.write('ledger', 'event.refused', refused, forger.service);
    const sold = await send('coop', 'rival');
    await forger.clock();
    const sealed = await forger.seal();
    expect(await broken(sealed)).toMatchObject(['admission', sold.index, expect.stringContaining('lot-on-hold')]);
    const without = { sealed, without: [evidence.index] };
    const trust = { logKeys: [forger.log.vkey], policy: null, parameters: defaultParameters, checkSignature };
    const { steps } = await checkBundle(parseBundle(forger.bundle(lot, without)), trust);
    expect(steps.at(-1)).toMatchObject({ step: 'freshness', outcome: 'broken' });
  });
});
