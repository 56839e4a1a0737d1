import { describe, expect, it } from '@jest/globals';
import { doubleSaleAttempt } from '../../../src/core/rules/custody/double-sale-attempt.js';
import { notHolder } from '../../../src/core/rules/custody/not-holder.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import { type ScriptedLog, declared, dispatch, lot } from '../../support/scripted-log.js';

const bag = lot('bag');

function refused(log: ScriptedLog, signer: string, code: string): string {
  return log.tell('event.refused', {
    iss: 'ledger',
    occurredAt: '2026-05-12T10:00:00Z',
    event: log.head(lot('never told')),
    jws: log.head(lot('never told')),
    code,
    signer,
    lots: [bag],
  }).event.id;
}

describe('a refused attempt to move what one does not hold', () => {
  it('is high, once for all attempts of one signer', () => {
    const log = declared(bag, '50');
    const events = [refused(log, 'mallory', 'not-holder'), refused(log, 'mallory', 'not-holder')];
    expect(judge(notHolder, log.facts(), defaultParameters)).toMatchObject({
      rule: 'not-holder',
      subjects: [bag],
      findings: [
        expect.objectContaining({ severity: 'high', lots: [bag], events, measured: '2 attempts', cause: 'mallory' }),
      ],
    });
  });

  it('is no double sale, and a double sale is not it', () => {
    const log = declared(bag, '50');
    refused(log, 'mallory', 'not-holder');
    expect(judge(doubleSaleAttempt, log.facts(), defaultParameters).findings).toEqual([]);
    const other = declared(bag, '50');
    dispatch(other, [bag]);
    refused(other, 'coop', 'head-moved');
    expect(judge(notHolder, other.facts(), defaultParameters).findings).toEqual([]);
  });
});

describe('a lot sent two ways', () => {
  it('is medium at first and high when repeated', () => {
    const log = declared(bag, '50');
    dispatch(log, [bag]);
    refused(log, 'coop', 'head-moved');
    expect(judge(doubleSaleAttempt, log.facts(), defaultParameters).findings).toEqual([
      expect.objectContaining({ severity: 'medium', measured: '1 attempt', threshold: '0 attempts' }),
    ]);
    refused(log, 'coop', 'head-moved');
    expect(judge(doubleSaleAttempt, log.facts(), defaultParameters).findings).toEqual([
      expect.objectContaining({ severity: 'high', measured: '2 attempts' }),
    ]);
  });

  it('is not what a receiver tries whose dispatch was recalled', () => {
    const log = declared(bag, '50');
    dispatch(log, [bag]);
    log.tell('custody.recalled', {
      iss: 'coop',
      occurredAt: '2026-05-18T08:00:00Z',
      reason: 'never arrived',
      lots: [{ lot: bag }],
    });
    refused(log, 'trader', 'head-moved');
    expect(judge(doubleSaleAttempt, log.facts(), defaultParameters).findings).toEqual([]);
    refused(log, 'coop', 'head-moved');
    expect(judge(doubleSaleAttempt, log.facts(), defaultParameters).findings).toHaveLength(1);
  });
});
