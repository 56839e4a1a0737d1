import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { AditError } from '../../../src/core/errors.js';
import { checkPossession, readEvent } from '../../../src/core/event/event.js';
import { checkSignature, thumbprint } from '../../../src/core/event/keys.js';
import { instantMs } from '../../../src/core/event/primitives.js';
import {
  EVENT_1,
  EVENT_2,
  envelopeOf,
  examplePayload,
  KID,
  LOG,
  LOT_1,
  LOT_2,
} from '../../support/examples-of-events.js';

const read = (payload: Record<string, unknown>) => readEvent(envelopeOf(payload), LOG);

const refusalOf = (act: () => unknown): AditError => {
  try {
    act();
  } catch (error) {
    if (error instanceof AditError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
const pointersOf = (error: AditError): string[] => error.errors.map(({ pointer }) => pointer);

describe('reading an event', () => {
  it('gives envelope and payload in one, with the instant in milliseconds', () => {
    const event = read(examplePayload('lot.declared', { seen: undefined, exp: 1778569800 }));
    expect(event).toMatchObject({
      id: EVENT_2,
      kid: KID,
      type: 'lot.declared',
      log: LOG,
      iss: 'coop',
      iat: 1778566200,
      occurredAt: '2026-05-12T08:10:00+02:00',
      occurredAtMs: Date.parse('2026-05-12T06:10:00Z'),
      exp: 1778569800,
      place: { site: 'hill' },
      disclosures: [],
    });
    expect(event.type === 'lot.declared' && event.payload.outputs[0]?.mineral).toBe('cassiterite');
  });

  it('refuses in the order: log, type, schema, quantity', () => {
    const wrong = examplePayload('lot.declared', { log: 'example.org/gold', type: 'lot.invented', iat: 'today' });
    expect(refusalOf(() => read(wrong))).toMatchObject({
      code: 'log-mismatch',
      errors: [{ pointer: '/log', code: 'log-mismatch' }],
    });
    wrong.log = LOG;
    expect(refusalOf(() => read(wrong)).code).toBe('type-unknown');
    wrong.type = 'lot.declared';
    wrong.outputs = [{ lot: LOT_1, mineral: 'gold', form: 'dore', mass: { value: '0', uom: 'KGM' } }];
    const both = refusalOf(() => read(wrong));
    expect(both.code).toBe('schema-invalid');
    expect(both.errors.map(({ pointer, code }) => [pointer, code])).toEqual(
      expect.arrayContaining([
        ['/iat', 'schema-invalid'],
        ['/outputs/0/mass/value', 'quantity-invalid'],
      ]),
    );
    wrong.iat = 1778566200;
    expect(refusalOf(() => read(wrong)).code).toBe('quantity-invalid');
  });

  it('prefers what is wrong between claims to what is wrong in a quantity', () => {
    const output = { lot: LOT_1, mineral: 'gold', form: 'dore', mass: { value: '0', uom: 'KGM' } };
    const error = refusalOf(() => read(examplePayload('lot.declared', { outputs: [output, output] })));
    expect(error.code).toBe('schema-invalid');
    expect(pointersOf(error)).toContain('/outputs/1/lot');
  });
});

describe('refusing a payload', () => {
  it('takes a log or type that is no string for a fault of the schema', () => {
    expect(refusalOf(() => read(examplePayload('lot.exported', { log: 7 })))).toMatchObject({
      code: 'schema-invalid',
      errors: [{ pointer: '/log' }],
    });
    expect(refusalOf(() => read(examplePayload('lot.exported', { type: 7 })))).toMatchObject({
      code: 'schema-invalid',
      errors: [{ pointer: '/type' }],
    });
  });

  it('names every fault, but not more than twenty', () => {
    const error = refusalOf(() =>
      read(examplePayload('custody.dispatched', { to: '', lots: [{ lot: 'bag', prev: 'x' }], mode: 7 })),
    );
    expect(pointersOf(error).toSorted()).toEqual(['/lots/0/lot', '/lots/0/prev', '/mode', '/to']);
    const many = Array.from({ length: 150 }, () => ({ lot: 'bag', prev: 'x' }));
    expect(refusalOf(() => read(examplePayload('custody.dispatched', { lots: many }))).errors).toHaveLength(20);
  });

  it('does not let a claim called __proto__ through', () => {
    const payload = JSON.parse(
      JSON.stringify(examplePayload('lot.exported')).replace('{', '{"__proto__":{"admin":1},'),
    );
    expect(pointersOf(refusalOf(() => read(payload)))).toEqual(['/__proto__']);
    const site = JSON.parse(
      JSON.stringify(
        examplePayload('site.registered', { capacity: { workers: 1, kilogramsPerWorkerMonth: { gold: '1' } } }),
      ).replace('{"gold"', '{"__proto__":"1","gold"'),
    );
    expect(refusalOf(() => read(site)).code).toBe('schema-invalid');
  });
});

describe('a quantity', () => {
  const withMass = (mass: unknown) =>
    examplePayload('custody.dispatched', { lots: [{ lot: LOT_1, prev: EVENT_1, mass }] });
  const mass = '/lots/0/mass';

  it.each([
    ['0.000001', 'KGM'],
    ['999999999999.999999', 'KGM'],
    ['48.60', 'KGM'],
    ['212.4', 'GRM'],
    ['0.001000', 'GRM'],
    ['24.000001', 'TNE'],
  ])('is accepted as %s %s', (value, uom) => {
    expect(read(withMass({ value, uom })).type).toBe('custody.dispatched');
  });

  it.each([
    ['0', 'KGM', 'value'],
    ['0.000', 'KGM', 'value'],
    ['-1', 'KGM', 'value'],
    ['+1', 'KGM', 'value'],
    ['1e3', 'KGM', 'value'],
    ['01', 'KGM', 'value'],
    ['1.', 'KGM', 'value'],
    ['.5', 'KGM', 'value'],
    ['1,5', 'KGM', 'value'],
    [' 1', 'KGM', 'value'],
    ['1\n', 'KGM', 'value'],
    ['', 'KGM', 'value'],
    ['1.0000001', 'KGM', 'value'],
    ['1000000000000', 'KGM', 'value'],
    ['0.0001', 'GRM', 'value'],
    ['1', 'LBR', 'uom'],
    ['1', 'kgm', 'uom'],
    ['1', '__proto__', 'uom'],
  ])('is quantity-invalid as %j %s', (value, uom, member) => {
    const error = refusalOf(() => read(withMass({ value, uom })));
    expect(error).toMatchObject({
      code: 'quantity-invalid',
      errors: [{ pointer: `${mass}/${member}`, code: 'quantity-invalid' }],
    });
  });

  it.each([
    ['a number', 48.6, mass],
    ['a string', '48.6 KGM', mass],
    ['without unit', { value: '1' }, `${mass}/uom`],
    ['with a number for value', { value: 1, uom: 'KGM' }, `${mass}/value`],
    ['with a third member', { value: '1', uom: 'KGM', tare: '0' }, `${mass}/tare`],
    ['null', null, mass],
  ])('is schema-invalid as %s', (_, quantity, pointer) => {
    const error = refusalOf(() => read(withMass(quantity)));
    expect(error).toMatchObject({ code: 'schema-invalid', errors: [{ pointer }] });
  });
});

describe('a grade and a percentage', () => {
  const withOutput = (claims: Record<string, unknown>) =>
    examplePayload('lot.declared', {
      outputs: [{ lot: LOT_1, mineral: 'gold', form: 'dore', mass: { value: '1', uom: 'GRM' }, ...claims }],
    });
  const grade = { analyte: 'Au', value: '876.6', uom: 'NX', basis: 'dry' };

  it('may reach the whole and not exceed it', () => {
    for (const [value, uom] of [
      ['100', 'P1'],
      ['1000.0', 'NX'],
      ['1000000', '59'],
    ]) {
      expect(read(withOutput({ grades: [{ ...grade, value, uom }] })).type).toBe('lot.declared');
    }
    for (const [value, uom] of [
      ['100.1', 'P1'],
      ['1000.1', 'NX'],
      ['1000001', '59'],
    ]) {
      const error = refusalOf(() => read(withOutput({ grades: [{ ...grade, value, uom }] })));
      expect(error).toMatchObject({ code: 'schema-invalid', errors: [{ pointer: '/outputs/0/grades/0/value' }] });
    }
    expect(read(withOutput({ moisturePercent: '100' })).type).toBe('lot.declared');
    for (const moisturePercent of ['100.1', '-1', '6,0', '06', 6]) {
      expect(pointersOf(refusalOf(() => read(withOutput({ moisturePercent }))))).toEqual([
        '/outputs/0/moisturePercent',
      ]);
    }
  });
});

describe('an instant', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-05-12T08:10:00.1234567+02:00', Date.UTC(2026, 4, 12, 6, 10, 0, 123)],
    ['2024-02-29T23:59:59.5-11:30', Date.UTC(2024, 2, 1, 11, 29, 59, 500)],
    ['0004-02-29T00:00:00Z', new Date('0004-02-29T00:00:00Z').getTime()],
    ['9999-12-31T23:59:59Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['1900-03-01T00:00:00Z', Date.UTC(1900, 2, 1)],
  ])('is read from %s', (occurredAt, ms) => {
    expect(read(examplePayload('lot.exported', { occurredAt })).occurredAtMs).toBe(ms);
  });

  it.each([
    '2026-02-29T08:10:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T08:10:00Z',
    '2026-13-01T08:10:00Z',
    '2026-00-01T08:10:00Z',
    '2026-05-00T08:10:00Z',
    '2026-05-12T24:00:00Z',
    '2026-05-12T08:60:00Z',
    '2026-06-30T23:59:60Z',
    '2026-05-12T08:10:00',
    '2026-05-12T08:10Z',
    '2026-05-12 08:10:00Z',
    '2026-05-12T08:10:00+24:00',
    '2026-05-12T08:10:00+0200',
    '2026-05-12T08:10:00.Z',
    '2026-05-12T08:10:00Z\n',
  ])('is not %j', (occurredAt) => {
    expect(pointersOf(refusalOf(() => read(examplePayload('lot.exported', { occurredAt }))))).toEqual(['/occurredAt']);
  });

  it('agrees with the calendar of the runtime on every day of four centuries', () => {
    const wrong: string[] = [];
    const DAY = 86_400_000;
    for (let day = Date.UTC(1800, 0, 1); day < Date.UTC(2200, 0, 1); day += DAY) {
      const occurredAt = new Date(day).toISOString();
      if (instantMs(occurredAt) !== day) wrong.push(occurredAt);
    }
    expect(wrong).toEqual([]);
    const leap = Date.UTC(2000, 1, 29);
    expect(read(examplePayload('log.clock', { occurredAt: '2000-02-29T00:00:00.000Z' })).occurredAtMs).toBe(leap);
  });
});

describe('text', () => {
  it('bears no control characters, least of all NUL', () => {
    for (const reason of ['', 'lost\u0000', 'two\nlines', '\u0085']) {
      expect(pointersOf(refusalOf(() => read(examplePayload('lot.closed', { reason }))))).toEqual(['/reason']);
    }
    expect(read(examplePayload('lot.closed', { reason: 'perdu à Goma, 鉱石' })).type).toBe('lot.closed');
  });

  it('of an id keeps to its alphabet', () => {
    for (const to of ['-a', 'a b', 'a/b', 'é', 'a'.repeat(65), '']) {
      expect(pointersOf(refusalOf(() => read(examplePayload('custody.dispatched', { to }))))).toEqual(['/to']);
    }
    for (const lot of [LOT_2.toUpperCase(), LOT_2.replace('-8c41', '-4c41'), LOT_2.replace('-9a10', '-ca10')]) {
      expect(pointersOf(refusalOf(() => read(examplePayload('lot.held', { lots: [lot] }))))).toEqual(['/lots/0']);
    }
    // 43 characters carry 258 bits: the last two must be zero, else two texts name one digest.
    expect(
      pointersOf(refusalOf(() => read(examplePayload('event.endorsed', { events: [`${EVENT_1.slice(0, 42)}t`] })))),
    ).toEqual(['/events/0']);
  });
});

describe('the possession of a new key', () => {
  const secret = new Uint8Array(32).fill(7);
  const x = Buffer.from(ed25519.getPublicKey(secret)).toString('base64url');
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const kid = thumbprint(key);

  const prove = (header: object, payload: object, signer = secret): string => {
    const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${input}.${Buffer.from(ed25519.sign(Buffer.from(input), signer)).toString('base64url')}`;
  };
  const header = { alg: 'Ed25519', kid, typ: 'key-possession+jwt' };
  const claims = { log: LOG, actor: 'coop', kid };
  const eventWith = (possession: string) => read(examplePayload('key.added', { key, possession }));

  it('is proved by its signature over log, actor and kid', async () => {
    await expect(checkPossession(eventWith(prove(header, claims)), checkSignature)).resolves.toBeUndefined();
    const registered = read(examplePayload('actor.registered', { key, possession: prove(header, claims) }));
    await expect(checkPossession(registered, checkSignature)).resolves.toBeUndefined();
  });

  it.each([
    ['signed by another key', prove(header, claims, new Uint8Array(32).fill(8))],
    ['for another log', prove(header, { ...claims, log: 'example.org/gold' })],
    ['for another actor', prove(header, { ...claims, actor: 'trader' })],
    ['for another key', prove(header, { ...claims, kid: KID })],
    ['with a further claim', prove(header, { ...claims, iat: 1 })],
    ['with a claim less', prove(header, { log: LOG, actor: 'coop' })],
    ['of an event', prove({ ...header, typ: 'custody-event+sd-jwt' }, claims)],
    ['with another kid in the header', prove({ ...header, kid: KID }, claims)],
    ['with a key in the header', prove({ ...header, jwk: key }, claims)],
    ['with alg none', prove({ ...header, alg: 'none' }, claims)],
    ['with alg ES256', prove({ ...header, alg: 'ES256' }, claims)],
    ['of three short parts', 'a.b.c'],
    ['that is none', 'a word'],
    ['that is empty', ''],
  ])('is not proved by a JWS %s', async (_, possession) => {
    await expect(checkPossession(eventWith(possession), checkSignature)).rejects.toMatchObject({
      code: 'possession-invalid',
      errors: [{ pointer: '/possession' }],
    });
  });

  it('is asked of no other type', async () => {
    await expect(checkPossession(read(examplePayload('lot.exported')), () => false)).resolves.toBeUndefined();
  });
});
