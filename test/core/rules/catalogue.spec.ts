import { describe, expect, it } from '@jest/globals';
import { defaultParameters, eventRules, ruleById } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import type { Case } from '../../support/case.js';
import { actorCases } from '../../support/cases-actors.js';
import { custodyCases } from '../../support/cases-custody.js';
import { massCases } from '../../support/cases-mass.js';
import { movementCases } from '../../support/cases-movement.js';
import { originCases } from '../../support/cases-origin.js';
import { tagCases } from '../../support/cases-tags.js';
import type { ScriptedLog } from '../../support/scripted-log.js';

const cases: Record<string, Case> = {
  ...custodyCases,
  ...tagCases,
  ...massCases,
  ...originCases,
  ...movementCases,
  ...actorCases,
};

/** Severities of what all rules find in the whole of a log, by rule, each once. */
function found(log: ScriptedLog): Record<string, string> {
  const facts = log.facts();
  const all = eventRules.flatMap((rule) => judge(rule, facts, defaultParameters).findings);
  return Object.fromEntries(all.map(({ rule, severity }) => [rule, severity]));
}

describe('the catalogue of rules', () => {
  it('has an example of every rule that judges events', () => {
    expect(Object.keys(cases).toSorted()).toEqual(eventRules.map(({ id }) => id).toSorted());
  });

  it.each(Object.keys(cases))('%s finds what it is for', (id) => {
    expect(found(cases[id]?.wrong() as ScriptedLog)).toMatchObject({ [id]: cases[id]?.severity });
  });

  it.each(Object.keys(cases))('%s is quiet about what only looks like it', (id) => {
    expect(found(cases[id]?.twin() as ScriptedLog)).toEqual(cases[id]?.twinAlso ?? {});
  });

  it.each(Object.keys(cases))('%s says who, what and how much, of a subject that it judges', (id) => {
    const rule = ruleById.get(id);
    if (rule === undefined) throw new Error(`there is no rule ${id}`);
    const { subjects, findings } = judge(rule, (cases[id] as Case).wrong().facts(), defaultParameters);
    for (const finding of findings) {
      expect(subjects).toContain(finding.subject);
      expect(finding).toMatchObject({ measured: expect.stringMatching(/./), threshold: expect.stringMatching(/./) });
      expect(finding.detail).toMatch(/./);
      expect(finding.lots).toEqual([...new Set(finding.lots)]);
      expect(finding.events.length).toBeGreaterThan(0);
      expect(finding.firstIndex).not.toBeNull();
    }
  });
});
