import type { Language } from '../core/api/alerts/subscription.js';
import { figuresOf } from '../core/words.js';
import type { Say } from './say.js';
import phrasesOfAll from './words/figures.json' with { type: 'json' };

/**
 * The phrases in which rules write what they measured and what the limit is, in each language. `{{n}}` is a number with
 * or without a unit, `{{x}}` anything without a space: an id, a code, a day.
 */
export const figurePhrases: readonly Readonly<Record<Language, string>>[] = phrasesOfAll;

/** A phrase as it is found in a text, and where its forms in the languages are. */
interface Found {
  pattern: RegExp;
  forms: Readonly<Record<Language, string>>;
}

const NUMBER = String.raw`[+\u2212-]?\d[\d.,]*(?:\u2013\d[\d.,]*)?(?:\u00a0| )?(?:kg|g|t|%|km/h|km|m|h|min|Bq/g)?(?![\w/])(?: (?!KGM)[A-Z][A-Za-z0-9]{0,5}(?![\w]))?`;
const WORD = String.raw`[^\s,()]+(?:, [^\s,()]+)*`;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The phrases, the longest first, so that no part of one is taken for another. */
const phrases: readonly Found[] = figurePhrases
  .toSorted(({ en: a }, { en: b }) => b.replaceAll(/\{\{\w\}\}/g, '').length - a.replaceAll(/\{\{\w\}\}/g, '').length)
  .map((forms) => ({
    forms,
    pattern: new RegExp(
      `^${forms.en
        .split(/\{\{(\w)\}\}/)
        .map((part, i) => (i % 2 === 0 ? escaped(part) : `(${part === 'n' ? NUMBER : WORD})`))
        .join('')}$`,
    ),
  }));

const DAY = /\b\d{4}-\d{2}-\d{2}\b/g;
const INSTANT = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/g;
const FIGURE = /(?<![\w.,:/-])(\d+(?:\.\d+)?)(?= ?(?:kg|g|t|%|km\/h|km|m|h|min|Bq\/g)(?![\w/]))/g;

/** Writes the numbers of a text that have a unit, and its times, as the language does. */
const shown = (say: Say, text: string): string =>
  text
    .replaceAll(INSTANT, say.dateTime)
    .replaceAll(DAY, say.date)
    .replaceAll(FIGURE, (number) => say.number(Number(number)))
    .replaceAll(/ (?=(?:kg|g|t|%|km\/h|km|m|h|min|Bq\/g)(?![\w/]))/g, '\u00a0');

/** Returns one phrase in the language; null for what is none of the phrases. */
function phraseIn(say: Say, text: string): string | null {
  for (const { pattern, forms } of phrases) {
    const match = pattern.exec(text);
    if (match === null) continue;
    let at = 0;
    return forms[say.language].replaceAll(/\{\{(\w)\}\}/g, (_, kind: string) => {
      const part = match[(at += 1)] ?? '';
      return kind === 'x' ? figuresIn(say, part) : plain(say, part);
    });
  }
  return null;
}

/** Writes a number of a phrase, with or without a unit. */
const plain = (say: Say, text: string): string =>
  /^\d{1,15}(?:\.\d{1,6})?$/.test(text) ? say.number(Number(text)) : shown(say, text);

/**
 * Returns what a rule measured, or its limit, in the language: phrases, numbers and times. What is no phrase of the
 * rules, such as an id, stays as it is.
 */
export function figuresIn(say: Say, text: string, mineral?: string): string {
  const figures = figuresOf(text, mineral);
  const whole = phraseIn(say, figures);
  if (whole !== null) return whole;
  const parts = figures.split(/(, | × )/);
  return parts.length === 1
    ? shown(say, figures)
    : parts.map((part) => phraseIn(say, part) ?? shown(say, part)).join('');
}
