import { expect, it } from '@jest/globals';
import { type Finding, judge } from '../../../src/core/rules/engine/rule.js';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { compositionChanged } from '../../../src/core/rules/origin/series/composition-changed.js';
import { assayed, readings } from '../../support/cases-series.js';
import { type ScriptedLog, lot } from '../../support/scripted-log.js';

const found = (log: ScriptedLog, from = 0): Finding[] =>
  judge(compositionChanged, log.facts(from), defaultParameters).findings;

it('finds the lots of a site that have another grade than its lots had before', () => {
  const [finding, ...more] = found(assayed([...readings(25), ...readings(10, 63)]));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ subject: 'series:composition:hill/cassiterite/Sn/declared', cause: 'above' });
  expect(finding?.lots).toEqual(Array.from({ length: 10 }, (_, i) => lot(`bag${25 + i}`)));
  expect(finding?.detail).toContain('10 lots of cassiterite of site hill since');
});

it('finds nothing in a site of few lots, in one rich lot, or in a vein that is a little better', () => {
  expect(found(assayed([...readings(10), ...readings(10, 63)]))).toEqual([]);
  expect(found(assayed([...readings(25), { tin: '70' }, ...readings(10)]))).toEqual([]);
  expect(found(assayed([...readings(25), ...readings(60, 54.5)]))).toEqual([]);
});

it('finds the same however many entries are judged together', () => {
  const log = assayed([...readings(25), ...readings(10, 41)]);
  expect(found(log)).toHaveLength(1);
  for (const last of [1, 7]) expect(found(log, log.entries.length - last)).toEqual(found(log));
});
