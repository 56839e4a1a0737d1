import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { calculateJwkThumbprint } from 'jose';
import * as z from 'zod';
import {
  type PublicJwk,
  algOf,
  checkSignature,
  publicJwkSchema,
  signatureAcceptable,
  thumbprint,
} from '../../../src/core/event/keys.js';
import {
  ED25519_ORDER,
  P256_ORDER,
  base64url,
  bytesOf,
  handKey,
  handSign,
  numberOf,
  twin,
} from '../../support/hand-made-jws.js';
import { itWithVectors, readJson } from '../log/vectors.js';

/** RFC 8037, Appendix A.2, and its thumbprint of A.3. */
const RFC_8037 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
/** RFC 7515, Appendix A.3. */
const RFC_7515 = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
} as const;

const p = 2n ** 255n - 19n;
const reversed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse();
const littleEndian = (number: bigint): Uint8Array => reversed(bytesOf(number));
const signBit = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (byte, i) => (i === 31 ? byte | 0x80 : byte));

/** y of the points of order 8 (RFC 8032 does not list them; any text on small-order points does). */
const ORDER_8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
const ORDER_8_TOO = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
const smallOrder = [
  ...[0n, 1n, p - 1n].map(littleEndian),
  ...[ORDER_8, ORDER_8_TOO].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
].flatMap((y) => [y, signBit(y)]);
/** The 19 values of y that are written above p, with either sign: second spellings. */
const secondSpellings = Array.from({ length: 19 }, (_, i) => littleEndian(p + BigInt(i))).flatMap((y) => [
  y,
  signBit(y),
]);

const registers = (jwk: unknown): boolean => publicJwkSchema.safeParse(jwk).success;
const registersPoint = (point: Uint8Array): boolean => registers({ kty: 'OKP', crv: 'Ed25519', x: base64url(point) });

