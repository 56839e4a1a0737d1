import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { Database } from '../database/database.js';
import { type Page, decodeCursor, pageOf, pageQuery } from '../http/paging.js';
import { type LotRow, lotOf } from '../ledger/lot-rows.js';
import { type LotState, stateOf } from '../../core/custody/lot-state.js';

const word = z.string().min(1).max(64);

export const lotsQuery = pageQuery.extend({
  mineral: word.optional(),
  holder: word.optional(),
  site: word.optional(),
  status: z.enum(['held', 'inTransit', 'consumed', 'closed']).optional(),
  tag: word.optional(),
  lotNumber: word.optional(),
});
export type LotsQuery = z.infer<typeof lotsQuery>;

const position = z.tuple([z.number().int(), z.string()]);

/** Lots by what is written on them, newest first. */
@Injectable()
export class SearchLots {
  constructor(private readonly database: Database) {}

  async search({ limit, cursor, ...filter }: LotsQuery): Promise<Page<LotState>> {
    const [born, id] = decodeCursor(cursor, position) ?? [
      Number.MAX_SAFE_INTEGER,
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ];
    const { rows } = await this.database.pool.query<LotRow>(
      `SELECT * FROM lots
        WHERE (born_index, id) < ($1, $2::uuid)
          AND ($4::text IS NULL OR mineral = $4) AND ($5::text IS NULL OR holder = $5)
          AND ($6::text IS NULL OR site = $6) AND ($7::text IS NULL OR status = $7)
          AND ($8::text IS NULL OR id IN (SELECT lot FROM tag_uses WHERE tag = $8))
          AND ($9::text IS NULL OR lot_number = $9)
        ORDER BY born_index DESC, id DESC LIMIT $3`,
      [
        born,
        id,
        limit + 1,
        filter.mineral ?? null,
        filter.holder ?? null,
        filter.site ?? null,
        filter.status ?? null,
        filter.tag ?? null,
        filter.lotNumber ?? null,
      ],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.born_index, row.id],
      (row) => stateOf(lotOf(row)),
    );
  }
}
