import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { AditError } from '../../../src/core/errors.js';
import { decodeCursor, encodeCursor, pageOf } from '../../../src/server/http/paging.js';

const position = z.strictObject({ at: z.number(), id: z.string() });

describe('turning pages', () => {
  it('goes on from where the page ended', () => {
    const rows = [1, 2, 3].map((at) => ({ at, id: `lot-${at}` }));
    const page = pageOf(
      rows,
      2,
      (row) => row,
      ({ id }) => id,
    );
    expect(page.items).toEqual(['lot-1', 'lot-2']);
    expect(decodeCursor(page.next ?? undefined, position)).toEqual({ at: 2, id: 'lot-2' });
    expect(
      pageOf(
        rows,
        3,
        (row) => row,
        ({ id }) => id,
      ).next,
    ).toBeNull();
    expect(
      pageOf(
        [],
        3,
        (row) => row,
        (row) => row,
      ),
    ).toEqual({ items: [], next: null });
  });

  it('refuses a cursor that it did not give out', () => {
    const cursors = ['***', 'AAAA', encodeCursor({ at: 'x', id: 'y' }), encodeCursor({ at: 1, id: 'y', more: 1 })];
    cursors.forEach((cursor) => expect(() => decodeCursor(cursor, position)).toThrow(AditError));
    expect(decodeCursor(undefined, position)).toBeNull();
  });
});
