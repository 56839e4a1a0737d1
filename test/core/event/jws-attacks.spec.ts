import { createHmac, createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { AditError } from '../../../src/core/errors.js';
import { buildEvent, generateSigner } from '../../../src/core/event/build.js';
import { parseCompactJws, parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import { decodeBase64url } from '../../../src/core/event/grammar.js';
import { type PublicJwk, algOf, checkSignature, publicJwkSchema, thumbprint } from '../../../src/core/event/keys.js';
import {
  ED25519_ORDER,
  TYP,
  base64url,
  bytesOf,
  codeOf,
  handKey,
  handMade,
  handSign,
  headerOf,
  numberOf,
  twin,
} from '../../support/hand-made-jws.js';
import { LOG, examplePayload } from '../../support/examples-of-events.js';
import { verifySignature } from '../../../src/platform/verify-signature.js';
import { itWithVectors, readJson } from '../log/vectors.js';

/** What becomes of a text that arrives where one key is registered: `accepted`, or the code of the refusal. */
async function verdict(text: string, jwk: PublicJwk): Promise<string> {
  try {
    const envelope = parseEnvelope(text);
    const { header, signingInput, signature } = envelope;
    if (header.kid !== thumbprint(jwk)) return 'key-unknown';
    if (header.alg !== algOf(jwk) || !(await checkSignature(jwk, signingInput, signature))) return 'signature-invalid';
    readEvent(envelope, LOG);
    return 'accepted';
  } catch (error) {
    if (error instanceof AditError) return error.code;
    throw error;
  }
}

const payload = examplePayload('lot.declared');
const ed = handKey('Ed25519');
const es = handKey('ES256');
const jws = handMade(ed, { payload });
const [head = '', body = '', tail = ''] = jws.split('.');

describe('an honest event', () => {
  it.each([ed, es])('passes where every attack of this page is refused ($alg)', async (key) => {
    expect(await verdict(`${handMade(key, { payload })}~`, key.jwk)).toBe('accepted');
  });
});

describe('attacks by the algorithm', () => {
  const names = ['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null'];

  it.each(names)('refuses alg "%s", signed, unsigned or with an empty signature', async (alg) => {
    const header = base64url(JSON.stringify({ ...headerOf(ed), alg }));
    expect(await verdict(`${header}.${body}.${tail}~`, ed.jwk)).toBe('header-invalid');
    expect(await verdict(`${header}.${body}.AA~`, ed.jwk)).toBe('header-invalid');
    expect(await verdict(`${header}.${body}.~`, ed.jwk)).toBe('event-malformed');
    expect(await verdict(`${header}.${body}~`, ed.jwk)).toBe('event-malformed');
  });

  it.each([ed, es])('refuses HS256 with the public $alg key as the secret', async (key) => {
    const publicKey = createPublicKey({ key: { ...key.jwk }, format: 'jwk' });
    const secrets = [
      Buffer.from(key.jwk.x, 'base64url'),
      key.jwk.x,
      JSON.stringify(key.jwk),
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
    ];
    for (const alg of ['HS256', key.alg]) {
      const input = `${base64url(JSON.stringify({ ...headerOf(key), alg }))}.${body}`;
      for (const secret of secrets) {
        const mac = createHmac('sha256', secret).update(input).digest();
        for (const signature of [mac, Buffer.concat([mac, mac])])
          expect(await verdict(`${input}.${base64url(signature)}~`, key.jwk)).toBe(
            alg === 'HS256' ? 'header-invalid' : 'signature-invalid',
          );
      }
    }
  });

  it.each(['EdDSA', 'Ed448', 'ES256K', 'ES384', 'ES512', 'RS256', 'PS256', 'HS384', 'HS512'])(
    'refuses %s',
    async (alg) => {
      const header = { ...headerOf(ed), alg };
      expect(await verdict(`${handMade(ed, { header, payload })}~`, ed.jwk)).toBe('header-invalid');
    },
  );

  it('refuses the algorithm of another kind of key', async () => {
    const claimed = { ...headerOf(ed), alg: 'ES256' };
    expect(await verdict(`${handMade(ed, { header: claimed, payload })}~`, ed.jwk)).toBe('signature-invalid');
    const other = { ...headerOf(es), alg: 'Ed25519' };
    expect(await verdict(`${handMade(es, { header: other, payload })}~`, es.jwk)).toBe('signature-invalid');
  });
});

describe('attacks by the header', () => {
  const attacker = handKey('Ed25519');
  const additions: [string, Record<string, unknown>][] = [
    ['jwk', { jwk: attacker.jwk }],
    ['jku', { jku: 'https://attacker.example/keys' }],
    ['x5u', { x5u: 'https://attacker.example/chain' }],
    ['x5c', { x5c: ['AAAA'] }],
    ['x5t', { x5t: 'AAAA' }],
    ['cty', { cty: 'JWT' }],
    ['zip', { zip: 'DEF' }],
    ['an unknown crit', { crit: ['exp'], exp: 1 }],
    ['an empty crit', { crit: [] }],
    ['crit of alg', { crit: ['alg'] }],
    ['crit of b64 twice', { crit: ['b64', 'b64'], b64: true }],
    ['b64 without crit', { b64: false }],
    ['b64 with crit', { crit: ['b64'], b64: false }],
    ['__proto__', JSON.parse('{"__proto__":{"alg":"none"}}') as Record<string, unknown>],
  ];

  it.each(additions)('refuses %s, though signed by the right key', async (_, more) => {
    const header = JSON.stringify({ ...headerOf(ed), ...more });
    expect(header).toContain(Object.keys(more)[0]);
    expect(await verdict(`${handMade(ed, { header, payload })}~`, ed.jwk)).toMatch(
      /^(?:header-invalid|event-malformed)$/,
    );
  });

  it('refuses a key brought along by whoever signed with it', async () => {
    const header = { ...headerOf(ed), jwk: attacker.jwk };
    expect(await verdict(`${handMade(attacker, { header, payload })}~`, ed.jwk)).toBe('header-invalid');
    const named = handMade(attacker, { header: headerOf(ed), payload });
    expect(await verdict(`${named}~`, ed.jwk)).toBe('signature-invalid');
  });

  it.each(['alg', 'kid', 'typ'])('refuses %s given twice, in either order', async (name) => {
    const twice = (first: string, second: string): string => {
      const members = Object.entries({ ...headerOf(ed), [name]: undefined }).filter(([, value]) => value !== undefined);
      const others = members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join();
      return `{"${name}":"${first}",${others},"${name}":"${second}"}`;
    };
    const good = String(headerOf(ed)[name]);
    for (const header of [twice(good, 'x'), twice('x', good), twice(good, good)])
      expect(await verdict(`${handMade(ed, { header, payload })}~`, ed.jwk)).toBe('event-malformed');
  });

  it('refuses a kid that stands outside the protected header', async () => {
    const input = `${base64url(JSON.stringify({ alg: 'Ed25519', typ: TYP }))}.${body}`;
    const signature = base64url(handSign(ed, input));
    const flattened = { protected: input.split('.')[0], header: { kid: ed.kid }, payload: body, signature };
    const general = { payload: body, signatures: [flattened] };
    expect(await verdict(`${input}.${signature}~`, ed.jwk)).toBe('header-invalid');
    expect(await verdict(`${JSON.stringify(flattened)}~`, ed.jwk)).toBe('event-malformed');
    expect(await verdict(`${JSON.stringify(general)}~`, ed.jwk)).toBe('event-malformed');
  });

  it('takes no other signed object for an event', async () => {
    for (const typ of ['JWT', 'at+jwt', 'key-possession+jwt', 'refusal+jwt', 'disclosure+sd-jwt', 'dc+sd-jwt', ''])
      expect(await verdict(`${handMade(ed, { header: headerOf(ed, typ), payload })}~`, ed.jwk)).toBe('header-invalid');
  });
});

describe('attacks by a second spelling of the same signature', () => {
  it.each([
    ['padding', `${jws}==~`],
    ['a newline at its end', `${jws}\n~`],
    ['a space in it', `${head}.${body}.${tail.slice(0, 40)} ${tail.slice(40)}~`],
    ['a space in the payload', `${head}.${body.slice(0, 40)} ${body.slice(40)}.${tail}~`],
    ['a newline in the header', `${head.slice(0, 10)}\r\n${head.slice(10)}.${body}.${tail}~`],
    ['a foreign character', `${head}.${body}.${tail.slice(0, 40)}*${tail.slice(40)}~`],
  ])('refuses %s', async (_, text) => {
    expect(await verdict(text, ed.jwk)).toBe('event-malformed');
  });

  it('refuses every other last character, of which three decode to the same bytes', async () => {
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    const texts = last.map((character) => `${jws.slice(0, -1)}${character}~`).filter((text) => text !== `${jws}~`);
    const verdicts = await Promise.all(texts.map((text) => verdict(text, ed.jwk)));
    expect(texts).toHaveLength(63);
    expect(verdicts.filter((code) => code === 'event-malformed')).toHaveLength(60);
    expect(verdicts.filter((code) => code === 'signature-invalid')).toHaveLength(3);
  });

  it('refuses the high twin of an ES256 signature', async () => {
    const input = handMade(es, { payload }).split('.').slice(0, 2).join('.');
    const signature = handSign(es, input);
    expect(await verdict(`${input}.${base64url(signature)}~`, es.jwk)).toBe('accepted');
    expect(await verdict(`${input}.${base64url(twin(signature))}~`, es.jwk)).toBe('signature-invalid');
  });

  it('refuses S + L', async () => {
    const signature = Buffer.from(tail, 'base64url');
    const S = numberOf(Uint8Array.from(signature.subarray(32)).reverse()) + ED25519_ORDER;
    const other = Buffer.concat([signature.subarray(0, 32), Uint8Array.from(bytesOf(S)).reverse()]);
    expect(await verdict(`${head}.${body}.${base64url(other)}~`, ed.jwk)).toBe('signature-invalid');
  });

  it('refuses a signature that a key of small order makes true of anything', async () => {
    const identity: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(Uint8Array.of(1, ...Buffer.alloc(31))) };
    const forged = Buffer.concat([Uint8Array.of(1), Buffer.alloc(63)]);
    const header = { alg: 'Ed25519', kid: thumbprint(identity), typ: TYP };
    const text = `${base64url(JSON.stringify(header))}.${body}.${base64url(forged)}~`;
    expect(publicJwkSchema.safeParse(identity).success).toBe(false);
    expect(await verdict(text, identity)).toBe('signature-invalid');
  });
});

describe('attacks by what two readers read differently', () => {
  const text = JSON.stringify(payload);
  const withClaim = (claim: string): string => text.replace('{', `{${claim},`);

  it.each([
    ['a claim twice', withClaim('"iss":"trader"')],
    ['a claim twice, once escaped', withClaim('"\\u0069ss":"trader"')],
    ['a quantity twice', text.replace('"value"', '"value":"1","value"')],
    ['a number no double holds', text.replace('1778566200', '9007199254740993')],
    ['an endless number', text.replace('1778566200', '1e400')],
    ['a number of 14 bytes that a database writes out in 130,000', text.replace('1778566200', '1e130000')],
    ['a fraction', text.replace('1778566200', '1778566200.0')],
    ['minus nothing', text.replace('1778566200', '-0')],
    ['NUL', text.replace('hill', '\\u0000hill')],
    ['half a character', text.replace('hill', '\\ud800')],
    ['a byte order mark', `\ufeff${text}`],
    ['17 levels', withClaim(`"x":${'['.repeat(16)}${']'.repeat(16)}`)],
    ['20,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['a claim that reaches into every object', withClaim('"__proto__":{"iss":"trader"}')],
    ['a constructor', withClaim('"constructor":{"prototype":{}}')],
  ])('refuses %s, though signed by the right key', async (_, claims) => {
    expect(claims).not.toBe(text);
    expect(await verdict(`${handMade(ed, { payload: claims })}~`, ed.jwk)).toBe('event-malformed');
  });

  it('refuses the same claims in another spacing under the old signature', async () => {
    const spaced = base64url(JSON.stringify(payload, null, 1));
    expect(await verdict(`${head}.${spaced}.${tail}~`, ed.jwk)).toBe('signature-invalid');
  });

  it('refuses the event in another log', async () => {
    const other = handMade(ed, { payload: { ...payload, log: 'example.org/tan' } });
    expect(await verdict(`${other}~`, ed.jwk)).toBe('log-mismatch');
  });
});

describe.each(['Ed25519', 'ES256'] as const)('an event signed by %s with one character changed', (alg) => {
  const { signer } = generateSigner(alg);
  const place = { site: 'hill', lat: '-1.7900', lon: '30.0150' };
  const built = buildEvent(examplePayload('lot.declared', { place }) as Parameters<typeof buildEvent>[0], signer);
  const character = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...'AQgwBZaz09-_'.split('')) },
    { weight: 1, arbitrary: fc.constantFrom('~', '.', '=', ' ', '\n', '+', '/') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  );
  const change = fc.record({ kind: fc.constantFrom('replace', 'insert', 'delete'), at: fc.nat(), character });

  it('is refused, or its signature fails', async () => {
    const { event } = await built;
    expect(event.split('~')).toHaveLength(4);
    expect(await verdict(event, signer.jwk)).toBe('accepted');
    await fc.assert(
      fc.asyncProperty(change, async (edit) => {
        const at = edit.at % event.length;
        const kept = edit.kind === 'insert' ? at : at + 1;
        const altered = event.slice(0, at) + (edit.kind === 'delete' ? '' : edit.character) + event.slice(kept);
        if (altered !== event) expect(await verdict(altered, signer.jwk)).not.toBe('accepted');
      }),
      { numRuns: 1_000 },
    );
  });
});

