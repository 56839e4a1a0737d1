import { createInstance } from 'i18next';
import { ruleFailed } from '../../../core/rules/engine/rule-failed.js';
import { ruleById } from '../../../core/rules/index.js';
import { type Language, languages } from '../../../core/api/alerts/subscription.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import ruleTextsEs from './rules/es.json' with { type: 'json' };
import ruleTextsFr from './rules/fr.json' with { type: 'json' };
import ruleTextsSw from './rules/sw.json' with { type: 'json' };
import { sw } from './sw.js';
import type { PhraseKey, Plural, PluralKey, Words } from './words.js';

const catalogue: Record<Language, Words> = { en, fr, sw, es };

/** Texts of a rule for people. */
export interface RuleTexts {
  title: string;
  means: string;
  doesNotMean: string;
  advice: string;
}

const ruleTexts: Record<Exclude<Language, 'en'>, Readonly<Record<string, RuleTexts>>> = {
  fr: ruleTextsFr,
  sw: ruleTextsSw,
  es: ruleTextsEs,
};

/** Returns the texts of a rule; in English if there is no translation, and null for an unknown rule. */
export function textsOf(rule: string, language: Language): RuleTexts | null {
  if (language !== 'en' && Object.hasOwn(ruleTexts[language], rule)) return ruleTexts[language][rule] ?? null;
  return (rule === ruleFailed.id ? ruleFailed : ruleById.get(rule)) ?? null;
}

/** Returns the title of a rule, and the id of an unknown rule. */
export const ruleTitle = (rule: string, language: Language): string => textsOf(rule, language)?.title ?? rule;

/** i18next finds plural forms by the suffix of a key. */
const flat = (words: Words): Record<string, string> =>
  Object.fromEntries(
    Object.entries<string | Plural>(words).flatMap(([key, word]): [string, string][] =>
      typeof word === 'string'
        ? [[key, word]]
        : Object.entries<string>({ ...word }).map(([form, text]) => [`${key}_${form}`, text]),
    ),
  );

/** A separate instance with all texts, so that no other code's settings change. */
const library = createInstance();
void library.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  // The renderer escapes, because escaping depends on text or HTML.
  interpolation: { escapeValue: false, skipOnVariables: true },
  resources: Object.fromEntries(languages.map((language) => [language, { translation: flat(catalogue[language]) }])),
});

/** The phrases and formats of one language. */
export interface Say {
  language: Language;
  word(key: PhraseKey, values?: Record<string, string>): string;
  /** Returns a phrase in its plural form, with the number in the format of the language. */
  counted(key: PluralKey, count: number, values?: Record<string, string>): string;
  number(value: number): string;
  /** Formats a time in UTC with its zone; returns anything else unchanged. */
  time(iso: string): string;
}

/** British English writes the day before the month and 24 hours, as most readers do. */
const locale = (language: Language): string => (language === 'en' ? 'en-GB' : language);

export function sayIn(language: Language): Say {
  const translate = library.getFixedT(language);
  const numbers = new Intl.NumberFormat(locale(language));
  const times = new Intl.DateTimeFormat(locale(language), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const number = (value: number): string => numbers.format(value);
  return {
    language,
    word: (key, values = {}) => translate(key, values),
    counted: (key, count, values = {}) => translate(key, { ...values, count, n: number(count) }),
    number,
    time: (iso) => {
      const at = Date.parse(iso);
      return Number.isNaN(at) ? iso : `${times.format(at)} UTC`;
    },
  };
}

/** Returns the phrase of a value, else the value itself. */
export function wordOr(say: Say, key: string, value: string): string {
  return Object.hasOwn(catalogue[say.language], key) ? say.word(key as PhraseKey) : value;
}
