import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Claims,
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
  signerFromJwk,
} from '../../../src/core/event/build.js';
import { parseCompactJws, parseEnvelope } from '../../../src/core/event/envelope.js';
import { type AditEvent, checkPossession, readEvent } from '../../../src/core/event/event.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import type { EventTypeName } from '../../../src/core/event/types/index.js';
import { P256_ORDER, codeOf, numberOf, sha256 } from '../../support/hand-made-jws.js';
import { LOG, examplePayload, examples } from '../../support/examples-of-events.js';

const signers = { Ed25519: generateSigner('Ed25519'), ES256: generateSigner('ES256') };
const algs = ['Ed25519', 'ES256'] as const;
const { signer } = signers.Ed25519;
const claimsOf = (type: EventTypeName, changes: Record<string, unknown> = {}): Claims =>
  examplePayload(type, changes) as Claims;
const read = (text: string): AditEvent => readEvent(parseEnvelope(text), LOG);
const verifies = (text: string, by: Signer): boolean | Promise<boolean> => {
  const { signingInput, signature } = parseEnvelope(text);
  return checkSignature(by.jwk, signingInput, signature);
};

describe.each(algs)('an event built and signed by %s', (alg) => {
  it.each(Object.keys(examples) as EventTypeName[])('is one that everyone can read and verify: %s', async (type) => {
    const by = signers[alg].signer;
    const claims = claimsOf(type);
    const built = await buildEvent(claims, by);
    const event = read(built.event);
    expect(event.payload).toEqual(claims);
    expect(event).toMatchObject({ id: built.id, jws: built.jws, kid: by.kid, type });
    expect(built.id).toBe(sha256(built.jws.split('.').slice(0, 2).join('.')));
    expect(built).toMatchObject({ event: `${built.jws}~`, disclosures: [] });
    expect(parseEnvelope(built.event).header).toEqual({ alg, kid: by.kid, typ: 'custody-event+sd-jwt' });
    expect(await verifies(built.event, by)).toBe(true);
  });
});

const place = { site: 'hill', lat: '-1.7900', lon: '30.0150', accuracyM: '5', source: 'gnss' };
const dispatch = claimsOf('custody.dispatched', { place, vehicle: 'RAB 123 C', route: 'by Musanze' });

describe('hiding claims', () => {
  it('leaves a digest of each † claim in the object it stood in, sorted, and nothing else of it', async () => {
    const { jws, disclosures, event } = await buildEvent(dispatch, signer);
    const { payload } = parseCompactJws(jws, 'custody-event+sd-jwt');
    const decoded = disclosures.map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]);
    const digestsOf = (names: string[]): string[] =>
      disclosures.filter((_, i) => names.includes(String(decoded[i]?.[1]))).map(sha256);
    const inPlace = digestsOf(['lat', 'lon', 'accuracyM', 'source']).toSorted();
    const { vehicle, route, ...plain } = dispatch;
    expect(payload).toEqual({
      ...plain,
      place: { site: 'hill', _sd: inPlace },
      _sd: digestsOf(['vehicle', 'route']).toSorted(),
    });
    expect(Object.fromEntries(decoded.map(([, name, value]) => [name, value]))).toEqual({
      lat: place.lat,
      lon: place.lon,
      accuracyM: place.accuracyM,
      source: place.source,
      vehicle,
      route,
    });
    expect(event).toBe(`${jws}~${disclosures.join('~')}~`);
    expect(jws).not.toContain(Buffer.from('RAB 123').toString('base64url').slice(1, -1));
  });

  it('gives every claim a salt of its own, of 128 bits', async () => {
    const { disclosures } = await buildEvent(dispatch, signer);
    const again = await buildEvent(dispatch, signer);
    const salts = [...disclosures, ...again.disclosures].map(
      (text) => (JSON.parse(Buffer.from(text, 'base64url').toString()) as string[])[0] ?? '',
    );
    expect(new Set(salts).size).toBe(12);
    expect(salts.map((salt) => Buffer.from(salt, 'base64url').length)).toEqual(salts.map(() => 16));
  });

  it('takes the salts from whoever brings some', async () => {
    let count = 0;
    const salt = (): string => `salt-number-${String((count += 1)).padStart(12, '0')}`;
    const { disclosures } = await buildEvent(dispatch, signer, { salt });
    expect(disclosures.map((text) => Buffer.from(text, 'base64url').toString().slice(0, 26)).toSorted()).toEqual(
      Array.from({ length: 6 }, (_, i) => `["salt-number-${String(i + 1).padStart(12, '0')}`),
    );
  });
});

