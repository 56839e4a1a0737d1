import { Clock } from '../clock.js';
import type { Queryable } from './rows.js';

/** The database's time in ms since 1970 (UTC), as a column `now`. */
export const DATABASE_NOW = '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::double precision AS now';

/**
 * The database's clock as read once, carried on by the process's monotonic clock. Alerts and deliveries follow it alone:
 * the rows that wait are compared with the database's time, and the processes that share them may disagree on theirs.
 */
export class DatabaseClock extends Clock {
  private readonly readAt = performance.now();

  /** @param time that the database has just given as `DATABASE_NOW`. */
  constructor(private readonly time: number) {
    super();
  }

  static async read(db: Queryable): Promise<DatabaseClock> {
    const { rows } = await db.query<{ now: number }>(`SELECT ${DATABASE_NOW}`);
    const [row] = rows;
    if (row === undefined) throw new Error('The database gave no time.');
    return new DatabaseClock(row.now);
  }

  now(): number {
    return Math.floor(this.time + performance.now() - this.readAt);
  }
}
