import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_DEPTH,
  decodeBase64url,
  decodeUtf8,
  encodeBase64url,
  parseStrictJson,
} from '../../../src/core/event/grammar.js';
import { codeOf } from '../../support/hand-made-jws.js';

const decoding = (text: string): string => codeOf(() => decodeBase64url(text));
const parsing = (text: string): string => codeOf(() => parseStrictJson(text));

describe('base64url in its one spelling', () => {
  it('reads what the platform writes, and writes what it reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(Buffer.from(decodeBase64url(text)).equals(Buffer.from(bytes))).toBe(true);
        expect(encodeBase64url(bytes)).toBe(text);
      }),
    );
  });

  it('accepts a text exactly if it re-encodes to itself', () => {
    const characters = fc.constantFrom(...'AEIMQUYZabghyz0189-_+/= \n'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
        const same = Buffer.from(text, 'base64url').toString('base64url') === text;
        expect(decoding(text)).toBe(same ? 'accepted' : 'event-malformed');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['padding', 'AA=='],
    ['the characters of plain base64', 'A+/A'],
    ['a space', 'AA A'],
    ['a newline at the end', 'AAAA\n'],
    ['a NUL', 'AA\0A'],
    ['a character whose low bits are those of a letter', `AAA${String.fromCharCode(0x141)}`],
    ['a full-width letter', 'AAAＡ'],
    ['an impossible length', 'AAAAA'],
    ['bits left over after one byte', 'AB'],
    ['bits left over after two bytes', 'AAB'],
  ])('refuses %s', (_, text) => {
    expect(decoding(text)).toBe('event-malformed');
  });

  it('refuses every character outside the alphabet, in every place', () => {
    for (let code = 0; code < 0x300; code += 1) {
      const character = String.fromCharCode(code);
      if (/[A-Za-z0-9_-]/.test(character)) continue;
      for (const text of [
        `${character}AAA`,
        `A${character}AA`,
        `AAA${character}`,
        `AAAA${character}A`,
        `AAAAA${character}`,
      ])
        expect(decoding(text)).toBe('event-malformed');
    }
  });
});

describe('UTF-8 in its one spelling', () => {
  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a character', [0xe2, 0x82]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a continuation on its own', [0x80]],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => decodeUtf8(Uint8Array.from(bytes)))).toBe('event-malformed');
  });

  it('does not swallow a byte order mark, so that it is refused as JSON', () => {
    const text = decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d));
    expect(text).toBe('\ufeff{}');
    expect(parsing(text)).toBe('event-malformed');
  });
});

/** JSON as events use it: whole numbers, and names with no meaning of their own. */
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => !/\0|^(?:__proto__|constructor|prototype)$/.test(name)),
      tie('value'),
      { maxKeys: 30 },
    ),
  ),
}));

describe('JSON that every reader reads alike', () => {
  it('reads everything that an event may say as JSON.parse does', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('names in JSON', () => {
  it('finds a repeated name wherever it stands, among few names or many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (count, which, where) => {
        const members = Array.from({ length: count }, (_, i) => `"n${i}":${i}`);
        expect(parsing(`{${members.join()}}`)).toBe('accepted');
        members.splice(where % (count + 1), 0, `"n${which % count}":{"n0":0}`);
        expect(parsing(`[{${members.join()}}]`)).toBe('event-malformed');
      }),
    );
  });

  it.each([
    ['the plain case', '{"a":1,"a":1}'],
    ['one of them escaped', '{"a":1,"\\u0061":1}'],
    ['escaped in two ways', '{"\\/":1,"\\u002f":1}'],
    ['with room before the colon', '{"a" \n\t: 1, "a"\r: 1}'],
    ['an inner object', '{"a":{"b":1,"c":[],"b":2}}'],
    ['after an inner object with that name', '{"a":{"a":1},"a":1}'],
    ['an object in an array', '[[{"a":1,"a":1}]]'],
    ['empty names', '{"":1,"":1}'],
  ])('refuses a name that stands twice: %s', (_, text) => {
    expect(parsing(text)).toBe('event-malformed');
  });

  it.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '{"A":1,"a":1}', '{"a":"b\\":1,\\"a"}'])(
    'does not take %s for a name that stands twice',
    (text) => {
      expect(parsing(text)).toBe('accepted');
    },
  );

  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('refuses the name %s', (name) => {
    expect(parsing(`{"a":{"${name}":{"polluted":true}}}`)).toBe('event-malformed');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(parsing(`{"a":"${name}"}`)).toBe('accepted');
  });
});

