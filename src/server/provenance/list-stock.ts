import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import type { Stock } from '../../core/api/stock.js';
import { kilograms } from '../../core/custody/quantity.js';
import { form, mineral, registryId } from '../../core/event/primitives.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import { actorNow, viewerNow } from '../http/viewing.js';
import { decodeCursor, pageOf, pageQuery } from '../http/paging.js';

export const stockQuery = pageQuery.extend({ holder: registryId.optional() });
export type StockQuery = z.infer<typeof stockQuery>;

interface StockRow {
  holder: string;
  mineral: string;
  form: string;
  held_lots: number;
  held_mass: string;
  sent_lots: number;
  sent_mass: string;
  on_hold: number;
}

const position = z.tuple([registryId, mineral, form]);

const stockOf = (row: StockRow): Stock => ({
  holder: row.holder,
  mineral: row.mineral,
  form: row.form,
  held: { lots: row.held_lots, mass: kilograms(BigInt(row.held_mass)) },
  sent: { lots: row.sent_lots, mass: kilograms(BigInt(row.sent_mass)) },
  onHold: row.on_hold,
});

/** Sums the stock of actors, of the viewer itself if the query names none, by mineral and form; lots that are used up or closed do not count. */
@Injectable()
export class ListStock {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, holder }: StockQuery): Promise<Page<Stock>> {
    const [who, what, how] = decodeCursor(cursor, position) ?? ['', '', ''];
    const { rows } = await this.database.reader.for(viewerNow()).query<StockRow>(
      `SELECT holder, mineral, form,
              count(*) FILTER (WHERE status = 'held') AS held_lots,
              COALESCE(sum(mass) FILTER (WHERE status = 'held'), 0)::text AS held_mass,
              count(*) FILTER (WHERE status = 'inTransit') AS sent_lots,
              COALESCE(sum(mass) FILTER (WHERE status = 'inTransit'), 0)::text AS sent_mass,
              count(*) FILTER (WHERE holds <> '{}') AS on_hold
         FROM lots
        WHERE status IN ('held', 'inTransit') AND (holder, mineral, form) > ($1, $2, $3)
          AND ($4::text IS NULL OR holder = $4)
        GROUP BY holder, mineral, form ORDER BY holder, mineral, form LIMIT $5`,
      [who, what, how, holder ?? actorNow(), limit + 1],
    );
    return pageOf(rows, limit, (row) => [row.holder, row.mineral, row.form], stockOf);
  }
}
