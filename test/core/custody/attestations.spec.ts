import { beforeEach, describe, expect, it } from '@jest/globals';
import { CoreLedger, kilograms, outcomeOf } from '../../support/core-ledger.js';

const nowhere = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c01';

const unheard = `${'D'.repeat(42)}A`;

let ledger: CoreLedger;
let lot: string;
beforeEach(() => {
  ledger = CoreLedger.opened();
  ledger.register('police', ['authority']);
  ledger.register('carrier', ['transporter']);
  ledger.register('inspector', ['auditor']);
  ledger.register('laboratory', ['assayer']);
  ledger.must('registrar', 'facility.registered', { facility: 'depot', kind: 'warehouse', country: 'RW' });
  lot = ledger.declare();
});
const outcome = (by: string, type: string, body: Record<string, unknown>): string =>
  outcomeOf(ledger.tell(by, type, body).admission);

describe('custody.assigned', () => {
  const assign = (by: string): string =>
    outcome(by, 'custody.assigned', { to: 'trader', lots: [lot], ground: 'court' });

  it('gives a lot only under the own hold of its signer, also on the way', () => {
    expect(assign('agent')).toBe('not-holder /lots/0/lot');
    ledger.dispatch('coop', 'rival', [lot]);
    ledger.must('police', 'lot.held', { lots: [lot], ground: 'theft' });
    expect(assign('agent')).toBe('lot-on-hold /lots/0/lot');
    expect(assign('coop')).toBe('role-not-allowed');
    expect(assign('police')).toBe('admitted');
    expect(ledger.lot(lot)).toMatchObject({
      holder: 'trader',
      status: 'held',
      inTransitTo: null,
      plannedArrival: null,
      holds: ['police'],
      seq: 3,
    });
    ledger.must('police', 'lot.released', { lots: [lot], ground: 'decided' });
    expect(outcome('trader', 'custody.dispatched', { to: 'rival', lots: [lot] })).toBe('admitted');
  });
});

describe('what others say of lots', () => {
  it.each([
    ['trader', 'incident.reported', () => ({ category: 'theft', level: 2, lots: [lot] })],
    ['laboratory', 'origin.tested', () => ({ lot, sample: 'S-1', sites: ['hill'], result: 'plausible' })],
    ['carrier', 'transit.checked', () => ({ lots: [lot] })],
    ['inspector', 'stock.counted', () => ({ place: { facility: 'depot' }, lots: [{ lot, mass: kilograms('48') }] })],
    ['coop', 'payment.recorded', () => ({ kind: 'tax', payer: 'coop', lots: [lot] })],
  ])('%s: %s stands with the lot and leaves it as it is', (by, type, body) => {
    const before = ledger.lot(lot);
    expect(outcome(by, type, body())).toBe('admitted');
    expect(ledger.lot(lot)).toEqual(before);
    expect(ledger.view.changes.attestations).toContainEqual({ lot, index: ledger.view.size - 1 });
  });

  it('is refused of a lot that is not there', () => {
    expect(outcome('trader', 'incident.reported', { category: 'theft', level: 2, lots: [nowhere] })).toBe(
      'lot-unknown /lots/0',
    );
    const counted = { place: { facility: 'depot' }, lots: [{ lot, mass: kilograms('48') }], missing: [nowhere] };
    expect(outcome('inspector', 'stock.counted', counted)).toBe('lot-unknown /missing/0');
  });

  it('is for those to say whom it concerns', () => {
    const counted = { place: { facility: 'depot' }, lots: [{ lot, mass: kilograms('48') }] };
    expect(outcome('trader', 'stock.counted', counted)).toBe('role-not-allowed');
    expect(outcome('coop', 'stock.counted', counted)).toBe('admitted');
    const paid = { kind: 'price', payer: 'trader', payee: 'coop' };
    expect(outcome('rival', 'payment.recorded', paid)).toBe('role-not-allowed');
    expect(outcome('coop', 'payment.recorded', paid)).toBe('admitted');
    expect(outcome('coop', 'transit.checked', { lots: [lot] })).toBe('role-not-allowed');
    expect(outcome('coop', 'data.erased', { digests: ['A'.repeat(43)], ground: 'request' })).toBe('role-not-allowed');
  });
});

describe('an incident', () => {
  it('is updated by an authority, and then by the owner that it names', () => {
    const { event } = ledger.must('trader', 'incident.reported', { category: 'theft', level: 2, lots: [lot] });
    const update = (by: string, more: object = {}): string =>
      outcome(by, 'incident.updated', { incident: event.id, status: 'mitigating', ...more });
    expect(update('trader')).toBe('role-not-allowed');
    expect(update('agent', { owner: 'trader' })).toBe('admitted');
    expect(update('coop')).toBe('role-not-allowed');
    expect(update('trader', { status: 'closed' })).toBe('admitted');
    expect(ledger.view.incidents.get(event.id)).toMatchObject({ owner: 'trader', status: 'closed', level: 2 });
  });

  it('is waited for, and is an incident', () => {
    expect(outcome('agent', 'incident.updated', { incident: unheard, status: 'closed' })).toBe('waiting 1');
    const { event } = ledger.must('coop', 'event.endorsed', { events: [unheard] });
    expect(outcome('agent', 'incident.updated', { incident: event.id, status: 'closed' })).toBe(
      'schema-invalid /incident',
    );
  });
});

describe('a dispute', () => {
  it('is raised by whom the event names, withdrawn by whoever raised it, and decided by others', () => {
    const { event } = ledger.dispatch('coop', 'trader', [lot]);
    expect(outcome('rival', 'event.disputed', { event: event.id, ground: 'never came' })).toBe('role-not-allowed');
    const dispute = ledger.must('trader', 'event.disputed', { event: event.id, ground: 'never came' });
    expect(ledger.view.changes.attestations).toContainEqual({ lot, index: ledger.view.size - 1 });
    const settle = (by: string, settlement: string): string =>
      outcome(by, 'event.settled', { dispute: dispute.event.id, settlement, reason: 'it is here' });
    expect(settle('rival', 'withdrawn')).toBe('role-not-allowed');
    expect(settle('trader', 'upheld')).toBe('role-not-allowed /settlement');
    expect(settle('agent', 'withdrawn')).toBe('role-not-allowed /settlement');
    expect(settle('agent', 'rejected')).toBe('admitted');
    expect(settle('trader', 'withdrawn')).toBe('admitted');
    expect(outcome('agent', 'event.settled', { dispute: event.id, settlement: 'upheld', reason: 'x' })).toBe(
      'schema-invalid /dispute',
    );
  });
});