const wycheproof = z.object({
  testGroups: z.array(
    z.object({
      comment: z.string(),
      public: z
        .object({ kty: z.string(), crv: z.string().optional(), x: z.string().optional(), y: z.string().optional() })
        .optional(),
      tests: z.array(z.object({ tcId: z.number(), comment: z.string(), jws: z.string(), result: z.string() })),
    }),
  ),
});

/** Grammar and signature as for our own objects, but with the header of the vectors, which have other members. */
async function takesForeign(text: string, jwk: unknown): Promise<boolean> {
  const key = publicJwkSchema.safeParse(jwk);
  const [header = '', content = '', signature = '', more] = text.split('.');
  if (!key.success || more !== undefined || header === '' || content === '' || signature === '') return false;
  if (codeOf(() => [header, content, signature].map(decodeBase64url)) !== 'accepted') return false;
  const members = Object.keys(JSON.parse(Buffer.from(header, 'base64url').toString()) as object);
  if (members.toSorted().join() !== 'alg,kid') return false;
  const parts = [key.data, `${header}.${content}`, decodeBase64url(signature)] as const;
  const taken = await checkSignature(...parts);
  expect(await verifySignature(...parts)).toBe(taken);
  return taken;
}

describe('the vectors of Wycheproof for JWS', () => {
  itWithVectors('wycheproof', 'are all refused as events, by the closed header at the latest', (path) => {
    const { testGroups } = readJson(wycheproof, path, 'json_web_signature_test.json');
    const texts = testGroups.flatMap(({ tests }) => tests.map((test) => test.jws));
    expect(texts).toHaveLength(401);
    expect(texts.filter((text) => codeOf(() => parseCompactJws(text, TYP)) === 'accepted')).toEqual([]);
  });

  itWithVectors('wycheproof', 'for ES256 are judged as they should be', async (path) => {
    const { testGroups } = readJson(wycheproof, path, 'json_web_signature_test.json');
    const judged: { tcId: number; comment: string; text: string; jwk: object; taken: boolean; expected: boolean }[] =
      [];
    for (const { public: publicKey, tests } of testGroups) {
      if (publicKey?.crv !== 'P-256') continue;
      const { kty, crv, x, y } = publicKey;
      const jwk = { kty, crv, x, y };
      for (const { tcId, comment, jws: text, result } of tests)
        judged.push({ tcId, comment, text, jwk, taken: await takesForeign(text, jwk), expected: result === 'valid' });
    }
    expect(judged).toHaveLength(41);
    const differing = judged.filter(({ taken, expected }) => taken !== expected);
    // Case 18 is a good signature with S in the upper half; with its twin in its place it is taken.
    expect(differing.map(({ tcId, comment }) => [tcId, comment])).toEqual([[18, 'acceptsValid']]);
    for (const { jwk, text } of differing) {
      const [header = '', content = '', signature = ''] = text.split('.');
      const low = base64url(twin(Buffer.from(signature, 'base64url')));
      expect(await takesForeign(`${header}.${content}.${low}`, jwk)).toBe(true);
    }
  });
});
