import { beforeEach, describe, expect, it } from '@jest/globals';
import { visibleHeads } from '../../../src/core/custody/heads.js';
import type { AditEvent } from '../../../src/core/event/event.js';
import { CoreLedger, HOUR, kilograms, outcomeOf } from '../../support/core-ledger.js';

let ledger: CoreLedger;
let lot: string;
let sent: AditEvent;

/** Goods on their way from `coop` to `trader`, planned to arrive two hours after the ledger began. */
beforeEach(() => {
  ledger = CoreLedger.opened();
  lot = ledger.declare();
  sent = ledger.dispatch('coop', 'trader', [lot], { plannedArrival: '2026-05-12T08:00:00Z' }).event;
});

const recall = (by: string): string =>
  outcomeOf(ledger.tell(by, 'custody.recalled', { lots: [lot], reason: 'lost' }).admission);

/** The receipt of goods that were handed over before the recall, by a device that was offline; refused, and kept. */
function lateReceipt(prev = sent.id): string {
  const lots = [{ lot, prev, mass: kilograms('48') }];
  const { event, admission } = ledger.tell('trader', 'custody.received', { from: 'coop', lots });
  if (admission.outcome === 'refused' && admission.evidence) {
    const { code } = admission.error;
    const said = { event: event.id, jws: event.id, code, signer: event.iss, lots: [lot] };
    ledger.must('ledger', 'event.refused', said, ledger.service.kid);
  }
  return outcomeOf(admission);
}

describe('recalling a dispatch', () => {
  it('is too early before it is not the signer’s to recall: the codes have an order', () => {
    ledger.clock(HOUR);
    expect(recall('rival')).toBe('recall-too-early /lots/0/lot');
    ledger.clock(48 * HOUR);
    expect(recall('rival')).toBe('not-holder /lots/0/lot evidence');
    expect(recall('coop')).toBe('admitted');
  });

  it('counts 72 hours from departure where no arrival was planned, and never by the signer’s clock', () => {
    const other = ledger.declare();
    ledger.dispatch('coop', 'trader', [other]);
    const tell = (): string =>
      outcomeOf(ledger.tell('coop', 'custody.recalled', { lots: [other], reason: 'lost' }).admission);
    expect(tell()).toBe('recall-too-early /lots/0/lot');
    ledger.clock((72 + 24) * HOUR);
    expect(tell()).toBe('recall-too-early /lots/0/lot');
    ledger.clock(1);
    expect(tell()).toBe('admitted');
  });
});

describe('a receipt that crossed a recall', () => {
  beforeEach(() => {
    ledger.clock(48 * HOUR);
    expect(recall('coop')).toBe('admitted');
  });

  it('freezes the lot while it is on its way to another, who may still receive it', () => {
    ledger.dispatch('coop', 'rival', [lot]);
    expect(lateReceipt()).toBe('head-moved /lots/0/prev evidence');
    expect(ledger.lot(lot)).toMatchObject({ status: 'inTransit', holds: ['ledger'] });
    ledger.receive('rival', 'coop', [lot]);
    expect(outcomeOf(ledger.tell('rival', 'lot.closed', { lots: [lot], reason: 'sold' }).admission)).toBe(
      'lot-on-hold /lots/0/lot evidence',
    );
  });

  it('freezes the lot when it has been sold to another and received', () => {
    ledger.dispatch('coop', 'rival', [lot]);
    ledger.receive('rival', 'coop', [lot]);
    expect(lateReceipt()).toBe('head-moved /lots/0/prev evidence');
    expect(ledger.lot(lot)).toMatchObject({ status: 'held', holder: 'rival', holds: ['ledger'] });
  });

  it('is kept when the lot is no more, and there is nothing to freeze', () => {
    const outputs = [{ mass: kilograms('40') }, { mass: kilograms('8.6') }];
    ledger.must('coop', 'lot.split', { inputs: [lot], outputs });
    expect(lateReceipt()).toBe('lot-consumed /lots/0/lot evidence');
    expect(ledger.lot(lot)).toMatchObject({ status: 'consumed', holds: [] });
  });

  it('freezes once, however often it is sent', () => {
    lateReceipt();
    lateReceipt();
    expect(ledger.lot(lot).holds).toEqual(['ledger']);
  });

  it('is settled when the same receiver takes the goods after all', () => {
    ledger.dispatch('coop', 'trader', [lot]);
    ledger.receive('trader', 'coop', [lot]);
    expect(ledger.lot(lot).recalledFrom).toBeNull();
    expect(lateReceipt()).toBe('head-moved /lots/0/prev');
    expect(ledger.lot(lot).holds).toEqual([]);
  });

  it('is only one that follows the dispatch which was recalled', () => {
    const birth = ledger.entries.find(({ type }) => type === 'lot.declared')?.id;
    expect(lateReceipt(birth)).toBe('head-moved /lots/0/prev');
    expect(ledger.lot(lot).holds).toEqual([]);
  });
});

describe('the heads told with a refusal', () => {
  const headsFor = (by: string, kid?: string): Record<string, string> =>
    visibleHeads(ledger.event(by, 'lot.measured', { lots: [{ lot, mass: kilograms('48') }] }, kid), ledger.view);

  it('are those of lots whose holder or named receiver the signer is', () => {
    expect(headsFor('coop')).toEqual({ [lot]: sent.id });
    expect(headsFor('trader')).toEqual({ [lot]: sent.id });
    expect(headsFor('rival')).toEqual({});
  });

  it('are not told to whoever writes a party’s name under its own key', () => {
    expect(headsFor('coop', ledger.key('rival').kid)).toEqual({});
    expect(headsFor('coop', 'A'.repeat(43))).toEqual({});
  });

  it('are not told to a key that is revoked or not yet active', () => {
    const possession = `e30.e30.${'A'.repeat(86)}`;
    const { jwk, kid } = ledger.key('somebody');
    ledger.clock(HOUR);
    ledger.must('registrar', 'key.added', { actor: 'coop', key: jwk, possession });
    expect(headsFor('coop', kid)).toEqual({});
    ledger.clock(72 * HOUR);
    expect(headsFor('coop', kid)).toEqual({ [lot]: sent.id });
    ledger.must('coop', 'key.revoked', { actor: 'coop', kid, reason: 'stolen' });
    expect(headsFor('coop', kid)).toEqual({});
  });
});
