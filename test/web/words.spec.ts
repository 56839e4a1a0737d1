import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { languages } from '../../src/core/api/alerts/subscription.js';
import { eventTypes } from '../../src/core/event/types/index.js';
import { form, mineral, roleSchema } from '../../src/core/event/primitives.js';
import { severities } from '../../src/core/rules/engine/rule.js';
import { sayIn } from '../../src/web/phrases.js';

const catalogue = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`src/web/words/${language}.json`, 'utf8')) as Record<string, string>;
const english = catalogue('en');
const placeholders = (text = ''): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted();
/** Words of several letters that another language shares with English; codes and names are shorter. */
const LONG = /[a-z]{4,} [a-z]{3,} [a-z]{3,}/i;

describe('the words of the pages', () => {
  it.each(languages.filter((language) => language !== 'en'))(
    'are complete in %s, with the same places for values',
    (language) => {
      const words = catalogue(language);
      expect(Object.keys(words)).toEqual(Object.keys(english));
      const differing = Object.entries(english).filter(
        ([key, text]) => placeholders(text).join() !== placeholders(words[key]).join(),
      );
      expect(differing).toEqual([]);
      expect(Object.entries(words).filter(([, text]) => text.trim() === '' || text !== text.trim())).toEqual([]);
    },
  );

  it.each(languages.filter((language) => language !== 'en'))('have no English sentence left in %s', (language) => {
    const words = catalogue(language);
    expect(Object.keys(english).filter((key) => LONG.test(english[key] ?? '') && words[key] === english[key])).toEqual(
      [],
    );
  });

  it('name every code that a page shows', () => {
    const wanted = [
      ...[...eventTypes.keys()].map((type) => `event.${type}`),
      ...mineral.options.flatMap((code) => [`mineral.${code}`, `ofMineral.${code}`]),
      ...form.options.map((code) => `form.${code}`),
      ...roleSchema.options.map((role) => `role.${role}`),
      ...severities.map((severity) => `severity.${severity}`),
    ];
    expect(wanted.filter((key) => !(key in english))).toEqual([]);
  });
});

describe('figures', () => {
  const mass = (value: string, uom = 'KGM'): { value: string; uom: string } => ({ value, uom });

  it('are in the format of the language', () => {
    const shown = languages.map((language) => sayIn(language).mass(mass('15936.25')).replaceAll(/\s/g, ' '));
    expect(shown).toEqual(['15,936.25 kg', '15 936,25 kg', '15,936.25 kg', '15.936,25 kg']);
  });

  it('are in one unit: grams of gold, tonnes in sentences', () => {
    const say = sayIn('en');
    expect(say.mass(mass('0.0312'), 'gold').replace('\u00a0', ' ')).toBe('31.2 g');
    expect(say.roundMass(mass('15936')).replace('\u00a0', ' ')).toBe('15.94 t');
    expect(say.roundMass(mass('2', 'TNE')).replace('\u00a0', ' ')).toBe('2 t');
    expect(say.mass(mass('1', 'XYZ'))).toBe('?');
  });

  it('never call a part the whole', () => {
    expect(sayIn('en').share('0.9999')).toBe('99.9\u00a0%');
    expect(sayIn('en').share('1.0000')).toBe('100\u00a0%');
  });

  it('show the sign of a change', () => {
    expect(sayIn('en').change(397, 396.1)).toBe('−0.23\u00a0%');
    expect(sayIn('en').change(100, 103)).toBe('+3\u00a0%');
  });

  it('tell times by the clock of their place', () => {
    const say = sayIn('en');
    expect(say.dateTime('2026-05-12T23:10:00+02:00')).toBe('12 May 2026, 23:10\u00a0+02');
    expect(say.dateTime('2026-05-12T23:10:00-03:30')).toBe('12 May 2026, 23:10\u00a0−03:30');
    expect(say.dateTime('2026-05-12T23:10:00Z')).toBe('12 May 2026, 23:10\u00a0UTC');
  });
});
