import { describe, expect, it } from '@jest/globals';
import { verdictsOf } from '../../../src/core/bundle/verdicts.js';
import { rulesDocument } from '../../../src/core/rules/engine/document.js';
import { evidenceText } from '../../../src/core/rules/engine/evidence.js';
import type { Severity } from '../../../src/core/rules/engine/rule.js';
import { rules } from '../../../src/core/rules/index.js';

const risk = (...findings: [string, Severity][]): string =>
  verdictsOf(
    findings.map(([rule, severity]) => ({ rule, severity, status: 'open' as const, official: false, answers: [] })),
    [],
    false,
    [],
  ).risk;

describe('the evidence of a finding', () => {
  it('is a text with its basis, of each rule', () => {
    const texts = new Map(rules.map(({ id, evidence }) => [id, evidenceText(evidence)]));
    expect(texts.get('grade-impossible')).toBe(
      'impossible without a fault, by chemistry: the pure mineral has no more',
    );
    expect(texts.get('record-fork')).toBe('impossible without a fault, by signatures and hashes');
    expect(texts.get('production-surge')).toBe('unusual without a fault, by the site’s or the district’s own history');
    for (const text of texts.values()) expect(rulesDocument()).toContain(`- **How sure**: ${text}`);
  });
});

describe('the verdict on risk', () => {
  it('is medium at most by what is only unusual', () => {
    expect(risk(['production-surge', 'high'])).toBe('medium');
    expect(risk(['production-surge', 'high'], ['split-below-cap', 'high'])).toBe('medium');
    expect(risk(['declared-twice', 'low'])).toBe('low');
  });

  it('is as severe as what is very unlikely or impossible', () => {
    expect(risk(['production-surge', 'high'], ['mass-lost', 'high'])).toBe('high');
    expect(risk(['tag-reused', 'critical'])).toBe('critical');
  });
});
