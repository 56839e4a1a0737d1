import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Severity } from '../../core/rules/engine/rule.js';
import type { Viewer } from '../../core/access/viewer.js';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import { Database } from '../database/database.js';
import { asViewer, viewerNow } from '../http/viewing.js';
import { AlertSight, type StoredNotice } from './alert-sight.js';
import { isOfKind, matching } from './alert-filter.js';

/** Interval of the poll for new notifications, one for all readers of this process, ms. */
const POLL = 250;
/** Interval of the comment that keeps the connection open through proxies, ms. */
const HEARTBEAT = 15_000;
const PAGE = 200;
/** Unread bytes of one reader above which the server pauses its stream. */
const BUFFER_LIMIT = 128 * 1024;
/**
 * Time without any read after which the server disconnects a reader, ms. The reader resumes with `Last-Event-ID` and
 * misses nothing.
 */
const PATIENCE = 10_000;
/** Delay after which a reader should reconnect, ms. */
const RETRY = 1_000;

/** Destination of a stream: the response's socket, or a substitute in tests. */
export interface StreamTarget {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'drain', listener: () => void): unknown;
  readonly writableLength: number;
  readonly destroyed: boolean;
}

interface NoticeRow extends StoredNotice {
  number: number;
  severity: Severity;
  minerals: string[];
  sites: string[];
  countries: string[];
}

interface Reader {
  target: StreamTarget;
  filters: AlertFilters;
  /** Who reads, and sees alerts on its own lots alone. */
  viewer: Viewer;
  /** Number of the newest notification that was sent to this reader or did not match its filters. */
  last: number;
  left: () => void;
}

/**
 * Streams notifications as server-sent events from the database. Any process can serve any reader, and a reader misses
 * nothing. A reader first catches up with queries of its own; then one poll serves all readers.
 */
@Injectable()
export class AlertFeed implements BeforeApplicationShutdown {
  private readonly logger = new Logger('alerts');
  /** All connected readers; `readers` are those that have caught up. */
  private readonly following = new Set<Reader>();
  private readonly readers = new Set<Reader>();
  /** Number of the newest notification that was sent to every reader in `readers`. */
  private newestSent = 0;
  private timer: NodeJS.Timeout | null = null;
  private polling = false;
  private closed = false;
  private quiet = 0;

  constructor(
    private readonly database: Database,
    private readonly sight: AlertSight,
  ) {}

  /** Ends all streams before the HTTP server closes, because closing waits for open responses. */
  beforeApplicationShutdown(): void {
    this.closed = true;
    if (this.timer !== null) clearInterval(this.timer);
    for (const { left } of this.following) left();
  }

  get connected(): number {
    return this.following.size;
  }

  /** Returns the number of the newest notification. */
  async newest(): Promise<number> {
    const [row] = await this.database.rows<{ number: number }>(
      'SELECT COALESCE(max(number), 0) AS number FROM notices',
    );
    return row?.number ?? 0;
  }

  /** Streams every notification after `last` until the reader disconnects or the service stops. */
  async follow(target: StreamTarget, last: number, filters: AlertFilters): Promise<void> {
    // An id without data sets the reader's `Last-Event-ID` before the first notification (HTML, "server-sent events").
    target.write(`retry: ${RETRY}\nid: ${last}\n\n`);
    const reader: Reader = { target, filters, viewer: viewerNow(), last, left: () => undefined };
    const gone = new Promise<void>((resolve) => {
      reader.left = resolve;
      target.once('close', resolve);
    });
    this.following.add(reader);
    if (this.closed) reader.left();
    this.join(reader);
    await gone;
    this.following.delete(reader);
    this.readers.delete(reader);
    if (target.writableLength > BUFFER_LIMIT) target.destroy();
    else target.end();
  }

  /** Lets a reader catch up, then adds it to the readers that one poll serves. */
  private join(reader: Reader): void {
    this.catchUp(reader).catch((err: unknown) => {
      this.logger.warn({ msg: 'the stream of alerts could not serve a reader', err });
      reader.left();
    });
  }

  /** Sends past notifications to one reader, no faster than it reads, until it has caught up. */
  private async catchUp(reader: Reader): Promise<void> {
    for (;;) {
      const rows = await this.after(reader.last);
      for (const row of rows) {
        if (!(await drained(reader.target))) return reader.left();
        await this.send(reader, row);
      }
      if (!this.following.has(reader)) return;
      if (rows.length === PAGE) continue;
      // There is no `await` from here to the end, so no notification is sent in between.
      if (this.readers.size === 0) this.newestSent = reader.last;
      if (reader.last < this.newestSent) continue;
      this.readers.add(reader);
      this.start();
      return;
    }
  }

  private start(): void {
    this.timer ??= setInterval(() => void this.poll(), POLL);
  }

  private async poll(): Promise<void> {
    if (this.polling || this.closed) return;
    this.polling = true;
    try {
      if (this.readers.size === 0) this.stop();
      else await this.sendNews();
    } catch (err) {
      this.logger.warn({ msg: 'the stream of alerts could not read the database', err });
    } finally {
      this.polling = false;
    }
  }

  private stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async sendNews(): Promise<void> {
    const rows = await this.after(Math.min(this.newestSent, ...[...this.readers].map(({ last }) => last)));
    this.quiet = rows.length > 0 ? 0 : this.quiet + POLL;
    for (const row of rows) {
      for (const reader of this.readers) {
        if (reader.target.writableLength <= BUFFER_LIMIT) await this.send(reader, row);
        else if (this.readers.delete(reader)) this.join(reader);
      }
      this.newestSent = Math.max(this.newestSent, row.number);
    }
    if (this.quiet < HEARTBEAT) return;
    for (const { target } of this.readers) target.write(': still here\n\n');
    this.quiet = 0;
  }

  private async send(reader: Reader, row: NoticeRow): Promise<void> {
    if (row.number <= reader.last) return;
    reader.last = row.number;
    if (reader.target.destroyed || !(await this.isAskedFor(reader.filters, row))) return;
    const [data = null] = await asViewer(reader.viewer, () => this.sight.shownNotices([row]));
    if (data !== null) reader.target.write(`event: alert\nid: ${row.number}\ndata: ${data}\n\n`);
  }

  /** Only filters that name lots or a holder need the database. */
  private async isAskedFor(filters: AlertFilters, row: NoticeRow): Promise<boolean> {
    const filtered = { rule: row.rule, severity: row.severity, facets: row, lots: row.lots };
    if (filters.lots === undefined && filters.holder === undefined) return isOfKind(filters, filtered);
    return (await matching(this.database, filtered, [filters]))[0] === true;
  }

  private after(number: number): Promise<NoticeRow[]> {
    return this.database.rows<NoticeRow>(
      `SELECT number, rule, severity, minerals, sites, countries, lots, data FROM notices
        WHERE number > $1 ORDER BY number LIMIT $2`,
      [number, PAGE],
    );
  }
}

/** Returns true once the reader has read its backlog; false if it disconnected or was too slow. */
function drained(target: StreamTarget): Promise<boolean> {
  if (target.destroyed || target.writableLength <= BUFFER_LIMIT) return Promise.resolve(!target.destroyed);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      target.off('drain', done);
      target.off('close', done);
      resolve(!target.destroyed && target.writableLength <= BUFFER_LIMIT);
    };
    const timer = setTimeout(done, PATIENCE);
    target.once('drain', done);
    target.once('close', done);
  });
}
