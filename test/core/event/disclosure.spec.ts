import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { AditError } from '../../../src/core/errors.js';
import { sdDigest } from '../../../src/core/event/disclosure.js';
import { readEvent } from '../../../src/core/event/event.js';
import { EVENT_1, EVENT_2, envelopeOf, examplePayload, LOG } from '../../support/examples-of-events.js';

const SALT = '2GLC42sKQveCfGfryNRN9w';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const disclose = (name: string, value: unknown, salt = SALT): string => encode([salt, name, value]);
/** Written anew, so that the digest is not checked against the code that makes it. */
const digest = (disclosure: string): string => createHash('sha256').update(disclosure, 'ascii').digest('base64url');

const refusalOf = (payload: Record<string, unknown>, disclosures: string[]): unknown => {
  try {
    return readEvent(envelopeOf(payload, disclosures), LOG);
  } catch (error) {
    if (error instanceof AditError) return { code: error.code, pointers: error.errors.map(({ pointer }) => pointer) };
    throw error;
  }
};
const invalid = (...pointers: string[]) => ({ code: 'disclosure-invalid', pointers });

describe('the digest of a disclosure', () => {
  it('is that of RFC 9901 §4.2.3', () => {
    const example = 'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0';
    expect(sdDigest(example)).toBe('X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0');
  });
});

const lat = disclose('lat', '-1.7900');
const vehicle = disclose('vehicle', 'RAB 123 C');
const place = { site: 'hill', _sd: [digest(lat)] };
const dispatched = (...digests: string[]) => examplePayload('custody.dispatched', { _sd: digests });

describe('disclosing claims of an event', () => {
  it('finds the place of each, wherever in the payload', () => {
    const salt = disclose('salt', SALT);
    const payload = examplePayload('custody.dispatched', {
      place,
      _sd: [EVENT_1, digest(vehicle)],
      attachments: [
        { commit: EVENT_1, mediaType: 'image/jpeg', kind: 'photograph', size: 1 },
        { commit: EVENT_2, mediaType: 'image/jpeg', kind: 'photograph', size: 2, _sd: [digest(salt)] },
      ],
    });
    const event = readEvent(envelopeOf(payload, [vehicle, salt, lat]), LOG);
    expect(event.disclosures.map(({ pointer, value }) => [pointer, value])).toEqual([
      ['/vehicle', 'RAB 123 C'],
      ['/attachments/1/salt', SALT],
      ['/place/lat', '-1.7900'],
    ]);
    expect(event.disclosures[0]).toEqual({
      encoded: vehicle,
      digest: digest(vehicle),
      salt: SALT,
      name: 'vehicle',
      value: 'RAB 123 C',
      pointer: '/vehicle',
    });
    expect(event.payload).toEqual(payload);
  });

  it('finds a claim within a claim', () => {
    const number = disclose('number', 'SYN-L-1');
    const payload = examplePayload('site.registered', { licence: { kind: 'artisanal', _sd: [digest(number)] } });
    expect(readEvent(envelopeOf(payload, [number]), LOG).disclosures[0]?.pointer).toBe('/licence/number');
  });

  it('never asks for one', () => {
    expect(readEvent(envelopeOf(examplePayload('custody.dispatched', { place })), LOG).disclosures).toEqual([]);
  });
});

describe('a disclosure that does not belong to its event', () => {
  it.each([
    ['whose digest is not there', vehicle, EVENT_1],
    ['that is not base64url', `${vehicle}=`, undefined],
    ['that is not JSON', 'bm90IGpzb24', undefined],
    ['of two members', encode(['vehicle', 'RAB 123 C']), undefined],
    ['of an array element', encode([SALT, 'RAB 123 C']), undefined],
    ['with a short salt', disclose('vehicle', 'RAB 123 C', SALT.slice(1)), undefined],
    ['with a salt that is no string', encode([1, 'vehicle', 'RAB 123 C']), undefined],
    ['of a claim that is not disclosable', disclose('mode', 'truck'), undefined],
    ['of a claim unknown', disclose('driver', 'N. N.'), undefined],
    ['called _sd', disclose('_sd', [EVENT_1]), undefined],
    ['of another object', lat, undefined],
    ['with a value of another shape', disclose('vehicle', 7), undefined],
    [
      'with a value that hides more',
      disclose('documents', [{ kind: 'waybill', number: '1', _sd: [EVENT_1] }]),
      undefined,
    ],
  ])('refuses one %s', (_, disclosure, standing) => {
    expect(refusalOf(dispatched(standing ?? digest(disclosure)), [disclosure])).toEqual(invalid(''));
  });

  it('refuses one whose JSON names a thing twice, or hides in padding bits', () => {
    const twice = Buffer.from(`["${SALT}","documents",[{"kind":"a","number":"1","number":"2"}]]`).toString('base64url');
    expect(refusalOf(dispatched(digest(twice)), [twice])).toEqual(invalid(''));
    const long = disclose('vehicle', 'RAB 123 CD');
    const twin = `${long.slice(0, -1)}${String.fromCharCode(long.charCodeAt(long.length - 1) + 1)}`;
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(long, 'base64url'));
    expect(refusalOf(dispatched(digest(twin)), [twin])).toEqual(invalid(''));
  });

  it('refuses one of a claim that is there plainly', () => {
    const payload = examplePayload('custody.dispatched', { vehicle: 'RAB 123 C', _sd: [digest(vehicle)] });
    expect(refusalOf(payload, [vehicle])).toEqual(invalid(''));
  });

  it('refuses the same one twice, and two of one claim', () => {
    expect(refusalOf(dispatched(digest(vehicle)), [vehicle, vehicle])).toEqual(invalid('/vehicle'));
    const other = disclose('vehicle', 'RAB 456 D');
    expect(refusalOf(dispatched(digest(vehicle), digest(other)), [vehicle, other])).toEqual(invalid('/vehicle'));
  });
});

describe('digests in a payload', () => {
  it('stand once, in one object or in two', () => {
    expect(refusalOf(examplePayload('custody.dispatched', { _sd: [EVENT_1, EVENT_1] }), [])).toEqual({
      code: 'schema-invalid',
      pointers: ['/_sd'],
    });
    const inTwo = examplePayload('custody.dispatched', {
      place: { site: 'hill', _sd: [EVENT_1] },
      _sd: [EVENT_2, EVENT_1],
    });
    expect(refusalOf(inTwo, [])).toMatchObject({ code: 'schema-invalid' });
  });

  it('are SHA-256 digests, and a reasonable number', () => {
    expect(refusalOf(examplePayload('custody.dispatched', { _sd: ['x'] }), [])).toEqual({
      code: 'schema-invalid',
      pointers: ['/_sd/0'],
    });
    expect(refusalOf(examplePayload('custody.dispatched', { _sd_alg: 'sha-512' }), [])).toEqual({
      code: 'schema-invalid',
      pointers: ['/_sd_alg'],
    });
    const many = Array.from({ length: 65 }, (_, i) => digest(String(i)));
    expect(refusalOf(examplePayload('custody.dispatched', { _sd: many }), [])).toEqual({
      code: 'schema-invalid',
      pointers: ['/_sd'],
    });
    expect(refusalOf(examplePayload('lot.held', { lots: [{ '...': EVENT_1 }] }), [])).toMatchObject({
      code: 'schema-invalid',
    });
  });
});
