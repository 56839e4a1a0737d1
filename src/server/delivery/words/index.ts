import { createInstance } from 'i18next';
import { ruleById } from '../../../core/rules/index.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import { ruleTitlesEs } from './rule-titles.es.js';
import { ruleTitlesFr } from './rule-titles.fr.js';
import { ruleTitlesSw } from './rule-titles.sw.js';
import { sw } from './sw.js';
import type { PhraseKey, Plural, PluralKey, Words } from './words.js';

/** The languages that mails are written in, by their codes (BCP 47). */
export const languages = ['en', 'fr', 'sw', 'es'] as const;
export type Language = (typeof languages)[number];

const catalogue: Record<Language, Words> = { en, fr, sw, es };

const ruleTitles: Record<Exclude<Language, 'en'>, Readonly<Record<string, string>>> = {
  fr: ruleTitlesFr,
  sw: ruleTitlesSw,
  es: ruleTitlesEs,
};

/** The one title that no rule of the core has: what the operator is told when a rule fails. */
const ownTitles = new Map([['rule-failed', 'A rule could not be applied']]);

/** The title of a rule; of one that nobody has translated its English title, and of an unknown one its id. */
export function ruleTitle(rule: string, language: Language): string {
  const english = ruleById.get(rule)?.title ?? ownTitles.get(rule) ?? rule;
  return language === 'en' || !Object.hasOwn(ruleTitles[language], rule)
    ? english
    : (ruleTitles[language][rule] ?? english);
}

/** i18next finds plural forms by the ending of a key. */
const flat = (words: Words): Record<string, string> =>
  Object.fromEntries(
    Object.entries<string | Plural>(words).flatMap(([key, word]): [string, string][] =>
      typeof word === 'string'
        ? [[key, word]]
        : Object.entries<string>({ ...word }).map(([form, text]) => [`${key}_${form}`, text]),
    ),
  );

/** An instance of our own, filled at once: nothing is loaded, and nobody else's settings are touched. */
const library = createInstance();
void library.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  // What is escaped depends on where a text goes; the renderer knows, the words do not.
  interpolation: { escapeValue: false, skipOnVariables: true },
  resources: Object.fromEntries(languages.map((language) => [language, { translation: flat(catalogue[language]) }])),
});

/** How one language says things. */
export interface Say {
  language: Language;
  word(key: PhraseKey, values?: Record<string, string>): string;
  /** A phrase in the form that the number asks for, the number written as the language writes it. */
  counted(key: PluralKey, count: number, values?: Record<string, string>): string;
  number(value: number): string;
  /** A time in UTC, and it says so; what is no time is given as it is. */
  time(iso: string): string;
}

/** English with the day before the month and 24 hours, which is how those who read these mails write. */
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

/** The word for one of several values where there is one, else the value itself. */
export function wordOr(say: Say, key: string, value: string): string {
  return Object.hasOwn(catalogue[say.language], key) ? say.word(key as PhraseKey) : value;
}
