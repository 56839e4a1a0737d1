import { createPublicKey, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { checkSignature, publicJwkSchema } from '../../src/core/event/keys.js';
import { cosign, openCosignatures, witnessVkey, parseWitnessKey } from '../../src/core/log/cosignature.js';
import { formatNote, keyId, noteSigner, openNote, vkey } from '../../src/core/log/note.js';
import { verifyEd25519 } from '../../src/core/signature/ed25519.js';
import { verifyEd25519ByWebCrypto } from '../../src/core/signature/web-crypto.js';
import { type Ed25519CheckByName, loadSodium, opensslEd25519, sodiumEd25519 } from '../../src/platform/ed25519.js';
import { verifyEd25519 as verifyNatively, verifySignature } from '../../src/platform/verify-signature.js';
import { WebhookKeys } from '../../src/server/delivery/subscriptions/webhook-keys.js';
import { edgeCases } from '../core/signature/edge-cases.js';
import { itWithVectors, readJson } from '../core/log/vectors.js';
import { WebRealm } from '../support/web-realm.js';

type Path = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean | Promise<boolean>;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const named =
  (check: Ed25519CheckByName): Path =>
  (signature, message, publicKey) =>
    check(signature, Buffer.from(message), base64url(publicKey));

/** OpenSSL alone, without the rule before it. */
const opensslAlone: Path = (signature, message, publicKey) => {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) };
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch {
    return false;
  }
};

/** A page in a browser whose WebCrypto multiplies by the cofactor: it accepts whatever it is asked. */
async function laxBrowser(): Promise<Path> {
  const lax = { subtle: { importKey: () => Promise.resolve({}), verify: () => Promise.resolve(true) } };
  const realm = new WebRealm({ crypto: lax });
  const text = `
    import { verifyEd25519ByWebCrypto } from './signature/web-crypto.js';
    const own = (bytes) => new Uint8Array(bytes);
    export const check = (signature, message, key) => verifyEd25519ByWebCrypto(own(signature), own(message), own(key));
  `;
  return ((await realm.run(text, new URL('../../src/core/page.js', import.meta.url))) as { check: Path }).check;
}

describe('the acceptance rule for Ed25519', () => {
  const paths: Record<string, Path> = {
    'portable JavaScript': verifyEd25519,
    WebCrypto: verifyEd25519ByWebCrypto,
    'the platform': verifyNatively,
    OpenSSL: named(opensslEd25519()),
  };

  beforeAll(async () => {
    const sodium = await loadSodium();
    if (sodium !== null) paths.libsodium = named(sodiumEd25519(sodium));
    paths['a browser that multiplies by the cofactor'] = await laxBrowser();
  });

  /** What each path says; one word where all agree. */
  async function verdict(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): Promise<unknown> {
    const said = await Promise.all(
      Object.entries(paths).map(async ([name, path]) => [name, await path(signature, message, publicKey)] as const),
    );
    const [first] = said;
    return said.every(([, accepted]) => accepted === first?.[1]) ? first?.[1] : Object.fromEntries(said);
  }

  const message = Buffer.from('a message of a few words');
  it.each(edgeCases(message).map((one) => [one.name, one] as const))('is one on every path: %s', async (_, one) => {
    expect(await verdict(one.signature, message, one.publicKey)).toBe(one.accepted);
  });

  itWithVectors('cctv-ed25519', 'gives one verdict on every path for each edge case of CCTV', async (path) => {
    const schema = z.array(
      z.object({
        number: z.number(),
        key: z.string(),
        sig: z.string(),
        msg: z.string(),
        flags: z.array(z.string()).nullable(),
      }),
    );
    const vectors = readJson(schema, path, 'ed25519vectors.json');
    expect(vectors).toHaveLength(914);
    const accepted: number[] = [];
    for (const { number, key, sig, msg } of vectors) {
      const args = [Buffer.from(sig, 'hex'), Buffer.from(msg), Buffer.from(key, 'hex')] as const;
      const said = await verdict(...args);
      expect([number, said]).toEqual([number, said === true]);
      if (said !== true) continue;
      accepted.push(number);
      expect([number, await opensslAlone(...args)]).toEqual([number, true]);
    }
    // The one whose key and R are both of the prime-order group.
    const plain = vectors.filter(({ flags }) => flags === null || flags.length === 0).map(({ number }) => number);
    expect(accepted).toEqual(plain);
  });

  itWithVectors('wycheproof', 'decides as Wycheproof says on every path', async (path) => {
    const schema = z.object({
      testGroups: z.array(
        z.object({
          publicKey: z.object({ pk: z.string() }),
          tests: z.array(z.object({ tcId: z.number(), msg: z.string(), sig: z.string(), result: z.string() })),
        }),
      ),
    });
    const { testGroups } = readJson(schema, path, 'ed25519_test.json');
    const tests = testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, pk: group.publicKey.pk })));
    expect(tests).toHaveLength(151);
    for (const { tcId, msg, sig, result, pk } of tests) {
      const said = await verdict(Buffer.from(sig, 'hex'), Buffer.from(msg, 'hex'), Buffer.from(pk, 'hex'));
      expect([tcId, said]).toEqual([tcId, result === 'valid']);
    }
  });
});

