import { describe, expect, it } from '@jest/globals';
import { fieldsOf } from '../../../src/core/event/fields.js';
import { eventTypes } from '../../../src/core/event/types/index.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { actions, maySign } from '../../../src/web/desk/actions.js';
import { compareMasses } from '../../../src/web/desk/balance.js';
import { type Texts, compose } from '../../../src/web/desk/compose.js';

const typing = { unit: 'kg', offset: '+02:00' } as const;
const lots = [{ id: '00000001-0000-8000-8000-000000000000', head: 'A'.repeat(43) }];
const composed = (type: string, texts: Texts, counts = {}) =>
  compose(fieldsOf(type), { texts, counts, lots, typing, skipsEmpty: false });

describe('the fields of an event', () => {
  it('are derived from its schema', () => {
    const dispatch = new Map(fieldsOf('custody.dispatched').map((field) => [field.claim, field]));
    expect(dispatch.get('to')).toEqual({ claim: 'to', kind: 'id', required: true });
    expect(dispatch.get('seals')).toEqual({ claim: 'seals', kind: 'numbers', required: false });
    expect(dispatch.get('route')?.kind).toBe('text');
    expect(dispatch.get('plannedArrival')?.kind).toBe('instant');
    expect(dispatch.get('lots')).toEqual({
      claim: 'lots',
      kind: 'list',
      required: true,
      fields: [{ claim: 'mass', kind: 'mass', required: false }],
    });
    const outputs = fieldsOf('lot.processed').find(({ claim }) => claim === 'outputs')?.fields ?? [];
    expect(outputs.find(({ claim }) => claim === 'form')).toMatchObject({ kind: 'choice', required: true });
    expect(fieldsOf('no.type')).toEqual([]);
  });

  it('exist for every claim that an action asks for first', () => {
    for (const { type, first } of Object.values(actions))
      for (const path of first) {
        const [claim, inner] = path.split('.');
        const field = fieldsOf(type).find((each) => each.claim === claim);
        const found = inner === undefined ? field : field?.fields?.find((each) => each.claim === inner);
        expect([type, path, found !== undefined]).toEqual([type, path, true]);
      }
  });

  it('leave every action to who has the roles for it', () => {
    expect(maySign('lot.processed', ['trader'])).toBe(false);
    expect(maySign('lot.processed', ['trader', 'smelter'])).toBe(true);
    expect(maySign('lot.split', ['trader'])).toBe(true);
  });
});

describe('a form', () => {
  it('becomes the claims of an event that its type allows', () => {
    const { claims, faults } = composed(
      'lot.processed',
      {
        process: 'gravity',
        'outputs.0.form': 'concentrate',
        'outputs.0.mass': '30',
        'outputs.0.tags': 'T-1, T-2',
        'outputs.0.grades': 'Sn 62.5 %; Fe 3 %',
        'residues.0.kind': 'tailings',
        'residues.0.mass': '18.5',
        occurredAt: '2026-11-30T08:15',
      },
      { outputs: 2, residues: 1 },
    );
    expect(faults).toEqual({});
    expect(claims).toMatchObject({
      occurredAt: '2026-11-30T08:15:00+02:00',
      inputs: [{ lot: lots[0]?.id, prev: lots[0]?.head }],
      outputs: [{ form: 'concentrate', mass: { value: '30', uom: 'KGM' }, tags: ['T-1', 'T-2'] }],
      residues: [{ kind: 'tailings', mass: { value: '18.5', uom: 'KGM' } }],
    });
    const schema = eventTypes.get('lot.processed')?.schema;
    const outputs = (claims.outputs as object[]).map((output) => ({
      lot: '00000002-0000-8000-8000-000000000000',
      ...output,
    }));
    const common = { type: 'lot.processed', log: 'l', iss: 'a', iat: 1, jti: 'A'.repeat(22) };
    expect(schema?.safeParse({ ...claims, ...common, outputs }).error).toBeUndefined();
  });

  it('says which claim is missing or wrong, by its path', () => {
    expect(composed('custody.dispatched', {}).faults).toMatchObject({ to: { code: 'empty' } });
    expect(
      composed('lot.split', { 'outputs.0.mass': '20,5', 'outputs.1.lotNumber': 'x', occurredAt: 'now' }, { outputs: 2 })
        .faults,
    ).toEqual({
      occurredAt: { code: 'instant' },
      'outputs.0.mass': { code: 'separator', meant: '20.5' },
      'outputs.1.mass': { code: 'empty' },
    });
    expect(composed('lot.split', { occurredAt: '2026-11-30T08:15' }, { outputs: 2 }).faults).toEqual({
      'outputs.0.mass': { code: 'empty' },
    });
  });

  it('leaves out groups that nobody filled, and asks for the rest of one that somebody did', () => {
    expect(composed('lot.measured', { 'lots.0.mass': '49' }).claims).not.toHaveProperty('scale');
    expect(composed('lot.measured', { 'scale.calibratedOn': '2026-01-01' }).faults).toMatchObject({
      'scale.id': { code: 'empty' },
    });
  });
});

describe('a form of several lots', () => {
  const two = [...lots, { id: '00000003-0000-8000-8000-000000000000', head: 'B'.repeat(43) }];
  const sealed = (texts: Texts) =>
    compose(fieldsOf('lot.sealed'), { texts, counts: {}, lots: two, typing, skipsEmpty: true });

  it('leaves out those for which nothing is typed, and asks for one', () => {
    const { claims, faults } = sealed({ 'lots.1.sealsOn': 'SL-1', occurredAt: '2026-11-30T08:15' });
    expect(claims.lots).toEqual([{ lot: two[1]?.id, prev: two[1]?.head, sealsOn: ['SL-1'] }]);
    expect(faults).toEqual({});
    expect(sealed({ occurredAt: '2026-11-30T08:15' }).faults).toEqual({ 'lots.0.tagsOn': { code: 'empty' } });
  });
});

describe('a balance of masses', () => {
  const kilograms = (value: string) => ({ value, uom: 'KGM' });
  const closure = { gained: defaultParameters.massGained.closure, lost: defaultParameters.massLost.closure };

  it('names the rule that would ask, and how far it lets masses differ', () => {
    const of = (before: string, after: string[]) =>
      compareMasses([kilograms(before)], after.map(kilograms), closure, 'cassiterite');
    expect(of('50', ['20', '30'])).toMatchObject({ band: 'ok', before: 50_000_000n, after: 50_000_000n });
    expect(of('50', ['20', '30.4'])).toMatchObject({ band: 'warn', side: 'gained', allowed: 0.005 });
    expect(of('50', ['20', '31'])).toMatchObject({ band: 'beyond', side: 'gained' });
    expect(of('50', ['20', '25'])).toMatchObject({ band: 'beyond', side: 'lost' });
    const process = { gained: defaultParameters.massGained.processed, lost: null };
    expect(compareMasses([kilograms('50')], [kilograms('25')], process, 'gold')).toMatchObject({
      band: 'ok',
      allowed: null,
    });
  });
});
