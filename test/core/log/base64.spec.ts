import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../../../src/core/log/base64.js';

describe('writing base64', () => {
  it('writes what the platform writes, and reads it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    'AB==',
    'AAB=',
    'AAAA=',
    '====',
    '=AAA',
    'AA==AA==',
    'AA_-',
    'AAA A',
    ' AAAA',
    'AAAA\n',
  ])('reads no bytes from %j', (text) => expect(decodeBase64(text)).toBeNull());
});
