import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { stateOf } from '../../core/custody/lot-state.js';
import { mineralName, requestTime } from '../../core/api/values.js';
import { instantMs, lotIdSchema, registryId } from '../../core/event/primitives.js';
import { lotStatuses } from '../../core/custody/view.js';
import { type ListedLot, type Verdicts, verdictsShape } from '../../core/api/lot.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import {
  decodeCursor,
  encodeCursor,
  greatestId,
  idsBeginningWith,
  pageOf,
  pageQuery,
  queryText,
} from '../http/paging.js';
import { type LotRow, lotOf } from '../ledger/append/lot-rows.js';
import { JudgeLot } from './judge-lot.js';

/** Lots judged by one request at most, which limits the cost of a filter on verdicts. */
const JUDGED = 100;

export const lotsQuery = pageQuery.extend({
  mineral: mineralName.optional(),
  holder: registryId.optional(),
  inTransitTo: registryId.optional().describe('On its way to this actor'),
  site: registryId.optional().describe('Declared there, or made of lots declared there'),
  status: z.enum(lotStatuses).optional(),
  tag: queryText.optional(),
  lotNumber: queryText.optional(),
  name: queryText.optional().describe('An id, its first 8 or more characters, a tag, or a lot number'),
  from: requestTime.optional().describe('Appended at or after this time of the log'),
  to: requestTime.optional().describe('Appended before this time of the log'),
  ...verdictsShape.partial().shape,
});
export type LotsQuery = z.infer<typeof lotsQuery>;
type Filter = Omit<LotsQuery, 'limit' | 'cursor' | keyof Verdicts>;

const position = z.tuple([z.int(), lotIdSchema]);
type Position = z.infer<typeof position>;

const positionOf = (row: LotRow): Position => [row.born_index, row.id];
const milliseconds = (time: string | undefined): number | null => (time === undefined ? null : instantMs(time));

/** Searches lots by their marks, by the time of their entry and by their verdicts; newest first. */
@Injectable()
export class SearchLots {
  constructor(
    private readonly database: Database,
    private readonly judgeLot: JudgeLot,
  ) {}

  async search({ limit, cursor, record, custody, risk, ...filter }: LotsQuery): Promise<Page<ListedLot>> {
    const after = decodeCursor(cursor, position);
    const wanted = { record, custody, risk };
    if (Object.values(wanted).every((verdict) => verdict === undefined)) {
      const rows = await this.rows(filter, after, limit + 1);
      return pageOf(rows, limit, positionOf, (row) => stateOf(lotOf(row)));
    }
    return this.judged(await this.rows(filter, after, JUDGED + 1), limit, wanted);
  }

  /**
   * Judges candidates one after another until the page is full or the limit is reached: no index covers verdicts,
   * because they depend on all ancestors. A page may contain fewer lots than requested and still have a next one.
   */
  private async judged(rows: readonly LotRow[], limit: number, wanted: Partial<Verdicts>): Promise<Page<ListedLot>> {
    const items: ListedLot[] = [];
    let judged = 0;
    for (const row of rows.slice(0, JUDGED)) {
      if (items.length === limit) break;
      judged += 1;
      const { verdicts } = await this.judgeLot.judge(row.id, row.status === 'inTransit');
      if (answers(verdicts, wanted)) items.push({ ...stateOf(lotOf(row)), verdicts });
    }
    const last = rows[judged - 1];
    return { items, next: judged < rows.length && last !== undefined ? encodeCursor(positionOf(last)) : null };
  }

  private async rows(filter: Filter, after: Position | null, limit: number): Promise<LotRow[]> {
    const [born, id] = after ?? [Number.MAX_SAFE_INTEGER, greatestId];
    const { rows } = await this.database.query<LotRow>(
      `SELECT * FROM lots
        WHERE (born_index, id) < ($1, $2::uuid)
          AND ($4::text IS NULL OR mineral = $4) AND ($5::text IS NULL OR holder = $5)
          AND ($6::text IS NULL OR origins @> jsonb_build_array(jsonb_build_object('site', $6::text)))
          AND ($7::text IS NULL OR status = $7)
          AND ($8::text IS NULL OR id IN (SELECT lot FROM tag_uses WHERE tag = $8))
          AND ($9::text IS NULL OR lot_number = $9)
          AND ($10::bigint IS NULL OR born_index > (SELECT min(index) FROM clocks WHERE time >= $10))
          AND ($11::bigint IS NULL
               OR born_index <= COALESCE((SELECT min(index) FROM clocks WHERE time >= $11), born_index))
          AND ($12::text IS NULL OR in_transit_to = $12)
          AND ($13::text IS NULL
               OR id IN (SELECT lot FROM tag_uses WHERE tag = $13
                         UNION SELECT named.id FROM lots AS named WHERE named.lot_number = $13
                         UNION SELECT named.id FROM lots AS named WHERE named.id BETWEEN $14::uuid AND $15::uuid))
        ORDER BY born_index DESC, id DESC LIMIT $3`,
      [
        born,
        id,
        limit,
        filter.mineral ?? null,
        filter.holder ?? null,
        filter.site ?? null,
        filter.status ?? null,
        filter.tag ?? null,
        filter.lotNumber ?? null,
        milliseconds(filter.from),
        milliseconds(filter.to),
        filter.inTransitTo ?? null,
        filter.name ?? null,
        ...idsBeginningWith(filter.name),
      ],
    );
    return rows;
  }
}

const answers = (verdicts: Verdicts, { record, custody, risk }: Partial<Verdicts>): boolean =>
  (record === undefined || verdicts.record === record) &&
  (custody === undefined || verdicts.custody === custody) &&
  (risk === undefined || verdicts.risk === risk);
