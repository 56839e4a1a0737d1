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

const SHOWN = 'lots.id, lots.holder, lots.mineral, lots.form, lots.status, lots.mass, lots.holds';

/** Every lot, or those of one holder. */
const ALL = `SELECT * FROM lots WHERE ($4::text IS NULL OR holder = $4)`;

/** The lots of the viewer itself, which it sees because it holds them, while it is not suspended. */
const OWN = `SELECT * FROM lots WHERE holder = $4 AND parties_of($4) IS NOT NULL`;

/**
 * The lots of another holder that the viewer sees, found by its own parts: a search through those of the holder would take the
 * longer the more of them are hidden. An authority sees most of them, so it may.
 */
const OF_VIEWER = `
  SELECT DISTINCT found.* FROM viewer_paths() AS mine CROSS JOIN LATERAL (
    SELECT ${SHOWN} FROM lot_parties AS part JOIN lots ON lots.id = part.lot
     WHERE NOT starts_with(mine.party, '@') AND mine.lots IS NULL AND part.party = mine.party AND part.until_index IS NULL AND holder = $4
     UNION ALL
    SELECT ${SHOWN} FROM lot_parties AS part JOIN lots ON lots.id = part.lot
     WHERE part.lot = ANY (mine.lots) AND part.party = mine.party AND part.until_index IS NULL AND holder = $4
     UNION ALL
    SELECT ${SHOWN} FROM lots WHERE starts_with(mine.party, '@') AND holder = $4) AS found`;

/** The one lot of a share. */
const OF_SHARE = `SELECT * FROM lots WHERE id = viewer_lot() AND ($4::text IS NULL OR holder = $4)`;

const sumOf = (lots: string): string => `
  SELECT holder, mineral, form,
         count(*) FILTER (WHERE status = 'held') AS held_lots,
         COALESCE(sum(mass) FILTER (WHERE status = 'held'), 0)::text AS held_mass,
         count(*) FILTER (WHERE status = 'inTransit') AS sent_lots,
         COALESCE(sum(mass) FILTER (WHERE status = 'inTransit'), 0)::text AS sent_mass,
         count(*) FILTER (WHERE holds <> '{}') AS on_hold
    FROM (${lots}) AS lots
   WHERE status IN ('held', 'inTransit') AND (holder, mineral, form) > ($1, $2, $3)
   GROUP BY holder, mineral, form ORDER BY holder, mineral, form LIMIT $5`;

/** Sums the stock of actors, of the viewer itself if the query names none, by mineral and form; lots that are used up or closed do not count. */
@Injectable()
export class ListStock {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, holder }: StockQuery): Promise<Page<Stock>> {
    const viewer = viewerNow();
    const asked = holder ?? actorNow();
    const isOwn = viewer.kind === 'actor' && viewer.actor === asked;
    const [who, what, how] = decodeCursor(cursor, position) ?? ['', '', ''];
    const db = isOwn ? this.database.reads : this.database.reader.for(viewer);
    const lots = viewer.kind === 'everyone' ? ALL : viewer.kind === 'share' ? OF_SHARE : isOwn ? OWN : OF_VIEWER;
    const { rows } = await db.query<StockRow>(sumOf(lots), [who, what, how, asked, limit + 1]);
    return pageOf(rows, limit, (row) => [row.holder, row.mineral, row.form], stockOf);
  }
}
