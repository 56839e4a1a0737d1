import { describe, expect, it } from '@jest/globals';
import { languages } from '../../src/core/api/alerts/subscription.js';
import { judge } from '../../src/core/rules/engine/rule.js';
import { defaultParameters, eventRules } from '../../src/core/rules/index.js';
import { figurePhrases, figuresIn } from '../../src/web/figures.js';
import { sayIn } from '../../src/web/phrases.js';
import { actorCases } from '../support/cases-actors.js';
import { custodyCases } from '../support/cases-custody.js';
import { massCases } from '../support/cases-mass.js';
import { movementCases } from '../support/cases-movement.js';
import { originCases } from '../support/cases-origin.js';
import { peopleCases, relationCases } from '../support/cases-people.js';
import { seriesCases } from '../support/cases-series.js';
import { tagCases } from '../support/cases-tags.js';

const cases = Object.values({
  ...custodyCases,
  ...tagCases,
  ...massCases,
  ...seriesCases,
  ...originCases,
  ...movementCases,
  ...actorCases,
  ...peopleCases,
  ...relationCases,
});
/** English words of the phrases, but for those that another language shares. */
const shared = new Set(
  figurePhrases.flatMap((forms) => [forms.fr, forms.sw, forms.es]).flatMap((form) => form.match(/[a-z]{2,}/gi) ?? []),
);
const english = new Set(
  figurePhrases.flatMap(({ en }) => en.match(/[a-z]{2,}/gi) ?? []).filter((word) => !shared.has(word)),
);
/** Ids of the worlds that the examples are in. */
const IDS = new Set(['hill', 'ridge', 'agent', 'registrar', 'coop', 'depot', 'port']);

const written = (): string[] => {
  const found = cases.flatMap((one) => {
    const facts = one.wrong().facts();
    return eventRules.flatMap((rule) => judge(rule, facts, one.parameters ?? defaultParameters).findings);
  });
  const texts = new Set(found.flatMap(({ measured, threshold }) => [measured, threshold]));
  // A pointer into an event is a code.
  return [...texts].filter((text) => !text.startsWith('/'));
};

describe('what rules measured', () => {
  it('is in the language, in the examples of all rules', () => {
    const texts = written();
    expect(texts.length).toBeGreaterThan(100);
    for (const language of languages.filter((each) => each !== 'en')) {
      const say = sayIn(language);
      const left = texts
        .map((text) => [text, figuresIn(say, text)] as const)
        .filter(([text, own]) => {
          const words = own.match(/[a-z]{2,}/gi) ?? [];
          return (
            words.some((word) => english.has(word) && !IDS.has(word)) ||
            (own === text && /[a-z]{3,} [a-z]{3,}/.test(own))
          );
        });
      expect([language, left]).toEqual([language, []]);
    }
  });

  it('stays as it is in English, but for units and times', () => {
    const say = sayIn('en');
    for (const { en } of figurePhrases)
      expect(figuresIn(say, en.replaceAll(/\{\{\w\}\}/g, '2')).replaceAll('\u00a0', ' ')).toBe(
        en.replaceAll(/\{\{\w\}\}/g, '2'),
      );
    expect(figuresIn(say, '1600.3 KGM')).toBe('1,600.3\u00a0kg');
    expect(figuresIn(say, '0.0312 KGM', 'gold')).toBe('31.2\u00a0g');
    expect(figuresIn(say, '2026-05-12T08:00:00.000Z')).toBe('12 May 2026, 08:00\u00a0UTC');
  });

  it('has the numbers and units of the language, and leaves ids and codes', () => {
    const say = sayIn('fr');
    expect(figuresIn(say, '24 events of 23 days')).toBe('24 événements de 23 jours');
    expect(figuresIn(say, '1.92 % in 6 deliveries').replaceAll(/\s/g, ' ')).toBe('1,92 % en 6 livraisons');
    expect(figuresIn(say, '2615.90')).toBe('2615.90');
    expect(figuresIn(say, 'SYN-M-9999')).toBe('SYN-M-9999');
    expect(figuresIn(say, 'S-9 instead of S-1, S-2')).toBe('S-9 au lieu de S-1, S-2');
    expect(figuresIn(say, 'export on 2026-05-13')).toBe('exportation le 13 mai 2026');
  });

  it('is read in a moment, however long it is', () => {
    const began = performance.now();
    for (const text of ['1 '.repeat(5_000), 'a, '.repeat(5_000), '9'.repeat(10_000), '9.'.repeat(5_000)])
      figuresIn(sayIn('fr'), text);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