describe('numbers in JSON', () => {
  it.each(['0', '7', '-7', '10', '9007199254740991', '-9007199254740991', '{"a":12,"b":[1,-2]}'])(
    'accepts the whole number %s',
    (text) => {
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    '1.0',
    '1.5',
    '0.1',
    '1e2',
    '1E2',
    '1e400',
    '1e130000',
    '-0',
    '-0.0',
    '0e0',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740992',
    '123456789012345678901234567890',
  ])('refuses the number %s', (text) => {
    expect(parsing(text)).toBe('event-malformed');
    expect(parsing(`{"a":[${text}]}`)).toBe('event-malformed');
    expect(parsing(`{"a":"${text}"}`)).toBe('accepted');
  });
});

describe('what is not JSON, or not safely', () => {
  it.each([
    ['', 'nothing'],
    ['{', 'an open object'],
    ['{"a":1,}', 'a trailing comma'],
    ['[1,]', 'a trailing comma in an array'],
    ["{'a':1}", 'single quotes'],
    ['{a:1}', 'a bare name'],
    ['{"a":1}//', 'a comment'],
    ['{"a":1}{}', 'a second value'],
    ['01', 'a leading zero'],
    ['+1', 'a plus'],
    ['.5', 'a bare fraction'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['undefined', 'undefined'],
    ['"\t"', 'a bare control character'],
    ['"\\x41"', 'an escape JSON does not have'],
    ['\u00a0{}', 'a space JSON does not have'],
  ])('refuses %j: %s', (text) => {
    expect(parsing(text)).toBe('event-malformed');
  });

  it.each([
    ['a high half', '"\\ud83d"'],
    ['a low half', '"\\uDE00"'],
    ['the halves the wrong way round', '"\\ude00\\ud83d"'],
    ['a high half before a letter', '"\\ud83da"'],
    ['a half in a name', '{"\\ud83d":1}'],
    ['a half that is not escaped', '"\ud83d"'],
    ['halves of which one is escaped', '"\ud83d\\u0041"'],
    ['NUL', '"\\u0000"'],
    ['NUL in a name', '{"\\u0000":1}'],
  ])('refuses %s', (_, text) => {
    expect(parsing(text)).toBe('event-malformed');
  });

  it.each(['"\\ud83d\\ude00"', '"😀"', '"\\\\ud83d"', '"\\\\u0000"', '"\\u0001"'])('accepts the string %s', (text) => {
    expect(parseStrictJson(text)).toBe(JSON.parse(text));
  });

  it(`reads ${MAX_DEPTH} levels and no more, of arrays, objects and both`, () => {
    const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
    expect(parsing(nested('[', ']', 16))).toBe('accepted');
    expect(parsing(nested('[', ']', 17))).toBe('event-malformed');
    expect(parsing(`{"a":${nested('[{"a":[', ']}]', 5)}}`)).toBe('accepted');
    expect(parsing(`{"a":[${nested('[{"a":[', ']}]', 5)}]}`)).toBe('event-malformed');
    expect(parsing(`[${'[],'.repeat(100)}[]]`)).toBe('accepted');
    expect(parsing('['.repeat(20_000) + ']'.repeat(20_000))).toBe('event-malformed');
    expect(parsing(`"${'['.repeat(100)}"`)).toBe('accepted');
  });
});