describe('disclosing claims, or some of them', () => {
  it('sends along all disclosures, none, or those asked for; the author keeps all', async () => {
    const pointersSent = async (disclose?: boolean | string[]): Promise<string[]> => {
      const { event, disclosures } = await buildEvent(dispatch, signer, { disclose });
      expect(disclosures).toHaveLength(6);
      return read(event)
        .disclosures.map(({ pointer }) => pointer)
        .toSorted();
    };
    const all = ['/place/accuracyM', '/place/lat', '/place/lon', '/place/source', '/route', '/vehicle'];
    expect(await pointersSent()).toEqual(all);
    expect(await pointersSent(true)).toEqual(all);
    expect(await pointersSent(false)).toEqual([]);
    expect(await pointersSent(['/vehicle', '/place/lat'])).toEqual(['/place/lat', '/vehicle']);
  });

  it('reaches claims in every element of an array', async () => {
    const attachment = { commit: sha256('a'), mediaType: 'image/jpeg', kind: 'photograph', size: 1 };
    const attachments = [
      { ...attachment, salt: randomToken(), digest: sha256('b') },
      { ...attachment, salt: randomToken(), digest: sha256('c') },
    ];
    const { event } = await buildEvent(claimsOf('lot.declared', { attachments }), signer);
    const { disclosures, payload } = read(event);
    expect(disclosures.map(({ pointer, value }) => `${pointer} ${String(value)}`).toSorted()).toEqual(
      attachments
        .flatMap(({ salt, digest }, i) => [`/attachments/${i}/salt ${salt}`, `/attachments/${i}/digest ${digest}`])
        .toSorted(),
    );
    expect(JSON.stringify(payload)).not.toContain(attachments[0]?.salt);
  });
});

describe('building nothing that would be refused', () => {
  it('leaves the claims it was given as they were', async () => {
    const claims = structuredClone(dispatch);
    await buildEvent(claims, signer);
    expect(claims).toEqual(dispatch);
  });

  it.each([
    ['type-unknown', { ...dispatch, type: 'lot.stolen' }],
    ['schema-invalid', { ...dispatch, to: 7 }],
    ['schema-invalid', { ...dispatch, secret: 'x' }],
    ['schema-invalid', { ...dispatch, jti: 'short' }],
    ['quantity-invalid', claimsOf('custody.received', { lots: [{ ...lotOf(), mass: { value: '0', uom: 'KGM' } }] })],
    ['schema-invalid', { ...dispatch, iat: 1.5 }],
  ])('refuses as %s before it signs', async (code, claims) => {
    let signed = 0;
    const counting: Signer = { ...signer, sign: (data) => ((signed += 1), signer.sign(data)) };
    await expect(buildEvent(claims, counting)).rejects.toMatchObject({ code });
    expect(signed).toBe(0);
  });

  it('refuses to sign text that no reader takes', async () => {
    const sign = (reason: string): Promise<unknown> => buildEvent(claimsOf('lot.closed', { reason }), signer);
    await expect(sign('half \ud83d a character')).rejects.toMatchObject({ code: 'event-malformed' });
    await expect(buildPossession(`${LOG}\ud83d`, 'coop', signer)).rejects.toMatchObject({ code: 'event-malformed' });
    await expect(buildPossession('x'.repeat(40_000), 'coop', signer)).rejects.toMatchObject({
      code: 'event-too-large',
    });
  });
});

function lotOf(): Record<string, unknown> {
  return { lot: '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c01', prev: 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs' };
}

describe.each(algs)('an %s signer', (alg) => {
  const { signer: by, privateJwk } = signers[alg];

  it('is the same again from its private key', async () => {
    const again = signerFromJwk(structuredClone(privateJwk));
    expect({ kid: again.kid, alg: again.alg, jwk: again.jwk }).toEqual({ kid: by.kid, alg, jwk: by.jwk });
    expect(Object.keys(again.jwk)).not.toContain('d');
    const { event } = await buildEvent(dispatch, again);
    expect(await verifies(event, by)).toBe(true);
  });

  it('is new each time', () => {
    expect(generateSigner(alg).signer.kid).not.toBe(by.kid);
  });

  it.each([
    ['of another key', generateSigner(alg).privateJwk.d],
    ['that is too short', 'AAAA'],
    ['that is not base64url', '!'],
    ['that is zero', 'A'.repeat(43)],
    ['that is nothing', ''],
  ])('refuses a private part %s', (_, d) => {
    expect(codeOf(() => signerFromJwk({ ...privateJwk, d }))).toBe('request-invalid');
  });

  it('refuses a key file with more in it', () => {
    const more = { ...privateJwk, kid: 'mine' };
    expect(codeOf(() => signerFromJwk(more))).toBe('request-invalid');
  });

  it('proves possession of its key, to the letter', async () => {
    const possession = await buildPossession(LOG, 'coop', by);
    expect(parseCompactJws(possession, 'key-possession+jwt')).toMatchObject({
      header: { alg, kid: by.kid, typ: 'key-possession+jwt' },
      payload: { log: LOG, actor: 'coop', kid: by.kid },
    });
    const registration = claimsOf('actor.registered', { actor: 'coop', key: by.jwk, possession });
    const { event } = await buildEvent(registration, signer);
    await expect(checkPossession(read(event), checkSignature)).resolves.toBeUndefined();
    const forOther = claimsOf('actor.registered', { actor: 'trader', key: by.jwk, possession });
    const { event: stolen } = await buildEvent(forOther, signer);
    await expect(checkPossession(read(stolen), checkSignature)).rejects.toMatchObject({ code: 'possession-invalid' });
  });
});

describe('signing by ES256', () => {
  it('always gives S in the lower half', async () => {
    const by = signers.ES256.signer;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (data) => {
        const signature = await by.sign(data);
        expect(signature).toHaveLength(64);
        expect(numberOf(signature.subarray(32)) <= P256_ORDER / 2n).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a random token', () => {
  it('is 128 bits, fit for a jti and the ids of lots', () => {
    const tokens = Array.from({ length: 100 }, randomToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(outputLotIds(LOG, 'coop', tokens[0] ?? '', 2)).toHaveLength(2);
  });
});
