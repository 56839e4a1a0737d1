import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { AditError } from '../../core/errors.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { type Alert, lockAlerts, selectAlerts } from './alert.js';
import { WakeTelling } from './wake-telling.js';

export const deskNote = z
  .strictObject({
    by: z.string().trim().min(1).max(200).optional(),
    note: z.string().trim().min(1).max(2_000).optional(),
  })
  .nullish()
  .transform((note) => note ?? {});
export type DeskNote = z.infer<typeof deskNote>;

/**
 * Notes that a person has taken an alert in hand, or is done with it. These are notes of the desk: a verdict heeds
 * only findings, and a finding closes when its cause goes.
 */
@Injectable()
export class ChangeAlert {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly telling: WakeTelling,
  ) {}

  /** Throws `not-found`. Doing it again changes nothing. */
  async change(id: string, status: 'acknowledged' | 'resolved', { by, note }: DeskNote): Promise<Alert> {
    const changed = await this.database.transaction(async (db) => {
      await lockAlerts(db);
      const { rows } = await db.query<{ number: number }>(
        `UPDATE alerts SET status = $2, changed_at = now(), number = nextval('alert_numbers'),
                tell_at = clock_timestamp(), silenced_by = NULL
          WHERE id = $1 AND status <> $2 AND status <> 'resolved' RETURNING number`,
        [id, status],
      );
      if (rows[0] !== undefined)
        await db.query('INSERT INTO alert_changes (alert, number, status, by_whom, note) VALUES ($1, $2, $3, $4, $5)', [
          id,
          rows[0].number,
          status,
          by ?? null,
          note ?? null,
        ]);
      const [now] = await selectAlerts(db, this.config.publicUrl, 'a.id = $1', [id]);
      return now?.alert;
    });
    if (changed === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
    await this.telling.wake();
    return changed;
  }

  /** Notes that alerts are being passed on because nobody has acknowledged them in time. */
  async escalated(alerts: readonly string[]): Promise<void> {
    await this.database.pool.query(
      'UPDATE alerts SET escalated_at = COALESCE(escalated_at, now()) WHERE id = ANY($1::uuid[])',
      [alerts],
    );
  }
}
