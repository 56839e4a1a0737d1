import { describe, expect, it } from '@jest/globals';
import { handoverDeadlines, handoverOverdue } from '../../../src/core/rules/custody/handover-overdue.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { type ScriptedLog, clock, declare, declared, dispatch, kilograms, lot } from '../../support/scripted-log.js';

const [one, two] = [lot('one'), lot('two')];
const countries = (from: string, to: string): Map<string, { id: string; country: string }> =>
  new Map([
    ['coop', { id: 'coop', country: from }],
    ['trader', { id: 'trader', country: to }],
  ]);
const found = (log: ScriptedLog, from = 'RW', to = 'RW'): Finding[] =>
  judge(handoverOverdue, log.facts(0, { actors: countries(from, to) }), defaultParameters).findings;

function sent(): ScriptedLog {
  const log = declared(one, '50');
  declare(log, two, '51');
  dispatch(log, [one, two]);
  return log;
}

describe('a handover that nobody answers', () => {
  it('is overdue from a day after the planned arrival on, and not a moment before', () => {
    const log = sent();
    clock(log, 23.999);
    expect(found(log)).toEqual([]);
    clock(log, 24);
    expect(found(log)).toEqual([
      expect.objectContaining({ severity: 'medium', lots: [one, two], measured: '24 h', threshold: '24 h' }),
    ]);
  });

  it('is high after three times that grace', () => {
    const log = sent();
    clock(log, 71.9);
    expect(found(log)).toEqual([expect.objectContaining({ severity: 'medium' })]);
    clock(log, 72);
    expect(found(log)).toEqual([expect.objectContaining({ severity: 'high', measured: '3 days' })]);
  });

  it('has three days where it crosses a border, or where that is not known', () => {
    const log = sent();
    clock(log, 71.9);
    expect(found(log, 'RW', 'TZ')).toEqual([]);
    expect(judge(handoverOverdue, log.facts(), defaultParameters).findings).toEqual([]);
    clock(log, 72);
    expect(found(log, 'RW', 'TZ')).toEqual([expect.objectContaining({ threshold: '72 h' })]);
  });

  it('names only the lots that are still on the way, and none once all have arrived', () => {
    const log = sent();
    const receive = (id: string): unknown =>
      log.tell('custody.received', {
        iss: 'trader',
        occurredAt: '2026-05-15T08:00:00Z',
        from: 'coop',
        lots: [{ lot: id, mass: kilograms('50') }],
      });
    clock(log, 30);
    receive(one);
    expect(found(log)).toEqual([expect.objectContaining({ lots: [two] })]);
    receive(two);
    expect(found(log)).toEqual([]);
  });

  it('is settled by a recall', () => {
    const log = sent();
    clock(log, 30);
    log.tell('custody.recalled', {
      iss: 'coop',
      occurredAt: '2026-05-15T08:00:00Z',
      reason: 'truck broke down',
      lots: [{ lot: one }, { lot: two }],
    });
    expect(found(log)).toEqual([]);
  });

  it('asks to be judged again at both times', () => {
    const log = declared(one, '50');
    const entry = dispatch(log, [one]);
    expect(handoverDeadlines(entry, countries('RW', 'RW'), defaultParameters)).toEqual([
      Date.parse('2026-05-14T09:00:00Z'),
      Date.parse('2026-05-16T09:00:00Z'),
    ]);
  });
});
