import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Severity } from '../../core/rules/rule.js';
import { type AlertFilters, isOfKind, matching } from './alert-filter.js';

/** How often the database is asked whether there is news, once for all readers of this process, ms. */
const POLL = 250;
/** A comment keeps the connection alive through proxies, ms. */
const HEARTBEAT = 15_000;
const PAGE = 200;
/** Bytes left unread by one reader before it is sent no more until it has read them. */
const BUFFER_LIMIT = 128 * 1024;
/** A reader that has read nothing for as long as this is let go; it resumes with `Last-Event-ID` and misses nothing, ms. */
const PATIENCE = 10_000;
/** How soon a reader whose connection ended should come back, ms. */
const RETRY = 1_000;

/** Where a stream is written to: the socket's response, or a stand-in. */
export interface StreamTarget {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'drain', listener: () => void): unknown;
  readonly writableLength: number;
  readonly destroyed: boolean;
}

interface NoticeRow {
  number: number;
  rule: string;
  severity: Severity;
  minerals: string[];
  sites: string[];
  countries: string[];
  lots: string[];
  /** As it goes to every reader. */
  message: string;
}

interface Reader {
  target: StreamTarget;
  filters: AlertFilters;
  /** The number of the newest notice that this reader has been sent or did not ask for. */
  last: number;
  left: () => void;
}

/**
 * Notices as server-sent events, from the database: any process can serve any reader, and a reader misses nothing. While
 * it catches up it is read to on its own; then it shares with all others the one question whether there is news.
 */
@Injectable()
export class AlertFeed implements BeforeApplicationShutdown {
  private readonly logger = new Logger('alerts');
  /** Everybody who follows; of them `readers` stand where the log of notices ends. */
  private readonly following = new Set<Reader>();
  private readonly readers = new Set<Reader>();
  /** Notices up to this one have been sent to every reader in `readers`. */
  private newestSent = 0;
  private timer: NodeJS.Timeout | null = null;
  private polling = false;
  private closed = false;
  private quiet = 0;

  constructor(private readonly database: Database) {}

  /** Before the door is closed, which waits for every answer that is still being written. */
  beforeApplicationShutdown(): void {
    this.closed = true;
    if (this.timer !== null) clearInterval(this.timer);
    for (const { left } of this.following) left();
  }

  get connected(): number {
    return this.following.size;
  }

  /** The number of the newest notice. */
  async newest(): Promise<number> {
    const [row] = await this.database.query<{ number: number }>(
      'SELECT COALESCE(max(number), 0) AS number FROM notices',
    );
    return row?.number ?? 0;
  }

  /** Writes every notice after `last` and goes on until the reader leaves or the service closes. */
  async follow(target: StreamTarget, last: number, filters: AlertFilters): Promise<void> {
    // The id alone tells the reader where it stands, also before anything has happened (HTML, "server-sent events").
    target.write(`retry: ${RETRY}\nid: ${last}\n\n`);
    const reader: Reader = { target, filters, last, left: () => undefined };
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

  /** Lets a reader catch up, and serves it with the others from then on. */
  private join(reader: Reader): void {
    this.catchUp(reader).catch((err: unknown) => {
      this.logger.warn({ msg: 'a reader of alerts could not be served', err });
      reader.left();
    });
  }

  /** Reads to one reader, no faster than it listens, until it stands where the others do, and joins it to them. */
  private async catchUp(reader: Reader): Promise<void> {
    for (;;) {
      const rows = await this.after(reader.last);
      for (const row of rows) {
        if (!(await drained(reader.target))) return reader.left();
        await this.send(reader, row);
      }
      if (!this.following.has(reader)) return;
      if (rows.length === PAGE) continue;
      // From here to the end nothing else runs: no notice is sent in between, to anyone.
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
      this.logger.warn({ msg: 'alerts could not be read for those who follow them', err });
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
    reader.target.write(row.message);
  }

  /** Only filters that name lots or a holder have to ask the database. */
  private async isAskedFor(filters: AlertFilters, row: NoticeRow): Promise<boolean> {
    const filtered = { rule: row.rule, severity: row.severity, facets: row, lots: row.lots };
    if (filters.lots === undefined && filters.holder === undefined) return isOfKind(filters, filtered);
    return (await matching(this.database.pool, filtered, [filters]))[0] === true;
  }

  private async after(number: number): Promise<NoticeRow[]> {
    const rows = await this.database.query<Omit<NoticeRow, 'message'> & { data: string }>(
      `SELECT number, rule, severity, minerals, sites, countries, lots, data FROM notices
        WHERE number > $1 ORDER BY number LIMIT $2`,
      [number, PAGE],
    );
    return rows.map(({ data, ...row }) => ({
      ...row,
      message: `event: alert\nid: ${row.number}\ndata: ${data}\n\n`,
    }));
  }
}

/** Whether a reader has read what lay waiting, soon enough; false also if it has left. */
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