describe('a public key', () => {
  it.each([RFC_8037, RFC_7515, handKey('Ed25519').jwk, handKey('ES256').jwk])('is accepted as it is: %j', (jwk) => {
    expect(publicJwkSchema.parse(jwk)).toEqual(jwk);
  });

  it('has the RFC 7638 thumbprint for a name', async () => {
    expect(thumbprint(RFC_8037)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(thumbprint(RFC_7515)).toBe(await calculateJwkThumbprint(RFC_7515));
  });

  it('decides the algorithm', () => {
    expect([algOf(RFC_8037), algOf(RFC_7515)]).toEqual(['Ed25519', 'ES256']);
  });

  it.each([
    ['a private part', { ...RFC_8037, d: RFC_8037.x }],
    ['a kid', { ...RFC_8037, kid: 'mine' }],
    ['a use', { ...RFC_7515, use: 'enc' }],
    ['key_ops', { ...RFC_7515, key_ops: ['encrypt'] }],
    ['an alg', { ...RFC_8037, alg: 'EdDSA' }],
    ['a y where none belongs', { ...RFC_8037, y: RFC_7515.y }],
    ['no y', { kty: 'EC', crv: 'P-256', x: RFC_7515.x }],
    ['no x', { kty: 'OKP', crv: 'Ed25519' }],
    ['another curve', { ...RFC_8037, crv: 'X25519' }],
    ['another curve of EC', { ...RFC_7515, crv: 'secp256k1' }],
    ['another kind', { kty: 'oct', k: 'AAAA' }],
    ['RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB' }],
    ['31 bytes', { ...RFC_8037, x: base64url(new Uint8Array(31).fill(9)) }],
    ['33 bytes', { ...RFC_8037, x: base64url(new Uint8Array(33).fill(9)) }],
    ['padding', { ...RFC_8037, x: `${RFC_8037.x}=` }],
    ['bits left over', { ...RFC_8037, x: `${RFC_8037.x.slice(0, -1)}p` }],
    ['a newline at the end', { ...RFC_8037, x: `${RFC_8037.x}\n` }],
    ['bits left over in y', { ...RFC_7515, y: `${RFC_7515.y.slice(0, -1)}1` }],
    ['a point beside the curve', { ...RFC_7515, y: RFC_7515.x }],
    ['the origin', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['a coordinate above the field', { ...RFC_7515, x: base64url(new Uint8Array(32).fill(255)) }],
    ['nothing at all', null],
  ])('is refused with %s', (_, jwk) => {
    expect(registers(jwk)).toBe(false);
  });

  it('is refused if its order is small, in each of the ten spellings', () => {
    expect(smallOrder.filter(registersPoint)).toEqual([]);
  });

  it('is refused in a second spelling', () => {
    expect(secondSpellings.filter(registersPoint)).toEqual([]);
  });

  it('is refused if a point of small order was added to a good one', () => {
    const good = ed25519.Point.fromBytes(Buffer.from(RFC_8037.x, 'base64url'));
    const torsion = ed25519.Point.fromHex(ORDER_8);
    const mixed = Array.from({ length: 7 }, (_, i) => good.add(torsion.multiplyUnsafe(BigInt(i + 1))).toBytes());
    expect(new Set(mixed.map(base64url)).size).toBe(7);
    expect(mixed.filter(registersPoint)).toEqual([]);
    expect(registersPoint(good.toBytes())).toBe(true);
  });

  it('is refused if no point has that y', () => {
    const ys = Array.from({ length: 40 }, (_, i) => littleEndian(BigInt(i + 2)));
    const off = ys.filter((y) => !registersPoint(y));
    expect(off.length).toBeGreaterThan(10);
    expect(off.length).toBeLessThan(40);
  });
});

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => Buffer.concat([first, second]);

describe('the bytes of a signature', () => {
  const R = Buffer.from(RFC_8037.x, 'base64url');
  const one = bytesOf(1n);
  const ed = (S: bigint, point: Uint8Array = R): boolean =>
    signatureAcceptable('Ed25519', joined(point, littleEndian(S)));
  const es = (r: bigint, s: bigint): boolean => signatureAcceptable('ES256', joined(bytesOf(r), bytesOf(s)));

  it.each([0, 1, 63, 65, 70, 128])('are not %i', (length) => {
    expect(signatureAcceptable('Ed25519', new Uint8Array(length).fill(7))).toBe(false);
    expect(signatureAcceptable('ES256', new Uint8Array(length).fill(7))).toBe(false);
  });

  it('hold an S below the order of Ed25519', () => {
    expect([0n, 1n, ED25519_ORDER - 1n].map((S) => ed(S))).toEqual([true, true, true]);
    expect([ED25519_ORDER, ED25519_ORDER + 1n, 2n ** 255n, 2n ** 256n - 1n].map((S) => ed(S))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('hold an R that is not of small order and has one spelling', () => {
    expect([...smallOrder, ...secondSpellings].filter((point) => ed(1n, point))).toEqual([]);
    expect(ed(1n, littleEndian(p - 2n))).toBe(true);
    expect(ed(1n, signBit(littleEndian(2n)))).toBe(true);
  });

  it('hold r and s of ES256 in range, s in the lower half', () => {
    const half = P256_ORDER / 2n;
    expect([es(1n, 1n), es(P256_ORDER - 1n, half)]).toEqual([true, true]);
    expect([
      es(0n, 1n),
      es(1n, 0n),
      es(P256_ORDER, 1n),
      es(2n ** 256n - 1n, 1n),
      es(1n, half + 1n),
      es(1n, P256_ORDER - 1n),
      es(1n, P256_ORDER),
    ]).toEqual([false, false, false, false, false, false, false]);
  });

  it('are left as they were, in a Buffer too', () => {
    const signature = Buffer.concat([R, one]);
    const before = signature.toString('hex');
    signatureAcceptable('Ed25519', signature);
    signatureAcceptable('ES256', signature);
    expect(signature.toString('hex')).toBe(before);
  });
});

describe('checking a signature', () => {
  const keys = [handKey('Ed25519'), handKey('ES256')];
  const inputBy = (alg: string): string => `${base64url(JSON.stringify({ alg }))}.e30`;

  it.each(keys)('takes what $alg signed and nothing near it', async (key) => {
    const input = inputBy(key.alg);
    const signature = handSign(key, input);
    expect(await checkSignature(key.jwk, input, signature)).toBe(true);
    expect(await checkSignature(key.jwk, `${input}A`, signature)).toBe(false);
    expect(await checkSignature(handKey(key.alg).jwk, input, signature)).toBe(false);
    expect(await checkSignature(key.jwk, input, signature.subarray(1))).toBe(false);
    for (let i = 0; i < 64; i += 1) {
      const altered = Uint8Array.from(signature, (byte, at) => (at === i ? byte ^ 1 : byte));
      expect(await checkSignature(key.jwk, input, altered)).toBe(false);
    }
  });

  it.each(keys)('pins the algorithm to the $alg key, whatever the header says', async (key) => {
    for (const alg of ['Ed25519', 'EdDSA', 'ES256', 'ES384', 'HS256', 'none']) {
      const input = inputBy(alg);
      expect(await checkSignature(key.jwk, input, handSign(key, input))).toBe(alg === key.alg);
    }
  });

  it('refuses the twin of an ES256 signature, which is as valid by mathematics', async () => {
    const key = handKey('ES256');
    const input = inputBy('ES256');
    const signature = handSign(key, input);
    const other = twin(signature);
    const publicKey = createPublicKey({ key: { ...key.jwk }, format: 'jwk' });
    expect(verify('sha256', Buffer.from(input), { key: publicKey, dsaEncoding: 'ieee-p1363' }, other)).toBe(true);
    expect(await checkSignature(key.jwk, input, other)).toBe(false);
    expect(await checkSignature(key.jwk, input, signature)).toBe(true);
  });

  it('refuses S + L in place of S', async () => {
    const key = handKey('Ed25519');
    const input = inputBy('Ed25519');
    const signature = handSign(key, input);
    const S = numberOf(reversed(signature.subarray(32)));
    const other = joined(signature.subarray(0, 32), littleEndian(S + ED25519_ORDER));
    expect(await checkSignature(key.jwk, input, other)).toBe(false);
  });

  it('answers false, and does not throw, for a key that cannot be used', async () => {
    const key = handKey('ES256');
    const input = inputBy('ES256');
    const off: PublicJwk = { ...RFC_7515, y: RFC_7515.x };
    expect(await checkSignature(off, input, handSign(key, input))).toBe(false);
  });
});

const wycheproof = z.object({
  testGroups: z.array(
    z.object({
      publicKeyJwk: z.object({ x: z.string() }),
      tests: z.array(z.object({ tcId: z.number(), msg: z.string(), sig: z.string(), result: z.string() })),
    }),
  ),
});

describe('the vectors of Wycheproof for Ed25519', () => {
  itWithVectors('wycheproof', 'are judged as they should be', (path) => {
    const { testGroups } = readJson(wycheproof, path, 'ed25519_test.json');
    const wrong: number[] = [];
    for (const { publicKeyJwk, tests } of testGroups) {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKeyJwk.x };
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      for (const { tcId, msg, sig, result } of tests) {
        const [message, signature] = [Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex')];
        const verdict =
          registers(jwk) && signatureAcceptable('Ed25519', signature) && verify(null, message, key, signature);
        if (verdict !== (result === 'valid')) wrong.push(tcId);
      }
    }
    expect(testGroups.flatMap(({ tests }) => tests)).toHaveLength(151);
    expect(wrong).toEqual([]);
  });
});
