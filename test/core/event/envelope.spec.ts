import { describe, expect, it } from '@jest/globals';
import { type Typ, eventIdIn, headerKid, parseCompactJws, parseEnvelope } from '../../../src/core/event/envelope.js';
import { MAX_PAYLOAD_BYTES } from '../../../src/core/event/grammar.js';
import { base64url, codeOf, handKey, handMade, headerOf, sha256 } from '../../support/hand-made-jws.js';

const key = handKey('Ed25519');
const jws = handMade(key, { payload: { a: 1 } });
const [head = '', body = '', tail = ''] = jws.split('.');
const parsing = (text: string): string => codeOf(() => parseEnvelope(text));
const withHeader = (header: string | object): string => `${handMade(key, { header })}~`;
const withPayload = (payload: string | object): string => `${handMade(key, { payload })}~`;

describe('reading an envelope', () => {
  it('gives the parts of the JWS, the id of what was said, and the disclosures as sent', () => {
    const envelope = parseEnvelope(`${jws}~WyJh~WyJi~`);
    expect(envelope).toEqual({
      text: `${jws}~WyJh~WyJi~`,
      jws,
      header: headerOf(key),
      payload: { a: 1 },
      signingInput: `${head}.${body}`,
      signature: new Uint8Array(Buffer.from(tail, 'base64url')),
      id: sha256(`${head}.${body}`),
      disclosures: ['WyJh', 'WyJi'],
    });
    expect(parseEnvelope(`${jws}~`).disclosures).toEqual([]);
  });

  it('names what it refuses, where there is a JWS to be named', () => {
    const id = sha256(`${head}.${body}`);
    for (const text of [`${jws}~`, jws, `${jws}~~`, `${head}.${body}.~`, `${head}.${body}.AAAA~WyJh`])
      expect(eventIdIn(text)).toBe(id);
    const [strange = '', large = ''] = withPayload({ a: 'x'.repeat(40_000) }).split('.');
    expect(eventIdIn(`${strange}.${large}.${tail}~`)).toBe(sha256(`${strange}.${large}`));
    for (const text of [
      '',
      '~',
      `${head}.${body}~`,
      `.${body}.${tail}~`,
      `${head}..${tail}~`,
      `${jws}.${tail}~`,
      ` ${jws}~`,
    ])
      expect(eventIdIn(text)).toBeNull();
  });

  it('gives one id to two signatures over the same words', () => {
    expect(parseEnvelope(`${head}.${body}.${'A'.repeat(86)}~`).id).toBe(parseEnvelope(`${jws}~`).id);
  });

  it.each([
    ['nothing', ''],
    ['only the last tilde', '~'],
    ['no last tilde', jws],
    ['no last tilde after a disclosure', `${jws}~WyJh`],
    ['an empty disclosure', `${jws}~~`],
    ['a tilde in front', `~${jws}~`],
    ['two parts', `${head}.${body}~`],
    ['four parts', `${jws}.${tail}~`],
    ['five parts, as of an encrypted token', `${jws}.${tail}.${tail}~`],
    ['an empty header', `.${body}.${tail}~`],
    ['an empty payload, as of a detached one', `${head}..${tail}~`],
    ['an empty signature', `${head}.${body}.~`],
    ['a space in front', ` ${jws}~`],
    ['a newline at the end', `${jws}~\n`],
    ['a newline inside', `${head}.\n${body}.${tail}~`],
    ['padding of the payload', `${head}.${body}=.${tail}~`],
    ['padding of the signature', `${jws}==~`],
    ['JSON serialisation', JSON.stringify({ protected: head, payload: body, signature: tail })],
  ])('refuses %s', (_, text) => {
    expect(parsing(text)).toBe('event-malformed');
  });

  it.each(['[]', '"a"', '1', 'null', 'true', '{"a":1,"a":1}', '{"a":1.5}', '\ufeff{}', 'a'])(
    'refuses the payload %s',
    (payload) => {
      expect(parsing(withPayload(payload))).toBe('event-malformed');
    },
  );

  it('reads a payload of 32 KiB, and not a byte more', () => {
    const payloadOf = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
    expect(parsing(withPayload(payloadOf(MAX_PAYLOAD_BYTES)))).toBe('accepted');
    expect(parsing(withPayload(payloadOf(MAX_PAYLOAD_BYTES + 1)))).toBe('event-too-large');
    expect(parsing(withPayload(payloadOf(100_000)))).toBe('event-too-large');
  });

  it('bounds what comes along with the JWS', () => {
    expect(parsing(`${jws}~${'WyJh~'.repeat(256)}`)).toBe('accepted');
    expect(parsing(`${jws}~${'WyJh~'.repeat(257)}`)).toBe('event-malformed');
    expect(parsing(`${jws}~${'~'.repeat(200_000)}`)).toBe('event-malformed');
    expect(parsing(`${jws}~${'A'.repeat(262_144 - jws.length - 2)}~`)).toBe('accepted');
    expect(parsing(`${jws}~${'A'.repeat(262_144 - jws.length - 1)}~`)).toBe('event-too-large');
  });
});

