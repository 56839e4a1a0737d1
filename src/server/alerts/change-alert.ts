import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { type Alert, selectAlerts } from './alert.js';

/**
 * Notes that a person has taken an alert in hand, or is done with it. These are notes of the desk: a verdict heeds
 * only findings, and a finding closes when its cause goes.
 */
@Injectable()
export class ChangeAlert {
  constructor(private readonly database: Database) {}

  /** Throws `not-found`. Doing it again changes nothing. */
  async change(id: string, status: 'acknowledged' | 'resolved'): Promise<Alert> {
    return this.database.transaction(async (db) => {
      // Numbers are given under this lock, so that a reader who follows them never passes one by.
      await db.query('SELECT FROM alert_cursor FOR UPDATE');
      await db.query(
        `UPDATE alerts SET status = $2, changed_at = now(), number = nextval('alert_numbers')
          WHERE id = $1 AND status <> $2 AND status <> 'resolved'`,
        [id, status],
      );
      const [changed] = await selectAlerts(db, 'a.id = $1', [id]);
      if (changed === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
      return changed.alert;
    });
  }
}
