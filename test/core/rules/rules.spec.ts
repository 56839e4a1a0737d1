import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ZodObject } from 'zod';
import { rulesDocument } from '../../../src/core/rules/engine/document.js';
import { type RecordFault, noFacts, recordRuleIds } from '../../../src/core/rules/engine/facts.js';
import { fingerprint } from '../../../src/core/rules/engine/fingerprint.js';
import { defaultParameters, parametersSchema, recordRules, ruleById, rules } from '../../../src/core/rules/index.js';
import { judge } from '../../../src/core/rules/engine/rule.js';

const fault = (rule: RecordFault['rule']): RecordFault => ({
  rule,
  subject: 'entries index=7',
  cause: 'altered',
  lots: [],
  events: [],
  measured: 'a',
  threshold: 'b',
  detail: 'Entry 7.',
  firstIndex: 7,
});

describe('the rules', () => {
  it('have names of their own', () => {
    expect(ruleById.size).toBe(rules.length);
    expect(recordRules.map(({ id }) => id)).toEqual([...recordRuleIds]);
  });

  it('are documented as they are', () => {
    expect(readFileSync(join(process.cwd(), 'docs/rules.md'), 'utf8')).toBe(rulesDocument());
    for (const { id } of rules) expect(rulesDocument()).toContain(`### \`${id}\``);
  });

  it('judge nothing where nothing happened', () => {
    for (const rule of rules) {
      expect(judge(rule, noFacts(0, null), defaultParameters)).toEqual({
        rule: rule.id,
        subjects: [],
        findings: [],
        undecided: [],
        deadlines: [],
      });
    }
  });

  it('take only thresholds of the right form', () => {
    expect(parametersSchema.safeParse({ ...defaultParameters, tagReused: { severity: 'dire' } }).success).toBe(false);
  });

  it('make the same document of parameters, byte for byte, until its version changes', () => {
    const file = join(process.cwd(), `test/fixtures/rule-parameters-${defaultParameters.version}.jsonl`);
    expect(JSON.stringify(defaultParameters)).toBe(readFileSync(file, 'utf8'));
  });

  it('each have parameters of their own', () => {
    const schemas = rules.flatMap(({ parameters }) => Object.entries(parameters));
    const names = new Map(schemas);
    expect(schemas.filter(([name, schema]) => names.get(name) !== schema)).toEqual([]);
    expect(Object.keys(defaultParameters).toSorted()).toEqual(
      ['version', 'from', 'required', 'answerWithinHours', ...names.keys()].toSorted(),
    );
  });

  it('say what each of their parameters means, but for severities', () => {
    const fields = rules.flatMap(({ parameters }) =>
      Object.entries(parameters).flatMap(([name, schema]) =>
        Object.entries((schema as ZodObject).shape).map(([field, { description }]) => ({
          path: `${name}.${field}`,
          explained: /^severity(?!ByLevel)/.test(field) || (description ?? '').length > 5,
        })),
      ),
    );
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter(({ explained }) => !explained)).toEqual([]);
  });
});

describe('a fault of the record', () => {
  it('is a critical finding of its own rule and of no other', () => {
    for (const id of recordRuleIds) {
      const facts = { ...noFacts(9, null), record: [fault(id)] };
      const findings = recordRules.flatMap((rule) => judge(rule, facts, defaultParameters).findings);
      expect(findings).toEqual([expect.objectContaining({ rule: id, severity: 'critical', firstIndex: 7 })]);
    }
  });

  it('is judged against the whole ledger by an audit, and not at all otherwise', () => {
    const [rule] = recordRules;
    expect(rule?.subjects({ ...noFacts(9, null), record: [] }, defaultParameters)).toBe('all');
    expect(rule?.subjects(noFacts(9, null), defaultParameters)).toEqual([]);
  });
});

describe('the fingerprint of a finding', () => {
  it('tells apart rule, subject and cause, wherever one ends and the next begins', () => {
    const prints = [
      { rule: 'a', subject: 'b', cause: 'c' },
      { rule: 'a', subject: 'bc', cause: '' },
      { rule: 'ab', subject: '', cause: 'c' },
      { rule: 'a', subject: 'b', cause: 'd' },
    ].map(fingerprint);
    expect(new Set(prints).size).toBe(4);
    expect(prints[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
