import * as z from 'zod';
import { decodeBase64url, decodeUtf8, parseStrictJson } from '../../core/event/grammar.js';
import { AditError } from '../../core/errors.js';
import { identifierText } from '../../core/api/values.js';
import type { Page } from '../../core/api/page.js';

/** Items of one page: the most, and the default. */
const MAX_PAGE = 100;
const STANDARD_PAGE = 50;
const MAX_CURSOR_LENGTH = 512;

/** `?limit=&cursor=` of every list; a list adds filters by `pageQuery.extend({ … })`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(STANDARD_PAGE),
  cursor: z.string().min(1).max(MAX_CURSOR_LENGTH).optional(),
});

/** A search text in a query, such as a tag or a lot number. Texts that no event can contain are refused. */
export const queryText: z.ZodType<string> = identifierText(64);

/** An id, or its first 8 characters or more, as people copy it from a list. */
export const partOfId = /^[0-9a-f]{8}(-[0-9a-f]{0,4}(-[0-9a-f]{0,4}(-[0-9a-f]{0,4}(-[0-9a-f]{0,12})?)?)?)?$/i;
const leastId = '00000000-0000-0000-0000-000000000000';
export const greatestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Returns the least and the greatest id with this beginning; nulls if it is not the beginning of an id. */
export function idsBeginningWith(part: string | undefined): [string, string] | [null, null] {
  if (part === undefined || !partOfId.test(part)) return [null, null];
  const given = part.toLowerCase();
  return [given + leastId.slice(given.length), given + greatestId.slice(given.length)];
}

export type PageQuery = z.infer<typeof pageQuery>;

/** Encodes a position in a list as an opaque base64url text. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Decodes the position of a cursor; null without a cursor. Throws `request-invalid` if the cursor is not of this
 * service.
 */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  const detail = 'The cursor does not come from this list.';
  const invalid = new AditError('request-invalid', detail, [{ pointer: '/cursor', code: 'request-invalid', detail }]);
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw invalid;
  let position: unknown;
  try {
    position = parseStrictJson(decodeUtf8(decodeBase64url(cursor)));
  } catch {
    throw invalid;
  }
  const result = schema.safeParse(position);
  if (!result.success) throw invalid;
  return result.data;
}

/**
 * Makes a page of rows that were read with `limit + 1`; the extra row shows that there is a next page. `positionOf`
 * returns the values of the list's order.
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => unknown,
  show: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(show),
    next: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null,
  };
}
