import { catalogue as expected } from '../../../migrations/catalogue.js';
import { digestOf, readCatalogue } from './read-catalogue.js';
import type { Queryable } from './rows.js';

/** An object of the schema that differs from the migrations' result. */
export interface CatalogueDifference {
  /** Name, such as `trigger findings.swallow`. */
  object: string;
  /** Null if the object is missing. */
  found: string | null;
  /** Whether the migrations create an object of this name. */
  isExpected: boolean;
}

/**
 * Compares the schema with the result of this build's migrations: tables, columns, constraints, indexes, triggers,
 * rules, policies, functions, grants, owners, and the settings that would disable them. Costs about twenty queries of
 * the catalogue.
 */
export async function compareCatalogue(db: Queryable): Promise<CatalogueDifference[]> {
  const found = await readCatalogue(db);
  const missing = [...expected.keys()].filter((object) => !found.has(object));
  const differing = [...found].filter(([object, text]) => expected.get(object) !== digestOf(text));
  return [
    ...missing.map((object) => ({ object, found: null, isExpected: true })),
    ...differing.map(([object, text]) => ({ object, found: text, isExpected: expected.has(object) })),
  ].toSorted((a, b) => (a.object < b.object ? -1 : 1));
}
