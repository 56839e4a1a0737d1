import { type Language, languages } from '../core/api/alerts/subscription.js';
import { type Catalogue, Say } from './say.js';
import en from './words/en.json' with { type: 'json' };
import es from './words/es.json' with { type: 'json' };
import fr from './words/fr.json' with { type: 'json' };
import sw from './words/sw.json' with { type: 'json' };

const catalogues: Readonly<Record<Language, Catalogue>> = { en, fr, sw, es };

const all: ReadonlyMap<string, Say> = new Map(
  languages.map((language) => [language, new Say(language, catalogues[language])]),
);

/** Returns the phrases of a language; those of English for another. */
export const sayIn = (language: string): Say => all.get(language) ?? (all.get('en') as Say);
