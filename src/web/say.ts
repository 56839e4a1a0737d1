import type { ComponentChildren } from 'preact';
import type { Language } from '../core/api/alerts/subscription.js';
import type { Quantity } from '../core/event/quantity-claims.js';
import en from './words/en.json' with { type: 'json' };

/** All texts of one language; the compiler checks that none is missing. */
export type Catalogue = Readonly<Record<keyof typeof en, string>>;

type PluralForm = '_one' | '_other';
/** Keys of texts without a number. */
export type WordKey = Exclude<keyof typeof en, `${string}${PluralForm}`>;
/** Keys of texts with a number, without the suffix of their form. */
export type CountKey = keyof typeof en extends infer Key ? (Key extends `${infer Stem}_other` ? Stem : never) : never;

/** The names of the languages, each in itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  fr: 'Français',
  sw: 'Kiswahili',
  es: 'Español',
};

/** Text that a phrase has in place of a name in double braces. */
type Values = Readonly<Record<string, string | number>>;

const BRACES = /\{\{(\w+)\}\}/g;
const filled = (template: string, values: Values): string =>
  template.replace(BRACES, (braces, name: string) => String(values[name] ?? braces));

/** British English writes the day before the month, and 24 hours. */
const localeOf = (language: Language): string => (language === 'en' ? 'en-GB' : language);
const SHARE_DIGITS = 1;
const KILOGRAMS_IN: Readonly<Record<string, number>> = { KGM: 1, GRM: 0.001, TNE: 1000 };
const MINUTE = 60_000;
const OFFSET = /([+-])(\d{2}):(\d{2})$/;

/** Returns the local time at the place of an RFC 3339 time, as ms of a UTC clock that shows it, and its offset. */
function placed(time: string): { shown: number; offset: string } {
  const [, sign = '+', hours = '00', minutes = '00'] = OFFSET.exec(time) ?? [];
  const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const offset = ahead === 0 ? 'UTC' : `${sign === '-' ? '−' : '+'}${hours}${minutes === '00' ? '' : `:${minutes}`}`;
  return { shown: Date.parse(time) + ahead * MINUTE, offset };
}

/** The phrases and the formats of one language. */
export class Say {
  private readonly plurals: Intl.PluralRules;
  private readonly numbers: Intl.NumberFormat;
  private readonly dates: Intl.DateTimeFormat;
  private readonly months: Intl.DateTimeFormat;
  private readonly times: Intl.DateTimeFormat;
  private readonly countries: Intl.DisplayNames;

  /** @param words all texts of the language, or those that a part of a page uses. */
  constructor(
    readonly language: Language,
    private readonly words: Catalogue,
  ) {
    const locale = localeOf(language);
    this.plurals = new Intl.PluralRules(locale);
    this.numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
    this.dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
    this.months = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    this.times = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
    this.countries = new Intl.DisplayNames(locale, { type: 'region' });
  }

  /** Returns the texts whose keys begin so, for a part of a page that runs in the browser. */
  readonly wordsOf = (beginnings: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      Object.entries(this.words).filter(([key]) => beginnings.some((beginning) => key.startsWith(beginning))),
    );

  /** Returns a phrase with its values. */
  readonly word = (key: WordKey, values: Values = {}): string => filled(this.words[key], values);

  /** Returns the phrase of a code, such as an event type; the code itself where there is none. */
  readonly coded = (group: string, code: string): string => {
    const key = `${group}.${code}`;
    return Object.hasOwn(this.words, key) ? this.words[key as WordKey] : code;
  };

  /** Returns a phrase in the form that its number asks for; the number is `{{n}}`. */
  readonly count = (key: CountKey, count: number, values: Values = {}): string =>
    filled(this.counted(key, count), { ...values, n: this.number(count) });

  /** Returns a phrase as parts, so that a value may be a link. */
  readonly parts = (key: WordKey, values: Readonly<Record<string, ComponentChildren>>): ComponentChildren[] =>
    this.words[key].split(BRACES).map((part, i) => (i % 2 === 0 ? part : values[part]));

  readonly number = (value: number): string => this.numbers.format(value);

  /** Formats a share such as "0.9213": "92.1 %"; rounds down, so that only the whole is 100 %. */
  readonly share = (share: string | number): string => {
    const factor = 100 * 10 ** SHARE_DIGITS;
    const percent = Math.floor(Number(share) * factor + 1e-9) / 10 ** SHARE_DIGITS;
    return `${this.numbers.format(percent)}\u00a0%`;
  };

  /** Formats the difference between two masses in per cent, with its sign: "−0.23 %". */
  readonly change = (before: number, after: number): string => {
    const percent = ((after - before) / before) * 100;
    const digits = Math.abs(percent) < 1 ? 2 : 1;
    const shown = this.numbers.format(Number(Math.abs(percent).toFixed(digits)));
    return `${percent < 0 ? '−' : '+'}${shown}\u00a0%`;
  };

  /** Formats a mass in the unit of tables: kilograms, and grams of gold. */
  readonly mass = (mass: Quantity, mineral?: string): string => {
    const kilograms = kilogramsOf(mass);
    if (Number.isNaN(kilograms)) return '?';
    return mineral === 'gold'
      ? `${this.numbers.format(round(kilograms * 1000))}\u00a0g`
      : `${this.numbers.format(round(kilograms))}\u00a0kg`;
  };

  /** Formats a mass in the unit of sentences: tonnes from one tonne on. */
  readonly roundMass = (mass: Quantity, mineral?: string): string => {
    const kilograms = kilogramsOf(mass);
    return kilograms >= 1000
      ? `${this.numbers.format(Number((kilograms / 1000).toFixed(2)))}\u00a0t`
      : this.mass(mass, mineral);
  };

  /** Formats the day of an RFC 3339 time, in the time of its place. */
  readonly date = (time: string): string => this.dates.format(placed(time).shown);

  readonly month = (time: string): string => this.months.format(placed(time).shown);

  /** Formats the hour of an RFC 3339 time, in the time of its place, with the offset of that: "10:00 +08". */
  readonly hour = (time: string): string => {
    const { shown, offset } = placed(time);
    return `${this.times.format(shown)}\u00a0${offset}`;
  };

  readonly dateTime = (time: string): string => `${this.date(time)}, ${this.hour(time)}`;

  /** Returns the name of a country; the code where there is none. */
  readonly country = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (this.countries.of(code) ?? code) : code);

  private counted(key: CountKey, count: number): string {
    const form = this.plurals.select(count) === 'one' ? 'one' : 'other';
    return this.words[`${key}_${form}` as keyof Catalogue];
  }
}

const round = (value: number): number => Number(value.toFixed(3));

/** Returns a mass in kilograms, for figures and drawings; NaN for a unit that is not of mass. */
export const kilogramsOf = ({ value, uom }: Quantity): number => Number(value) * (KILOGRAMS_IN[uom] ?? Number.NaN);
