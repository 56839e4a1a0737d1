import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import type { WaitingEventView } from '../../../core/api/waiting.js';
import { eventIdSchema, kidSchema } from '../../../core/event/primitives.js';
import type { Page } from '../../../core/api/page.js';
import { Database } from '../../database/database.js';
import { decodeCursor, pageOf, pageQuery } from '../../http/paging.js';
import { actorNow, viewerNow } from '../../http/viewing.js';
import { expiryOf } from './waiting.js';
import { storedPayload } from '../read/reread-event.js';

export const waitingQuery = pageQuery.extend({ kid: kidSchema.optional(), missing: eventIdSchema.optional() });
export type WaitingQuery = z.infer<typeof waitingQuery>;

interface WaitingRow {
  id: string;
  event: string;
  kid: string;
  missing: string[];
  since: number;
}

interface Claims {
  type: string;
  iss: string;
  lots?: (string | { lot: string })[];
  inputs?: { lot: string }[];
}

/** Whether the viewer sees the events of all keys, and the actor whose keys' events it sees otherwise. */
const seesAll = (): [boolean, string | null] => [viewerNow().kind === 'everyone', actorNow()];

const position = z.tuple([z.int(), eventIdSchema]);

function shown({ id, event, kid, missing, since }: WaitingRow): WaitingEventView {
  const { type, iss, lots, inputs } = storedPayload<Claims>(event);
  return {
    id,
    type,
    iss,
    kid,
    lots: [...(lots ?? []), ...(inputs ?? [])].map((item) => (typeof item === 'string' ? item : item.lot)),
    missing,
    since: new Date(since).toISOString(),
    expiresAt: expiryOf(since),
  };
}

/** Lists the events of the viewer that wait for their parents, the oldest first. */
@Injectable()
export class ListWaiting {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor, kid, missing }: WaitingQuery): Promise<Page<WaitingEventView>> {
    const [since, id] = decodeCursor(cursor, position) ?? [-1, ''];
    const { rows } = await this.database.query<WaitingRow>(
      `SELECT id, event, kid, missing, since FROM waiting
        WHERE (since, id) > ($1, $2) AND ($4::text IS NULL OR kid = $4)
          AND ($5::text IS NULL OR id IN (SELECT child FROM waiting_for WHERE parent = $5))
          AND ($6 OR kid IN (SELECT keys.kid FROM keys WHERE keys.actor = $7))
        ORDER BY since, id LIMIT $3`,
      [since, id, limit + 1, kid ?? null, missing ?? null, ...seesAll()],
    );
    return pageOf(rows, limit, (row) => [row.since, row.id], shown);
  }
}