describe('the closed header', () => {
  const { alg, kid, typ } = headerOf(key);

  it.each([
    ['no alg', { kid, typ }],
    ['no kid', { alg, typ }],
    ['no typ', { alg, kid }],
    ['a fourth member', { alg, kid, typ, iat: 1 }],
    ['EdDSA', { alg: 'EdDSA', kid, typ }],
    ['alg in other letters', { alg: 'ed25519', kid, typ }],
    ['an alg that is not a string', { alg: ['Ed25519'], kid, typ }],
    ['a short kid', { alg, kid: 'a', typ }],
    ['a long kid', { alg, kid: `${key.kid}A`, typ }],
    ['a kid of 10 kB', { alg, kid: 'A'.repeat(10_000), typ }],
    ['a kid with a quotation mark', { alg, kid: `'${key.kid.slice(1)}`, typ }],
    ['a kid with a newline at the end', { alg, kid: `${key.kid.slice(1)}\n`, typ }],
    ['a kid that is a path', { alg, kid: '../'.repeat(14) + 'a', typ }],
    ['a kid that is a number', { alg, kid: 1, typ }],
    ['the typ of a token', { alg, kid, typ: 'JWT' }],
    ['typ in other letters', { alg, kid, typ: 'Custody-Event+SD-JWT' }],
    ['typ with its prefix', { alg, kid, typ: 'application/custody-event+sd-jwt' }],
    ['a typ that is not a string', { alg, kid, typ: [typ] }],
    ['an array', [alg, kid, typ]],
  ])('refuses %s', (_, header) => {
    expect(parsing(withHeader(header))).toBe('header-invalid');
  });

  it('reads the members in any order and spacing, for the signature is over the text', () => {
    const text = ` { "typ" : "${String(typ)}", "kid":"${key.kid}" ,"alg":"Ed25519"}`;
    expect(parseEnvelope(withHeader(text)).header).toEqual({ alg, kid, typ });
  });

  it.each([
    ['a name twice', `{"alg":"Ed25519","alg":"Ed25519","kid":"${key.kid}","typ":"${String(typ)}"}`],
    ['a name twice, once escaped', `{"alg":"none","\\u0061lg":"Ed25519","kid":"${key.kid}","typ":"${String(typ)}"}`],
    ['no JSON', 'alg'],
  ])('refuses a header with %s as malformed', (_, header) => {
    expect(parsing(withHeader(header))).toBe('event-malformed');
  });

  it('says first what is wrong with the grammar, then with the size, then with the header', () => {
    const wrong = base64url(JSON.stringify({ alg: 'none', kid, typ }));
    expect(parsing(`${wrong}.${base64url('{"a":1,"a":1}')}.${tail}~`)).toBe('event-malformed');
    expect(parsing(`${wrong}.${body}.${tail}=~`)).toBe('event-malformed');
    expect(parsing(`${wrong}.${base64url('x'.repeat(40_000))}.${tail}~`)).toBe('event-too-large');
    expect(parsing(`${wrong}.${body}.${tail}~`)).toBe('header-invalid');
  });

  it('judges a header it has met before as it did the first time', () => {
    const other = handMade(key, { header: headerOf(key, 'refusal+jwt') });
    for (let i = 0; i < 3; i += 1) {
      expect(parsing(`${jws}~`)).toBe('accepted');
      expect(parsing(`${other}~`)).toBe('header-invalid');
      expect(parsing(withHeader({ alg: 'none', kid, typ }))).toBe('header-invalid');
    }
  });

  it('gives a header that nobody can change for the next event of that key', () => {
    const { header } = parseEnvelope(`${jws}~`);
    expect(() => Object.assign(header, { kid: 'other' })).toThrow(TypeError);
    expect(parseEnvelope(`${jws}~`).header.kid).toBe(key.kid);
  });
});

describe('kinds of signed object', () => {
  const typs: Typ[] = [
    'custody-event+sd-jwt',
    'key-possession+jwt',
    'refusal+jwt',
    'client-authentication+jwt',
    'at+jwt',
    'disclosure+sd-jwt',
  ];

  it.each(typs)('takes a %s as nothing else', (typ) => {
    const signed = handMade(key, { header: headerOf(key, typ) });
    const accepted = typs.filter((wanted) => codeOf(() => parseCompactJws(signed, wanted)) === 'accepted');
    expect(accepted).toEqual([typ]);
    expect(parsing(`${signed}~`)).toBe(typ === 'custody-event+sd-jwt' ? 'accepted' : 'header-invalid');
  });
});

describe('looking only for the key of an event', () => {
  it('finds the kid without reading the rest', () => {
    expect(headerKid(`${jws}~`)).toBe(key.kid);
    expect(headerKid(`${head}.!`)).toBe(key.kid);
  });

  it('refuses what has no acceptable header', () => {
    expect(codeOf(() => headerKid('abc'))).toBe('event-malformed');
    expect(codeOf(() => headerKid('.e30.AA~'))).toBe('event-malformed');
    expect(codeOf(() => headerKid(`${'A'.repeat(10_000)}.e30.AA~`))).toBe('header-invalid');
    expect(codeOf(() => headerKid(withHeader({ alg: 'none' })))).toBe('header-invalid');
  });
});
