import { KeyObject, createHmac, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld } from '../../support/honest-world.js';
import { type Body, get, outsideKey, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

const encode = (text: string | Buffer): string => Buffer.from(text as string).toString('base64url');
const TYP = 'custody-event+sd-jwt';

/** An attack: what is sent, and how the ledger must answer. */
type Attack = [name: string, code: string, status: number, event: () => string];

describe('a JWS that is not what it should be', () => {
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(service.url);
  });

  afterAll(async () => {
    await service.close();
  });

  const size = async (): Promise<unknown> => (await get(service.url, '/v1/ledger')).body.size;
  const kid = (): string => world.actor('coop').key.kid;
  const honest = (): string => world.declare().event;
  const payloadOf = (event: string): string => Buffer.from(event.split('.')[1] ?? '', 'base64url').toString('utf8');

  /** Signs these very texts with the miner's own key, so that nothing but the text can be at fault. */
  function signed(header: string, payload: string | Buffer): string {
    const input = `${encode(header)}.${encode(payload)}`;
    const key = KeyObject.from(world.actor('coop').key.privateKey);
    return `${input}.${sign(null, Buffer.from(input, 'ascii'), key).toString('base64url')}~`;
  }
  const header = (more: Body = {}): string => JSON.stringify({ alg: 'Ed25519', kid: kid(), typ: TYP, ...more });
  const withHeader = (text: string): string => signed(text, payloadOf(honest()));
  const withPayload = (change: (payload: string) => string): string => signed(header(), change(payloadOf(honest())));
  /** Puts one more member into an honest payload. */
  const adding = (member: string): string => withPayload((payload) => payload.replace('{', `{${member},`));
  const parts = (event: string): [string, string, string] => event.slice(0, -1).split('.') as [string, string, string];

  function hmac(): string {
    const [, payload] = parts(honest());
    const input = `${encode(header({ alg: 'HS256' }))}.${payload}`;
    const secret = Buffer.from(String(world.actor('coop').key.jwk.x), 'base64url');
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}~`;
  }

  function unsigned(alg: string, signature = ''): string {
    return `${encode(header({ alg }))}.${parts(honest())[1]}.${signature}~`;
  }

  /** Replaces the signature by one with S + L, which a careless verifier reduces (RFC 8032 §5.1.7). */
  function beyondOrder(): string {
    const [head, payload, signature] = parts(honest());
    const bytes = Buffer.from(signature, 'base64url');
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    let s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
    for (let i = 32; i < 64; i += 1, s >>= 8n) bytes[i] = Number(s & 255n);
    return `${head}.${payload}.${bytes.toString('base64url')}~`;
  }

  /** The signature (R small, S = 0): it verifies with any small-order key where neither is looked at. */
  function smallOrderR(): string {
    const [head, payload] = parts(honest());
    const bytes = Buffer.alloc(64);
    bytes[0] = 1;
    return `${head}.${payload}.${bytes.toString('base64url')}~`;
  }

  const malformed = (name: string, event: () => string): Attack => [name, 'event-malformed', 422, event];
  const badHeader = (name: string, event: () => string): Attack => [name, 'header-invalid', 422, event];
  const alone = (member: string, value: unknown): Attack =>
    badHeader(`${member} in the header`, () => withHeader(header({ [member]: value })));

  const attacks: Attack[] = [
    ...['none', 'None', 'nOnE', 'NONE', '', 'EdDSA', 'HS256', 'RS256', 'ES384', 'ed25519'].map((alg) =>
      badHeader(`alg "${alg}"`, () => withHeader(header({ alg }))),
    ),
    badHeader('alg none with a signature that was kept', () => unsigned('none', parts(honest())[2])),
    badHeader('HS256 with the public key as secret', hmac),
    alone('jwk', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }),
    alone('jku', 'https://example.org/keys'),
    alone('x5u', 'https://example.org/chain'),
    alone('x5c', ['MIIB']),
    alone('crit', ['exp']),
    alone('crit', []),
    alone('crit', ['b64', 'b64']),
    alone('b64', false),
    alone('b64', true),
    alone('zip', 'DEF'),
    alone('nonce', '1'),
    ...['JWT', 'key-possession+jwt', 'refusal+jwt', 'client-authentication+jwt', 'at+jwt', 'disclosure+sd-jwt'].map(
      (typ) => badHeader(`typ ${typ}`, () => withHeader(header({ typ }))),
    ),
    badHeader('no typ', () => withHeader(JSON.stringify({ alg: 'Ed25519', kid: kid() }))),
    badHeader('no kid', () => withHeader(JSON.stringify({ alg: 'Ed25519', typ: TYP }))),
    ...["' OR 1=1 --", '../../etc/passwd', 'k'.repeat(10_000), '', 7, null].map((strange) =>
      badHeader(`kid ${String(strange).slice(0, 20)}`, () => withHeader(header({ kid: strange }))),
    ),
    badHeader('a header that is a list', () => withHeader('[]')),
    malformed('a kid named twice', () => withHeader(`{"alg":"Ed25519","kid":"x","kid":"${kid()}","typ":"${TYP}"}`)),
    malformed('a header that is no JSON', () => withHeader('alg=Ed25519')),
    malformed('padding', () => honest().replace('~', '==~')),
    malformed('a newline', () => honest().replace('~', '\n~')),
    malformed('a space before it', () => ` ${honest()}`),
    malformed('two parts', () => `${parts(honest()).slice(0, 2).join('.')}~`),
    malformed('four parts', () => honest().replace('~', '.AAAA~')),
    malformed('no closing tilde', () => honest().slice(0, -1)),
    malformed('nothing', () => ''),
    malformed('characters beyond the alphabet', () => honest().replace('.', '+.')),
    malformed('the flattened JSON form', () => {
      const [head, payload, signature] = parts(honest());
      return `${JSON.stringify({ protected: head, payload, signature })}~`;
    }),
    malformed('a payload name twice', () => adding('"type":"lot.declared"')),
    malformed('a name twice by escape', () => adding('"\\u0074ype":"lot.declared"')),
    malformed('a number beyond 2^53', () => adding('"seq":9007199254740993')),
    malformed('1e400', () => adding('"seq":1e400')),
    malformed('1e130000', () => adding('"seq":1e130000')),
    malformed('a decimal number', () => adding('"seq":1.10')),
    malformed('minus zero', () => adding('"seq":-0')),
    malformed('a lone surrogate', () => adding('"device":"\\ud800"')),
    malformed('17 levels', () => adding(`"device":${'['.repeat(17)}${']'.repeat(17)}`)),
    malformed('3,000 levels', () => adding(`"device":${'['.repeat(3_000)}${']'.repeat(3_000)}`)),
    malformed('bytes that are not UTF-8', () => signed(header(), Buffer.from([0x7b, 0xff, 0x7d]))),
    malformed('a byte order mark', () => withPayload((payload) => `\ufeff${payload}`)),
    malformed('text after the payload', () => withPayload((payload) => `${payload}{}`)),
    ['more than 32 KiB of payload', 'event-too-large', 422, () => adding(`"device":"${'x'.repeat(33_000)}"`)],
    malformed('__proto__ in the payload', () => adding('"__proto__":{"roles":["authority"]}')),
    malformed('constructor in the payload', () => adding('"constructor":{"prototype":{"a":1}}')),
    malformed('a zero character in a name', () => adding('"device":"a\\u0000b"')),
    [
      'another payload under the signature',
      'signature-invalid',
      403,
      () => {
        const [head, , signature] = parts(honest());
        return `${head}.${parts(honest())[1]}.${signature}~`;
      },
    ],
    ['S beyond the order of the group', 'signature-invalid', 403, beyondOrder],
    ['a small-order R', 'signature-invalid', 403, smallOrderR],
    ['a signature cut short', 'signature-invalid', 403, () => `${honest().slice(0, -3)}~`],
    ['ES256 over a key of Ed25519', 'signature-invalid', 403, () => withHeader(header({ alg: 'ES256' }))],
    [
      'the key of another actor',
      'issuer-mismatch',
      403,
      () => withPayload((payload) => payload.replace('"iss":"coop"', '"iss":"trader"')),
    ],
    ['a key that nobody registered', 'key-unknown', 403, () => withHeader(header({ kid: 'A'.repeat(43) }))],
  ];

  it.each(attacks)('is refused: %s (%s)', async (_, code, status, event) => {
    const before = await size();
    const text = event();
    const answer = await post(service.url, text);
    expect(answer).toMatchObject({ status, body: { code, type: `/errors/${code}`, refusal: expect.any(String) } });
    expect(await size()).toBe(before);
  });

  /** RFC 8032's eight points of small order, and encodings of them that are not canonical. */
  const smallOrder = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ];

  it.each(smallOrder)('is no way in for the small-order key %s', async (hex) => {
    const before = await size();
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') };
    const own = await outsideKey();
    const possession = await world.registrar.possession('ghost', own);
    const claims = { actor: 'ghost', roles: ['trader'], country: 'RW', key: jwk, possession };
    const answer = await world.registrar.record('actor.registered', claims);
    expect(answer).toMatchObject({ status: 422, body: { code: 'schema-invalid' } });
    expect(await size()).toBe(before);
  });

  it('is refused as proof of possession of another key, of another actor, or of another kind', async () => {
    const [own, other] = await Promise.all([outsideKey(), outsideKey()]);
    const claims = { actor: 'ghost', roles: ['trader'], country: 'RW', key: own.jwk };
    const proofs = [
      await world.registrar.possession('ghost', other),
      await world.registrar.possession('somebody', own),
      honest().slice(0, -1),
    ];
    for (const possession of proofs)
      expect(await world.registrar.record('actor.registered', { ...claims, possession })).toMatchObject({
        status: 422,
        body: { code: 'possession-invalid' },
      });
    expect((await get(service.url, '/v1/actors/ghost')).status).toBe(404);
  });

  it('comes in a body of JSON, and of no other kind', async () => {
    const send = async (type: string, body: string): Promise<number> =>
      (await fetch(`${service.url}/v1/events`, { method: 'POST', headers: { 'content-type': type }, body })).status;
    const before = await size();
    expect(await send('application/xml', JSON.stringify({ event: honest() }))).toBe(415);
    expect(await send('text/plain', JSON.stringify({ event: honest() }))).toBe(415);
    expect(await send('application/json', `{"event":"${honest()}","__proto__":{"a":1}}`)).toBe(400);
    expect(await send('application/json', `{"event":"${honest()}","more":1}`)).toBe(400);
    expect(await send('application/json', '['.repeat(100_000))).toBe(400);
    expect(await size()).toBe(before);
  });
});
