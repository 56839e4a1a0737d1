import * as z from 'zod';
import { plainText } from '../../core/api/values.js';
import { MAX_DEPTH } from '../provenance/trace-lineage.js';

/** What every page takes in its query besides its filters: the language, and whether a file is wanted. */
const pageOptions = { lang: plainText(8).optional(), format: z.literal('csv').optional() };

/** Drops filters that a form sent empty. */
const withoutEmpty = (query: unknown): unknown =>
  typeof query === 'object' && query !== null
    ? Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
    : query;

/** Returns the schema of a page's query from that of its list. */
export const pageQueryOf = <Shape extends z.ZodRawShape>(list: z.ZodObject<Shape>) =>
  z.preprocess(withoutEmpty, list.extend(pageOptions));

/** Returns the filters of a query as texts, for the form that shows them. */
export const filtersOf = (query: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** Returns the query of a list without what only its page takes. */
export const listQuery = <Query extends { lang?: unknown; format?: unknown }>({
  lang: _lang,
  format: _format,
  ...query
}: Query): Omit<Query, 'lang' | 'format'> => query;

export const searchQuery = z.preprocess(
  withoutEmpty,
  z.strictObject({ q: plainText(200).optional(), lang: pageOptions.lang }),
);

/** Generations of ancestors that a page follows. */
export const ALL_GENERATIONS = MAX_DEPTH;
