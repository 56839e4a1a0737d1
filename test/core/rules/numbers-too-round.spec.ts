import { describe, expect, it } from '@jest/globals';
import { factsOfLog } from '../../../src/core/rules/engine/facts-of-log.js';
import { numbersTooRound } from '../../../src/core/rules/mass/numbers-too-round.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { ScriptedLog, declare, lot } from '../../support/scripted-log.js';

describe('a month of weights that end in 0 or 5', () => {
  const log = new ScriptedLog();
  for (let i = 0; i < 60; i += 1) declare(log, lot(`bag${i}`), `${50 + i * 5}`);
  const entries = log.entries;

  /** What is found when the last `count` entries are judged together, after all the others. */
  function found(count: number): Finding[] {
    const facts = factsOfLog(entries, new Map(), defaultParameters, entries.slice(-count));
    return judge(numbersTooRound, facts, defaultParameters).findings;
  }

  it('is one finding, the same however many declarations were judged together', () => {
    const [finding] = found(entries.length);
    expect(finding).toMatchObject({ cause: 'last-digit', measured: '60 of 60', events: [entries.at(-1)?.event.id] });
    for (const count of [1, 7, 59]) expect(found(count)).toEqual([finding]);
  });
});
