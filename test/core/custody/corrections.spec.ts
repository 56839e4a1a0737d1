import { beforeEach, describe, expect, it } from '@jest/globals';
import { corrected } from '../../../src/core/custody/corrections.js';
import type { AditEvent } from '../../../src/core/event/event.js';
import { CoreLedger, kilograms, outcomeOf, tin } from '../../support/core-ledger.js';

let ledger: CoreLedger;
let declaration: AditEvent;
let lot: string;
beforeEach(() => {
  ledger = CoreLedger.opened();
  const told = ledger.must('coop', 'lot.declared', {
    place: { site: 'hill' },
    outputs: [tin('48.6', { tags: ['A-1'], moisturePercent: '6.0' })],
  });
  declaration = told.event;
  lot = told.lots[0] as string;
});

const nowhere = `${'C'.repeat(42)}A`;
const mass = (was: string, is: string): Record<string, unknown> => ({
  field: '/outputs/0/mass',
  was: kilograms(was),
  is: kilograms(is),
});
const correct = (by: string, body: Record<string, unknown>): { outcome: string; id: string } => {
  const told = ledger.tell(by, 'event.corrected', { event: declaration.id, reason: 'misread', ...body });
  return { outcome: outcomeOf(told.admission), id: told.event.id };
};
const outputInForce = (): object => {
  const { payload } = corrected(declaration, ledger.view.corrections.get(declaration.id) ?? []);
  return 'outputs' in payload ? (payload.outputs[0] ?? {}) : {};
};
const handOver = (): void => {
  ledger.dispatch('coop', 'trader', [lot]);
  ledger.receive('trader', 'coop', [lot]);
};

describe('a correction', () => {
  it('counts at once while its signer has the goods, and the lot shows it with its shares of origin', () => {
    expect(correct('coop', mass('48.6', '46.8')).outcome).toBe('admitted');
    expect(ledger.lot(lot)).toMatchObject({ mass: 46_800_000n, origins: [{ site: 'hill', mass: 46_800_000n }] });
    expect(outputInForce()).toMatchObject({ mass: kilograms('46.8'), moisturePercent: '6.0' });
    expect(declaration.payload).toMatchObject({ outputs: [{ mass: kilograms('48.6') }] });
    expect(ledger.view.changes.attestations).toContainEqual({ lot, index: ledger.view.size - 1 });
  });

  it('knows the value in force: as signed, then as corrected', () => {
    expect(correct('coop', mass('48.0', '46.8')).outcome).toBe('schema-invalid /was');
    correct('coop', mass('48.6', '46.8'));
    expect(correct('coop', mass('48.6', '47.0')).outcome).toBe('schema-invalid /was');
    expect(correct('coop', mass('46.8', '47.0')).outcome).toBe('admitted');
    expect(outputInForce()).toMatchObject({ mass: kilograms('47.0') });
  });

  it('reads a value whatever the order of its members', () => {
    const body = { ...mass('48.6', '46.8'), was: { uom: 'KGM', value: '48.6' } };
    expect(correct('coop', body).outcome).toBe('admitted');
  });

  it.each([
    ['/outputs/0/lot', lot],
    ['/outputs/0', undefined],
    ['/outputs', undefined],
    ['/place/site', 'hill'],
    ['/iss', 'coop'],
    ['/type', 'lot.declared'],
  ])('never changes %s', (field, was) => {
    expect(correct('coop', { field, was, is: 'other' }).outcome).toBe('schema-invalid /field');
  });

  it('never leaves an event that its type would not allow', () => {
    expect(correct('coop', { ...mass('48.6', '0') }).outcome).toBe('quantity-invalid /is');
    expect(correct('coop', { field: '/outputs/0/mass', was: kilograms('48.6') }).outcome).toBe('schema-invalid /is');
    expect(correct('coop', { field: '/outputs/0/mass/unit', is: 'KGM' }).outcome).toBe('schema-invalid /is');
    expect(correct('coop', { field: '/outputs/7/mass', is: kilograms('1') }).outcome).toBe('schema-invalid /field');
  });

  it('adds a claim, takes one away, and moves a tag', () => {
    expect(correct('coop', { field: '/teamSize', is: 6 }).outcome).toBe('admitted');
    expect(correct('coop', { field: '/outputs/0/moisturePercent', was: '6.0' }).outcome).toBe('admitted');
    expect(outputInForce()).not.toHaveProperty('moisturePercent');
    expect(correct('coop', { field: '/outputs/0/tags', was: ['A-1'], is: ['A-7'] }).outcome).toBe('admitted');
    expect(ledger.lot(lot).tags).toEqual(['A-7']);
    expect(ledger.view.changes.tagUses).toContainEqual({ tag: 'A-7', lot, index: ledger.view.size - 1 });
  });

  it('is for the signer of the event alone', () => {
    expect(correct('trader', mass('48.6', '46.8')).outcome).toBe('role-not-allowed');
  });

  it('waits for its event, and falls with it', () => {
    const late = ledger.event('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('50')] });
    const early = ledger.event('coop', 'event.corrected', { event: late.id, reason: 'misread', ...mass('50', '51') });
    expect(outcomeOf(ledger.judge(early))).toBe('waiting 1');
    ledger.judge(late);
    expect(outcomeOf(ledger.judge(early))).toBe('admitted');
    const lost = ledger.event('coop', 'event.corrected', { event: nowhere, reason: 'x', ...mass('50', '51') });
    ledger.view.refused.add(nowhere);
    expect(outcomeOf(ledger.judge(lost))).toBe('parent-refused /event');
  });
});

describe('a correction after the goods have gone', () => {
  it('counts once whoever has them now stands by it, and not before', () => {
    handOver();
    const { id, outcome } = correct('coop', mass('48.6', '46.8'));
    expect(outcome).toBe('admitted');
    expect(outputInForce()).toMatchObject({ mass: kilograms('48.6') });
    ledger.must('rival', 'event.endorsed', { events: [id] });
    ledger.must('coop', 'event.endorsed', { events: [id] });
    expect(outputInForce()).toMatchObject({ mass: kilograms('48.6') });
    ledger.must('trader', 'event.endorsed', { events: [id] });
    expect(outputInForce()).toMatchObject({ mass: kilograms('46.8') });
    // The trader has weighed it since, and that is what it has.
    expect(ledger.lot(lot).mass).toBe(48_600_000n);
  });

  it('counts by the word of an authority, also when the lot is consumed', () => {
    ledger.must('coop', 'lot.split', {
      inputs: [lot],
      outputs: [{ mass: kilograms('20') }, { mass: kilograms('28.6') }],
    });
    const { id } = correct('coop', mass('48.6', '46.8'));
    expect(outputInForce()).toMatchObject({ mass: kilograms('48.6') });
    ledger.must('agent', 'event.endorsed', { events: [id] });
    expect(outputInForce()).toMatchObject({ mass: kilograms('46.8') });
  });

  it('does not count by an endorsement that came before it', () => {
    handOver();
    const event = ledger.event('coop', 'event.corrected', {
      event: declaration.id,
      reason: 'misread',
      ...mass('48.6', '46.8'),
    });
    ledger.must('trader', 'event.endorsed', { events: [event.id] });
    ledger.judge(event);
    expect(outputInForce()).toMatchObject({ mass: kilograms('48.6') });
  });
});
