import { describe, expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { declaredTwice } from '../../../src/core/rules/origin/declared-twice.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';
import { declares, grade, site, world } from '../../support/told-world.js';

const [first, second] = [lot('first'), lot('second')];
const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(declaredTwice, log.facts(from), defaultParameters).findings;

/** Two declarations; the second differs so far. */
function twice(more: Record<string, unknown> = {}, event: Record<string, unknown> = {}): ScriptedLog {
  const log = world();
  site(log, 'ridge');
  const same = { kg: '50.37', moisturePercent: '6.1', grades: [grade('Sn', '53.4')] };
  declares(log, [{ lot: first, ...same }], { occurredAt: '2026-05-12T08:08:00Z' });
  declares(log, [{ lot: second, ...same, ...more }], { occurredAt: '2026-05-12T08:12:30Z', ...event });
  return log;
}

/** Returns how often the rule reads the masses of so many tagged bags that one site declares within a minute. */
function massesRead(count: number): number {
  const log = world();
  for (let n = 0; n < count; n += 1)
    declares(log, [{ lot: lot(`bag${n}`), kg: `5${n % 7}.37`, tags: [`SYN-M-${n}`] }], {
      occurredAt: '2026-05-12T08:08:00Z',
    });
  const facts = log.facts();
  let reads = 0;
  for (const { event } of facts.entries)
    if (event.type === 'lot.declared')
      for (const output of event.payload.outputs) {
        const { mass } = output;
        Object.defineProperty(output, 'mass', { get: () => ((reads += 1), mass) });
      }
  judge(declaredTwice, facts, defaultParameters);
  return reads;
}

it('looks at each of many declarations a fixed number of times', () => {
  const few = massesRead(100);
  expect(few).toBeGreaterThanOrEqual(100);
  expect(massesRead(400)).toBeLessThan(4.5 * few);
});

it('looks again at a full list of declarations, which drops its first for each new one', () => {
  const log = world();
  for (const n of [1, 2, 3]) declares(log, [{ lot: lot(`other${n}`), kg: `5${n}.37` }]);
  declares(log, [{ lot: first, kg: '50.37' }]);
  const before = log.facts();
  const lists = new Map([...before.about].map(([subject, entries]) => [subject, [...entries]]));
  expect(judge(declaredTwice, { ...before, about: lists }, defaultParameters).findings).toEqual([]);
  declares(log, [{ lot: second, kg: '50.37' }]);
  declares(log, [{ lot: lot('third'), kg: '50.37' }]);
  const after = log.facts();
  for (const [subject, entries] of after.about) {
    const list = lists.get(subject);
    if (list === undefined) lists.set(subject, [...entries]);
    else if (entries.length > list.length) list.splice(0, list.length, ...entries.slice(-list.length));
  }
  const { findings } = judge(declaredTwice, { ...after, about: lists }, defaultParameters);
  expect(findings.map(({ lots }) => lots)).toEqual([
    [first, second],
    [second, lot('third')],
  ]);
});

describe('two declarations of one mass and one grade at one site', () => {
  it('are found within minutes, also over the edge of a span', () => {
    expect(found(twice())).toMatchObject([{ lots: [first, second], severity: 'medium', measured: '50.37 kg twice' }]);
    expect(found(twice({}, { occurredAt: '2026-05-12T08:13:30Z' }))).toEqual([]);
  });

  it.each([
    ['another mass', { kg: '50.38' }, {}],
    ['another grade', { grades: [grade('Sn', '53.5')] }, {}],
    ['another moisture', { moisturePercent: '6.2' }, {}],
    ['another site', {}, { place: { site: 'ridge' } }],
  ])('are two things with %s', (_name, more, event) => {
    expect(found(twice(more, event))).toEqual([]);
  });

  it('are two things with tags of their own, or with a mass that is written coarsely', () => {
    const log = world();
    declares(log, [{ lot: first, kg: '50.37', tags: ['SYN-M-1'] }]);
    declares(log, [{ lot: second, kg: '50.37', tags: ['SYN-M-2'] }]);
    declares(log, [{ lot: lot('third'), kg: '48' }]);
    declares(log, [{ lot: lot('fourth'), kg: '48' }]);
    declares(log, [{ lot: lot('fifth'), kg: '48.1' }]);
    declares(log, [{ lot: lot('sixth'), kg: '48.1' }]);
    expect(found(log)).toEqual([]);
  });

  it('may be one thing under two tags where masses and grades are fine, more so if two recorded it', () => {
    const tagged = (
      device: string,
      kg = '50.37',
      graded: Record<string, unknown> = { grades: [grade('Sn', '53.4')] },
    ): ScriptedLog => {
      const log = world();
      declares(log, [{ lot: first, kg, ...graded, tags: ['SYN-M-1'] }], { device: 'phone', seq: 1 });
      declares(log, [{ lot: second, kg, ...graded, tags: ['SYN-M-2'] }], { device, seq: 2 });
      return log;
    };
    const [finding] = found(tagged('tablet'));
    expect(finding).toMatchObject({ severity: 'medium', lots: [first, second] });
    expect(finding?.detail).toContain('under another tag');
    expect(found(tagged('phone'))).toMatchObject([{ severity: 'low' }]);
    expect(found(tagged('tablet', '50.4'))).toEqual([]);
    expect(found(tagged('tablet', '50.37', {}))).toEqual([]);
  });

  it('are found as less sure where masses are often equal', () => {
    const log = world();
    for (const bag of [first, second]) declares(log, [{ lot: bag, kg: '48.1', grades: [grade('Sn', '53.4')] }]);
    expect(found(log)).toMatchObject([{ severity: 'low' }]);
  });

  it.each([first, second])('are one once the record of one is closed as a duplicate', (closed) => {
    const log = twice();
    const duplicateOf = closed === first ? second : first;
    log.tell('lot.closed', {
      iss: 'coop',
      occurredAt: '2026-05-12T09:00:00Z',
      lots: [{ lot: closed }],
      reason: 'duplicate',
      duplicateOf,
    });
    expect(found(log)).toEqual([]);
  });

  it('are found by whichever is logged later', () => {
    const log = twice({}, { occurredAt: '2026-05-12T08:04:00Z' });
    expect(found(log)).toHaveLength(1);
    expect(found(log, log.entries.length - 1)).toEqual(found(log));
  });
});
