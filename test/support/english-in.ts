import { readFileSync } from 'node:fs';
import { errorCodes } from '../../src/core/errors.js';
import { ruleFailed } from '../../src/core/rules/engine/rule-failed.js';
import { rules } from '../../src/core/rules/index.js';
import { figurePhrases } from '../../src/web/figures.js';

/** Attributes that people read, or hear. */
const READ = /\b(?:aria-label|title|placeholder|alt|content)="([^"]*)"/g;
const VOID = new Set(['br', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
const LEAST_WORDS = 3;

const catalogue = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`src/web/words/${language}.json`, 'utf8')) as Record<string, string>;
const decoded = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const wordsOf = (text: string): number => text.match(/[A-Za-z’']{2,}/g)?.length ?? 0;

/** Parts of English texts between the places for their values that are long enough to be of no other language. */
const fragmentsOf = (texts: readonly string[]): string[] => [
  ...new Set(
    texts
      .flatMap((text) => text.split(/\{\{\w+\}\}|`[^`]*`/))
      .map((part) => part.trim())
      .filter((part) => wordsOf(part) >= LEAST_WORDS),
  ),
];

const spoken = [ruleFailed, ...rules].flatMap(({ title, means, doesNotMean, advice }) => [
  title,
  means,
  doesNotMean,
  advice,
]);
const english = catalogue('en');

/** Every English text that a page has in its own language too, but for what the language says alike. */
function phrasesFor(language: string): string[] {
  const own = catalogue(language);
  const differing = Object.entries(english).filter(([key, text]) => own[key] !== text);
  return fragmentsOf([
    ...differing.map(([, text]) => text),
    ...spoken,
    ...Object.values(errorCodes).map(({ title }) => title),
    ...figurePhrases.map(({ en }) => en),
  ]);
}

const cache = new Map<string, string[]>();

/** Returns the texts of a page that are not marked as English, and those of attributes that people read. */
function textOf(html: string): string {
  const found: string[] = [];
  const marked: boolean[] = [];
  const body = html.replaceAll(/<(script|style)\b.*?<\/\1>|<!--.*?-->/gs, '');
  for (const [, closing, name = '', attributes = '', text = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9-]*)((?:[^>"]|"[^"]*")*)>([^<]*)/g,
  )) {
    if (closing === '/') marked.pop();
    const inside = marked.at(-1) ?? false;
    const own = /\blang="(\w+)"/.exec(attributes)?.[1];
    const isEnglish = own === undefined ? inside : own === 'en';
    if (closing !== '/' && !VOID.has(name) && !attributes.endsWith('/')) marked.push(isEnglish);
    const shown = VOID.has(name) || attributes.endsWith('/') ? inside : (marked.at(-1) ?? false);
    if (closing !== '/' && !isEnglish) for (const [, value = ''] of attributes.matchAll(READ)) found.push(value);
    if (!shown) found.push(text);
  }
  return decoded(found.join('\n'));
}

/** Lists the English phrases that a page in another language shows without marking them as English. */
export function englishIn(html: string, language: string): string[] {
  const phrases = cache.get(language) ?? phrasesFor(language);
  cache.set(language, phrases);
  const text = textOf(html);
  return phrases.filter((phrase) => text.includes(phrase));
}
