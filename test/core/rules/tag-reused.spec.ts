import { describe, expect, it } from '@jest/globals';
import { type Facts, type TagUse, noFacts } from '../../../src/core/rules/engine/facts.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { tagReused } from '../../../src/core/rules/tags/tag-reused.js';
import { lot } from '../../support/scripted-log.js';

const [bag1, bag2, drum] = [lot('bag1'), lot('bag2'), lot('drum')];
const use = (id: string, index: number): TagUse => ({ lot: id, event: `event-${index}`, signer: 'coop', index });
const found = (uses: TagUse[], ancestors: Facts['ancestors'] = new Map()): Finding[] =>
  judge(tagReused, { ...noFacts(9, null), tagUses: new Map([['SYN-M-4411', uses]]), ancestors }, defaultParameters)
    .findings;

describe('one tag on two bags', () => {
  it('is critical, and names both bags and both events', () => {
    expect(found([use(bag1, 3), use(bag2, 5)])).toEqual([
      expect.objectContaining({
        severity: 'critical',
        subject: 'SYN-M-4411',
        lots: [bag2, bag1],
        events: ['event-3', 'event-5'],
        measured: '2 lots',
        threshold: '1 lot',
        firstIndex: 5,
      }),
    ]);
  });

  it('is nothing where it is one bag twice, or a lot made of the other', () => {
    expect(found([use(bag1, 3), use(bag1, 5)])).toEqual([]);
    expect(found([use(bag1, 3), use(drum, 5)], new Map([[drum, new Set([bag1])]]))).toEqual([]);
  });

  it('is found between two lots made of one', () => {
    const ancestors = new Map([
      [bag1, new Set([drum])],
      [bag2, new Set([drum])],
    ]);
    expect(found([use(drum, 1), use(bag1, 3), use(bag2, 3)], ancestors)).toEqual([
      expect.objectContaining({ lots: [bag2, bag1] }),
    ]);
  });
});
