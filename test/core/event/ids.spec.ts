import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outputLotIds } from '../../../src/core/event/build.js';
import { eventId, jwsDigest, lotId } from '../../../src/core/event/ids.js';
import { sha256 } from '../../support/hand-made-jws.js';

const JTI = 'V1StGXR8_Z5jdHi6B-myTg';

describe('the id of an event', () => {
  it('is the SHA-256 of the signing input in base64url', () => {
    expect(eventId('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
    expect(eventId('header.payload')).toBe(sha256('header.payload'));
    expect(jwsDigest('header.payload.signature')).toBe(sha256('header.payload.signature'));
  });
});

describe('the id of a lot', () => {
  it('is the UUIDv8 of log, issuer, jti and output number, as protocol.md spells it', () => {
    const digest = createHash('sha256').update(`example.org/tin\0coop\0${JTI}\x0012`).digest('hex');
    const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
    expect(lotId('example.org/tin', 'coop', JTI, 12)).toBe(
      `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(18, 20)}-${digest.slice(20, 32)}`,
    );
  });

  it('has the form of a UUIDv8 in lower case, whatever goes in', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.nat(), (log, iss, jti, output) => {
        expect(lotId(log, iss, jti, output)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('is another for another log, issuer, event or output, and for the same letters divided otherwise', () => {
    const ids = [
      lotId('example.org/tin', 'coop', JTI, 0),
      lotId('example.org/tan', 'coop', JTI, 0),
      lotId('example.org/tin', 'trader', JTI, 0),
      lotId('example.org/tin', 'coop', `${JTI}0`, 0),
      lotId('example.org/tin', 'coop', JTI, 1),
      lotId('example.org/tinc', 'oop', JTI, 0),
      lotId('example.org/tin', `coop${JTI.slice(0, 1)}`, JTI.slice(1), 0),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('counts the outputs of one event from 0', () => {
    const ids = outputLotIds('example.org/tin', 'coop', JTI, 3);
    expect(ids).toEqual([0, 1, 2].map((output) => lotId('example.org/tin', 'coop', JTI, output)));
  });
});