describe('what is signed with Ed25519 in the house', () => {
  const name = 'example.org/tin';
  const text = `${name}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`;

  const whole = edgeCases(Buffer.from(text)).filter(({ signature }) => signature.length > 0);
  it.each(whole.map((one) => [one.name, one] as const))('a note: %s', (_, one) => {
    const open = (): boolean => {
      const note = formatNote(text, [{ name, keyId: keyId(name, one.publicKey), signature: one.signature }]);
      return openNote(note, [vkey(name, one.publicKey)]).ok;
    };
    if (publicJwkSchema.safeParse({ kty: 'OKP', crv: 'Ed25519', x: base64url(one.publicKey) }).success)
      expect(open()).toBe(one.accepted);
    else expect(open).toThrow('not a point of Ed25519');
  });

  it('a cosignature: with a point of small order added to R it counts as none', () => {
    const seed = new Uint8Array(32).fill(9);
    const own = cosign(text, 'w.example', seed, 1_800_000_000);
    const witness = parseWitnessKey(witnessVkey('w.example', ed25519.getPublicKey(seed)));
    const log = noteSigner(name, new Uint8Array(32).fill(1));
    const note = formatNote(text, [{ name, keyId: log.keyId, signature: log.sign(Buffer.from(text)) }]);
    expect(openCosignatures(note + own, [witness])).toHaveLength(1);
    const signed = Buffer.from(`cosignature/v1\ntime 1800000000\n${text}`);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_800_000_000n);
    for (const { publicKey, signature, accepted, name: which } of edgeCases(signed)) {
      if (!publicJwkSchema.safeParse({ kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) }).success) continue;
      const by = parseWitnessKey(witnessVkey('w.example', publicKey));
      const line = { name: 'w.example', keyId: by.keyId, signature: Buffer.concat([time, signature]) };
      expect([which, openCosignatures(formatNote(text, [line]), [by]).length]).toEqual([which, accepted ? 1 : 0]);
    }
  });

  const input = `${base64url(Buffer.from('{"alg":"Ed25519"}'))}.e30`;
  it.each(edgeCases(Buffer.from(input)).map((one) => [one.name, one] as const))('a JWS: %s', async (_, one) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(one.publicKey) } as const;
    expect(await checkSignature(jwk, input, one.signature)).toBe(one.accepted);
    expect(await verifySignature(jwk, input, one.signature)).toBe(one.accepted);
  });

  it('a webhook: the signature that is sent is one that the rule accepts', () => {
    const keys = new WebhookKeys(new Uint8Array(32).fill(5));
    const header = keys.sign('s', [1], 'msg_1', 1_800_000_000, '{}');
    const signature = Buffer.from(/v1a,(\S+)/.exec(header)?.[1] ?? '', 'base64');
    const publicKey = Buffer.from(keys.publicKeyOf({ subscription: 's', number: 1 }).slice('whpk_'.length), 'base64');
    expect(verifyEd25519(signature, Buffer.from('msg_1.1800000000.{}'), publicKey)).toBe(true);
  });
});
