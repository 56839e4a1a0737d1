import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { AditError } from '../../../src/core/errors.js';
import { claimSchema } from '../../../src/core/event/disclosure.js';
import { readEvent } from '../../../src/core/event/event.js';
import { type EventTypeName, eventTypes } from '../../../src/core/event/types/index.js';
import { EVENT_1, envelopeOf, examplePayload, examples, LOG, LOT_1, LOT_2 } from '../../support/examples-of-events.js';

const names = Object.keys(examples) as EventTypeName[];
const read = (payload: Record<string, unknown>) => readEvent(envelopeOf(payload), LOG);

/** Code and pointers of the refusal, or what was read where there is none. */
const refusalOf = (payload: Record<string, unknown>): unknown => {
  try {
    return read(payload);
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    return { code: error.code, pointers: error.errors.map(({ pointer }) => pointer) };
  }
};
const invalid = (...pointers: string[]) => ({ code: 'schema-invalid', pointers });

/** The object in which the last step of a pointer stands, and that step. */
const stepsTo = (root: unknown, pointer: string): [Record<string, unknown>, string] => {
  const steps = pointer.split('/').slice(1);
  let at = root as Record<string, unknown>;
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
  return [at, steps.at(-1) ?? ''];
};

describe('the catalogue of event types', () => {
  it('has an example of every type, so that none is left untested', () => {
    expect(names.toSorted()).toEqual([...eventTypes.keys()].toSorted());
  });

  it('knows no other types', () => {
    for (const type of ['lot.blessed', '__proto__', 'toString']) {
      expect(refusalOf(examplePayload('lot.exported', { type }))).toEqual({
        code: 'type-unknown',
        pointers: ['/type'],
      });
    }
  });

  it('names only correctable claims that exist in the schema, and never who, which lot or which head', () => {
    for (const eventType of eventTypes.values()) {
      for (const pointer of eventType.correctable) {
        expect(() => claimSchema(eventType, pointer)).not.toThrow();
        expect(pointer).not.toMatch(
          /\/(type|log|iss|iat|jti|lot|lots|prev|to|from|holder|carrier|operator|actor|inputs|outputs|site|facility)$/,
        );
      }
    }
  });

  it('names only disclosable claims that exist in the schema', () => {
    for (const eventType of eventTypes.values()) {
      for (const pointer of eventType.disclosable) expect(() => claimSchema(eventType, pointer)).not.toThrow();
    }
  });
});

describe.each(names)('an event of type %s', (type) => {
  it('is accepted in its smallest form, and says what was signed', () => {
    const payload = examplePayload(type);
    expect(read(payload).payload).toEqual(payload);
  });

  it('is accepted with every common claim', () => {
    const payload = examplePayload(type, {
      place: { site: 'hill', facility: 'depot', lat: '-1.7900', lon: '30.0150', accuracyM: '5', source: 'gnss' },
      device: 'phone-1',
      seq: 17,
      seen: { size: 812, root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
      exp: 1778569800,
      attachments: [{ commit: EVENT_1, mediaType: 'image/jpeg', kind: 'photograph', size: 2048 }],
      _sd_alg: 'sha-256',
    });
    expect(read(payload).payload).toEqual(payload);
  });

  it('is refused with a claim that is not listed', () => {
    expect(refusalOf(examplePayload(type, { 'a/b~c': 1 }))).toEqual(invalid('/a~1b~0c'));
    expect(refusalOf(examplePayload(type, { place: { site: 'hill', facility: 'depot', altitude: '5' } }))).toEqual(
      invalid('/place/altitude'),
    );
  });

  it.each(['/log', '/iss', '/iat', '/jti', '/occurredAt', ...examples[type].required])(
    'is refused without %s',
    (pointer) => {
      const payload = examplePayload(type);
      const [object, claim] = stepsTo(payload, pointer);
      expect(object).toHaveProperty([claim]);
      delete object[claim];
      expect(refusalOf(payload)).toEqual(invalid(pointer));
    },
  );

  it('bears digests only where it has claims that may be disclosed', () => {
    const mayHide = eventTypes.get(type)?.disclosable.some((pointer) => pointer.lastIndexOf('/') === 0);
    const payload = examplePayload(type, { _sd: [EVENT_1] });
    expect(refusalOf(payload)).toEqual(mayHide ? expect.objectContaining({ payload }) : invalid('/_sd'));
  });
});

const lot = { lot: LOT_1, prev: EVENT_1 };
const mass = { value: '1', uom: 'KGM' };

describe('lots named in one event', () => {
  it.each([
    'lot.measured',
    'lot.sealed',
    'custody.dispatched',
    'custody.recalled',
    'lot.exported',
    'lot.imported',
    'lot.closed',
  ])('refuses %s that names a lot twice', (type) => {
    const payload = examplePayload(type as EventTypeName);
    const lots = payload.lots as unknown[];
    expect(refusalOf({ ...payload, lots: [...lots, ...lots] })).toEqual(invalid('/lots/1/lot'));
  });

  it.each(['lot.held', 'lot.released', 'certificate.issued', 'event.refused'] as const)(
    'refuses %s that names a lot twice',
    (type) => {
      expect(refusalOf(examplePayload(type, { lots: [LOT_1, LOT_2, LOT_1] }))).toEqual(invalid('/lots/2'));
    },
  );

  it('refuses an endorsement of one event twice', () => {
    expect(refusalOf(examplePayload('event.endorsed', { events: [EVENT_1, EVENT_1] }))).toEqual(invalid('/events/1'));
  });

  it('refuses an output that is an input, or another output', () => {
    const outputs = [
      { lot: LOT_1, mass },
      { lot: LOT_2, mass },
      { lot: LOT_2, mass },
    ];
    expect(refusalOf(examplePayload('lot.split', { outputs }))).toEqual(invalid('/outputs/0/lot', '/outputs/2/lot'));
  });

  it('takes a split into one, and refuses one into none or of two, and an aggregation into two', () => {
    expect(read(examplePayload('lot.split', { outputs: [{ lot: LOT_2, mass }] }))).toMatchObject({ type: 'lot.split' });
    expect(refusalOf(examplePayload('lot.split', { outputs: [] }))).toEqual(invalid('/outputs'));
    const two = [
      { lot: '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c04', mass },
      { lot: '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c05', mass },
    ];
    expect(refusalOf(examplePayload('lot.aggregated', { outputs: two }))).toEqual(invalid('/outputs'));
    expect(refusalOf(examplePayload('lot.split', { inputs: [lot, { ...lot, lot: LOT_2 }] }))).toEqual(
      invalid('/inputs'),
    );
  });

  it('takes 200 lots and refuses 201, counting inputs and outputs together', () => {
    const lots = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ ...lot, lot: `3f0c2a9e-5b7d-8c41-9a10-${String(i).padStart(12, '0')}` }));
    expect(read(examplePayload('custody.dispatched', { lots: lots(200) })).payload).toHaveProperty('lots.length', 200);
    expect(refusalOf(examplePayload('custody.dispatched', { lots: lots(201) }))).toEqual(invalid('/lots'));
    expect(refusalOf(examplePayload('lot.processed', { inputs: lots(200) }))).toEqual(invalid('/outputs'));
    expect(refusalOf(examplePayload('custody.dispatched', { lots: [] }))).toEqual(invalid('/lots'));
  });
});

