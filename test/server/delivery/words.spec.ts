import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../src/core/rules/index.js';
import { type RuleTexts, ruleTitle, sayIn, textsOf } from '../../../src/server/delivery/words/index.js';
import { en } from '../../../src/server/delivery/words/en.js';
import { es } from '../../../src/server/delivery/words/es.js';
import { fr } from '../../../src/server/delivery/words/fr.js';
import { sw } from '../../../src/server/delivery/words/sw.js';
import type { Plural, Words } from '../../../src/server/delivery/words/words.js';
import { type Language, languages } from '../../../src/core/api/alerts/subscription.js';

const catalogue: Record<Language, Words> = { en, fr, sw, es };
const translated = { fr, sw, es };
const ruleTexts = (language: string): Record<string, RuleTexts> =>
  JSON.parse(readFileSync(`src/server/delivery/words/rules/${language}.json`, 'utf8')) as Record<string, RuleTexts>;

const flat = (words: Words): Map<string, string> =>
  new Map(
    Object.entries<string | Plural>(words).flatMap(([key, word]): [string, string][] =>
      typeof word === 'string'
        ? [[key, word]]
        : Object.entries<string>({ ...word }).map(([form, text]) => [`${key} ${form}`, text]),
    ),
  );

const holes = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted();

/** What is the same in two languages because both say it like that. */
const alike: Record<keyof typeof translated, readonly string[]> = {
  fr: ['label.lots'],
  sw: ['colon', 'subject.opened'],
  es: ['colon', 'subject.opened'],
};

describe('the words of the mails', () => {
  it.each(languages)('are all there in %s, in every form that its numbers ask for', (language) => {
    const words = catalogue[language];
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(en).toSorted());
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const [key, word] of Object.entries<string | Plural>(words))
      if (typeof word !== 'string') expect([key, Object.keys(word).toSorted()]).toEqual([key, forms]);
    const unkempt = [...flat(words)].filter(([key, text]) => key !== 'colon' && (text === '' || text !== text.trim()));
    expect(unkempt).toEqual([]);
  });

  it.each(Object.keys(translated) as (keyof typeof translated)[])('of %s are not left in English', (language) => {
    const english = flat(en);
    const same = [...flat(translated[language])].filter(([key, text]) => english.get(key) === text);
    expect(same.map(([key]) => key)).toEqual(alike[language]);
  });

  it.each(languages)('of %s have the same holes as in English', (language) => {
    for (const [key, word] of Object.entries<string | Plural>(catalogue[language])) {
      const english = en[key as keyof Words];
      const expected = holes(typeof english === 'string' ? english : english.other);
      for (const text of typeof word === 'string' ? [word] : Object.values<string>({ ...word }))
        expect([key, holes(text)]).toEqual([key, expected]);
    }
  });

  it.each(languages)('fill all their holes in %s', (language) => {
    const say = sayIn(language);
    for (const [key, word] of Object.entries<string | Plural>(catalogue[language])) {
      const values = { severity: 's', title: 't', ledger: 'l', index: '7' };
      const texts =
        typeof word === 'string'
          ? [say.word(key as 'question', values)]
          : [1, 2, 1_000_000].map((count) => say.counted(key as 'andMore', count, values));
      for (const text of texts) {
        expect(text).not.toMatch(/\{\{|\}\}/);
        expect(text).not.toBe(key);
      }
    }
  });
});

describe('the texts of the rules', () => {
  const ids = [...rules.map(({ id }) => id), 'rule-failed'].toSorted();
  /** Code in a text: names of events and commands, which no language translates. */
  const codes = (text: string): string[] => [...new Set(text.match(/`[^`]+`/g))].toSorted();

  it.each(Object.keys(translated) as (keyof typeof translated)[])('are all there in %s, and no others', (language) => {
    const texts = ruleTexts(language);
    expect(Object.keys(texts).toSorted()).toEqual(ids);
    for (const id of ids) {
      const [own, english] = [textsOf(id, language), textsOf(id, 'en')];
      if (own === null || english === null) throw new Error(`There are no texts of ${id}.`);
      for (const part of ['title', 'means', 'doesNotMean', 'advice'] as const) {
        expect([id, part, own[part].trim().length > 3 && own[part] !== english[part]]).toEqual([id, part, true]);
        expect([id, part, codes(own[part])]).toEqual([id, part, codes(english[part])]);
      }
    }
    // Two rules with one title could not be told apart in a list of mails.
    const titles = Object.values(texts).map(({ title }) => title);
    expect(new Set(titles).size).toBe(ids.length);
    expect(titles.filter((title) => title.length > 90 || /[.:]$/.test(title))).toEqual([]);
  });

  it('are the rules’ own in English', () => {
    for (const { id, title } of rules) expect(ruleTitle(id, 'en')).toBe(title);
    expect(ruleTitle('rule-failed', 'en')).not.toBe('rule-failed');
  });

  it('give way to the id where a rule is unknown', () => {
    for (const language of languages) {
      expect(ruleTitle('rule-of-tomorrow', language)).toBe('rule-of-tomorrow');
      expect(ruleTitle('constructor', language)).toBe('constructor');
    }
  });
});

describe('how a language says things', () => {
  it('takes the form that the number asks for, and writes the number as the language does', () => {
    expect(sayIn('en').counted('inhibited', 1)).toMatch(/^1 alert that follows/);
    expect(sayIn('en').counted('inhibited', 9_999)).toMatch(/^9,999 alerts that follow/);
    expect(sayIn('fr').counted('andMore', 1)).toBe('(et 1 autre)');
    expect(sayIn('fr').counted('andMore', 9_999)).toBe('(et 9\u202f999 autres)');
    expect(sayIn('fr').counted('digest.title', 1_000_000)).toMatch(/d’alertes$/);
    expect(sayIn('sw').counted('descendants', 1)).toMatch(/^Fungu 1 /);
    expect(sayIn('sw').counted('descendants', 12)).toMatch(/^Mafungu 12 /);
    expect(sayIn('es').counted('digest.title', 12_345)).toBe('12.345 alertas');
  });

  it('writes times in the language, and says that they are UTC', () => {
    const at = '2026-03-05T23:30:00+02:00';
    expect(sayIn('en').time(at)).toBe('5 March 2026 at 21:30 UTC');
    expect(sayIn('fr').time(at)).toBe('5 mars 2026 à 21:30 UTC');
    expect(sayIn('sw').time(at)).toMatch(/^5 Machi 2026.* 21:30 UTC$/);
    expect(sayIn('es').time(at)).toMatch(/^5 de marzo de 2026.* 21:30 UTC$/);
    expect(sayIn('en').time('yesterday')).toBe('yesterday');
  });

  it('puts a value where it belongs as it is, whatever it looks like', () => {
    expect(sayIn('en').word('test.subject', { ledger: '{{n}} $t(question) & <b>' })).toBe(
      'Test of the alerts of {{n}} $t(question) & <b>',
    );
  });
});
