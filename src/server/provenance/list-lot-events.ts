import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import type { LotEvent } from '../../core/api/event.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import { type PageQuery, decodeCursor, pageOf } from '../http/paging.js';
import { LotRights, noLot } from '../ledger/read/lot-rights.js';
import { storedPayload } from '../ledger/read/reread-event.js';

interface EventRow {
  seq: number;
  id: string;
  index: number;
  jws: string;
  recorded_at: number | null;
}

function shown({ seq, id, index, jws, recorded_at: recorded }: EventRow): LotEvent {
  const { type, iss, occurredAt } = storedPayload<Pick<LotEvent, 'type' | 'iss' | 'occurredAt'>>(jws);
  const recordedAt = recorded === null ? null : new Date(recorded).toISOString();
  return { seq, id, index, type, iss, occurredAt, recordedAt, event: `${jws}~` };
}

/** Lists a lot's chain, oldest event first. */
@Injectable()
export class ListLotEvents {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /** Lists the events of a lot that the viewer may see. Throws `not-found`. */
  async list(lot: string, { limit, cursor }: PageQuery): Promise<Page<LotEvent>> {
    const { until } = await this.rights.require(lot);
    const { rows } = await this.database.lookup.query<EventRow>(
      `SELECT chain.seq, entry.id, entry.index, entry.jws,
              (SELECT time FROM clocks WHERE clocks.index < entry.index ORDER BY clocks.index DESC LIMIT 1) AS recorded_at
         FROM lot_events AS chain JOIN entries AS entry ON entry.index = chain.index
        WHERE chain.lot = $1 AND chain.seq > $2 AND ($4::bigint IS NULL OR chain.index <= $4)
        ORDER BY chain.seq LIMIT $3`,
      [lot, decodeCursor(cursor, z.int32()) ?? 0, limit + 1, until],
    );
    if (rows.length === 0 && cursor === undefined) throw noLot(lot);
    return pageOf(rows, limit, ({ seq }) => seq, shown);
  }
}
