import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type NumberedAlert, selectAlerts } from './alert.js';

/** How often the database is asked whether there is news, while somebody listens, ms. */
const POLL = 250;
/** A comment keeps the connection alive through proxies, ms. */
const HEARTBEAT = 15_000;
const PAGE = 100;
/** A reader that leaves more than this unread is let go, and resumes later with `Last-Event-ID`, bytes. */
const BUFFER_LIMIT = 1024 * 1024;

/** Where a stream is written to: the socket's response, or a stand-in. */
export interface StreamTarget {
  write(text: string): boolean;
  end(): void;
  readonly writableLength: number;
  readonly destroyed: boolean;
}

/** Alerts as server-sent events, from the database: any process can serve any reader, and a reader misses nothing. */
@Injectable()
export class AlertFeed implements BeforeApplicationShutdown {
  private closed = false;

  constructor(private readonly database: Database) {}

  /** Before the door is closed, which waits for every answer that is still being written. */
  beforeApplicationShutdown(): void {
    this.closed = true;
  }

  /** The number of the newest change. */
  async newest(): Promise<number> {
    const { rows } = await this.database.pool.query<{ number: number }>(
      'SELECT COALESCE(max(number), 0) AS number FROM alerts',
    );
    return rows[0]?.number ?? 0;
  }

  /** Writes every change after `last` and goes on until the reader leaves or the service closes. */
  async follow(target: StreamTarget, last: number): Promise<void> {
    let cursor = last;
    let quiet = 0;
    target.write(': connected\n\n');
    while (!this.closed && !target.destroyed) {
      const alerts = await selectAlerts(this.database.pool, 'a.number > $1 ORDER BY a.number LIMIT $2', [cursor, PAGE]);
      for (const { number, alert } of alerts) {
        target.write(sseMessage({ number, alert }));
        cursor = number;
      }
      if (target.writableLength > BUFFER_LIMIT) break;
      if (alerts.length === PAGE) continue;
      quiet = alerts.length > 0 ? 0 : quiet + POLL;
      if (quiet >= HEARTBEAT) {
        target.write(': still here\n\n');
        quiet = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    target.end();
  }
}

const sseMessage = ({ number, alert }: NumberedAlert): string =>
  `event: alert\nid: ${number}\ndata: ${JSON.stringify(alert)}\n\n`;
