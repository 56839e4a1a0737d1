import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../core/errors.js';
import type { LotEvent } from '../../core/api/event.js';
import type { Page } from '../../core/api/page.js';
import { Database } from '../database/database.js';
import { type PageQuery, decodeCursor, pageOf } from '../http/paging.js';
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
  constructor(private readonly database: Database) {}

  /** Lists the events of a lot. Throws `not-found`. */
  async list(lot: string, { limit, cursor }: PageQuery): Promise<Page<LotEvent>> {
    const { rows } = await this.database.lookup.query<EventRow>(
      `SELECT chain.seq, entry.id, entry.index, entry.jws,
              (SELECT time FROM clocks WHERE clocks.index < entry.index ORDER BY clocks.index DESC LIMIT 1) AS recorded_at
         FROM lot_events AS chain JOIN entries AS entry ON entry.index = chain.index
        WHERE chain.lot = $1 AND chain.seq > $2
        ORDER BY chain.seq LIMIT $3`,
      [lot, decodeCursor(cursor, z.int32()) ?? 0, limit + 1],
    );
    if (rows.length === 0 && cursor === undefined) throw new AditError('not-found', `There is no lot ${lot}.`);
    return pageOf(rows, limit, ({ seq }) => seq, shown);
  }
}