describe('claims that must fit each other', () => {
  it('refuses a receipt of two dispatches, and asks the mass of what is accepted only', () => {
    const other = { lot: LOT_2, prev: 'PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0', mass };
    expect(refusalOf(examplePayload('custody.received', { lots: [{ ...lot, mass }, other] }))).toEqual(
      invalid('/lots/1/prev'),
    );
    expect(refusalOf(examplePayload('custody.received', { lots: [{ ...lot, outcome: 'accepted' }] }))).toEqual(
      invalid('/lots/0/mass'),
    );
    const rejected = examplePayload('custody.received', { lots: [{ ...lot, outcome: 'rejected' }], reason: 'wet' });
    expect(read(rejected).payload).toEqual(rejected);
  });

  it('refuses an update that changes nothing, a measurement without measure, a sealing without seal', () => {
    expect(refusalOf(examplePayload('ledger.updated', { admissionVersion: undefined }))).toEqual(invalid(''));
    expect(refusalOf(examplePayload('site.updated', { operator: undefined }))).toEqual(invalid(''));
    expect(refusalOf(examplePayload('lot.measured', { lots: [lot] }))).toEqual(invalid('/lots/0'));
    expect(refusalOf(examplePayload('lot.sealed', { lots: [lot] }))).toEqual(invalid('/lots/0'));
  });

  it('refuses periods and runs that end before they begin', () => {
    const backwards = { from: '2026-05-02', to: '2026-05-01' };
    expect(refusalOf(examplePayload('lot.declared', { miningDates: backwards }))).toEqual(invalid('/miningDates'));
    expect(refusalOf(examplePayload('actor.registered', { card: backwards }))).toEqual(invalid('/card'));
    expect(refusalOf(examplePayload('tags.issued', { to: 4410 }))).toEqual(invalid('/to'));
    expect(refusalOf(examplePayload('certificate.issued', { expiresOn: '2026-06-30' }))).toEqual(invalid('/expiresOn'));
  });

  it('refuses a tag twice on one lot', () => {
    const output = { lot: LOT_1, mineral: 'gold', form: 'dore', mass, tags: ['A-1', 'A-1'] };
    expect(refusalOf(examplePayload('lot.declared', { outputs: [output] }))).toEqual(invalid('/outputs/0/tags'));
  });

  it('refuses a running number without its device', () => {
    expect(refusalOf(examplePayload('lot.exported', { seq: 1 }))).toEqual(invalid('/seq'));
  });
});

describe('docs/event-format.md', () => {
  const page = readFileSync('docs/event-format.md', 'utf8');
  const common = page.slice(page.indexOf('## Claims of every event'), page.indexOf('# The types'));
  const sections = new Map(
    page
      .split('\n### ')
      .slice(1)
      .map((section) => [section.slice(1, section.indexOf('`', 1)), section]),
  );

  it('has a section for every type and for nothing else', () => {
    expect([...sections.keys()].toSorted()).toEqual([...eventTypes.keys()].toSorted());
  });

  it.each(names)('names every claim of %s, with † where it may be disclosed', (type) => {
    const eventType = eventTypes.get(type);
    const section = sections.get(type) ?? '';
    if (!(eventType?.schema instanceof z.ZodObject)) throw new Error(`${type} has no object for a schema`);
    for (const claim of Object.keys(eventType.schema.shape)) {
      if (claim.startsWith('_sd') || common.includes(`\`${claim}\``)) continue;
      const mark = eventType.disclosable.includes(`/${claim}`) ? '†' : '';
      expect(section).toContain(`\`${claim}\`${mark}`);
      if (mark === '') expect(section).not.toContain(`\`${claim}\`†`);
    }
  });
});
