import { describe, expect, it } from '@jest/globals';
import { defaultParameters, eventRules, ruleById } from '../../../src/core/rules/index.js';
import type { Facts } from '../../../src/core/rules/engine/facts.js';
import { judge } from '../../../src/core/rules/engine/rule.js';
import type { Case } from '../../support/case.js';
import { actorCases } from '../../support/cases-actors.js';
import { custodyCases } from '../../support/cases-custody.js';
import { massCases } from '../../support/cases-mass.js';
import { movementCases } from '../../support/cases-movement.js';
import { originCases } from '../../support/cases-origin.js';
import { peopleCases, relationCases } from '../../support/cases-people.js';
import { seriesCases } from '../../support/cases-series.js';
import { tagCases } from '../../support/cases-tags.js';

const cases: Record<string, Case> = {
  ...custodyCases,
  ...tagCases,
  ...massCases,
  ...seriesCases,
  ...originCases,
  ...movementCases,
  ...actorCases,
  ...peopleCases,
  ...relationCases,
};

const wrongs = new Map<string, Facts>();

/** The facts of the log in which a rule must find something, gathered once for all tests. */
function wrongOf(id: string): Facts {
  const facts = wrongs.get(id) ?? (cases[id] as Case).wrong().facts();
  wrongs.set(id, facts);
  return facts;
}

/** Severities of what all rules find in the whole of a log, by rule, each once. */
function found(facts: Facts, parameters = defaultParameters): Record<string, string> {
  const all = eventRules.flatMap((rule) => judge(rule, facts, parameters).findings);
  return Object.fromEntries(all.map(({ rule, severity }) => [rule, severity]));
}

describe('the catalogue of rules', () => {
  it('has an example of every rule that judges events', () => {
    expect(Object.keys(cases).toSorted()).toEqual(eventRules.map(({ id }) => id).toSorted());
  });

  it.each(Object.keys(cases))('%s finds what it is for', (id) => {
    expect(found(wrongOf(id), cases[id]?.parameters)).toMatchObject({ [id]: cases[id]?.severity });
  });

  it.each(Object.keys(cases))('%s is quiet about what only looks like it', (id) => {
    expect(found((cases[id] as Case).twin().facts(), cases[id]?.parameters)).toEqual(cases[id]?.twinAlso ?? {});
  });

  it.each(Object.keys(cases))('%s says who, what and how much, of a subject that it judges', (id) => {
    const rule = ruleById.get(id);
    if (rule === undefined) throw new Error(`there is no rule ${id}`);
    const { subjects, findings } = judge(rule, wrongOf(id), cases[id]?.parameters ?? defaultParameters);
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
