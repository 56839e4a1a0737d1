import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { type Viewer, viewerName } from '../../core/access/viewer.js';
import type { Access } from '../../core/api/access/share.js';
import type { Page } from '../../core/api/page.js';
import { lotIdSchema } from '../../core/event/primitives.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { type PageQuery, decodeCursor, pageOf } from '../http/paging.js';
import { LotRights } from '../ledger/read/lot-rights.js';

/** Time that a read may wait for others to be written together, ms. */
const WAIT = 1_000;
/** Reads that are written together at most; as many more are kept if the database does not answer. */
const BATCH = 1_000;
const KEPT = 20 * BATCH;
/** Interval at which old rows are forgotten, ms, and rows forgotten at a time. */
const FORGET_EVERY = 3_600_000;
const FORGOTTEN = 10_000;

interface Read {
  at: string;
  lot: string;
  viewer: string;
  route: string;
}

/** Keeps the record of who read which lot; the holder of a lot may read it. */
@Injectable()
export class RecordAccesses implements BeforeApplicationShutdown {
  private readonly logger = new Logger('access');
  private waiting: Read[] = [];
  private timer: NodeJS.Timeout | null = null;
  private forgotten = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
    private readonly config: Config,
  ) {}

  /** Watches the answers of a server: each about one lot, to a viewer that is known, is noted. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? '';
      const { id } = (request.params ?? {}) as { id?: unknown };
      if (reply.statusCode < 300 && /^(\/v1)?\/lots\/:id/.test(route) && request.viewer !== null)
        this.note(request.viewer, route, String(id));
      done();
    });
  }

  /** Lists who read a lot, the newest read first. Throws `not-found`, and `not-allowed` for who does not hold it. */
  async list(lot: string, { limit, cursor }: PageQuery): Promise<Page<Access>> {
    await this.rights.requireHolder(lot);
    await this.flush();
    const { rows } = await this.database.query<{ number: number; at: Date; viewer: string; route: string }>(
      `SELECT number, at, viewer, route FROM accesses WHERE lot = $1 AND ($2::bigint IS NULL OR number < $2)
        ORDER BY number DESC LIMIT $3`,
      [lot, decodeCursor(cursor, z.int()), limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ number }) => number,
      ({ at, viewer, route }) => ({ at: at.toISOString(), viewer, route }),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.flush();
  }

  /** Notes that a viewer reads a lot by a route whose address does not name the lot alone. */
  note(viewer: Viewer, route: string, lot: string): void {
    if (viewer.kind === 'everyone' || viewer.kind === 'nobody' || !lotIdSchema.safeParse(lot).success) return;
    if (this.waiting.length < KEPT)
      this.waiting.push({ at: new Date().toISOString(), lot, viewer: viewerName(viewer), route });
    if (this.waiting.length >= BATCH) void this.flush();
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, WAIT).unref();
  }

  /** Writes what waits. What cannot be written now stays for the next time. */
  private flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const reads = this.waiting.splice(0, BATCH);
    if (reads.length === 0) return;
    try {
      await this.database.query(
        `INSERT INTO accesses (at, lot, viewer, route)
         SELECT at, lot, viewer, route FROM json_to_recordset($1) AS r (at timestamptz, lot uuid, viewer text, route text)`,
        [JSON.stringify(reads)],
      );
      await this.forget();
    } catch (err) {
      this.waiting = [...reads, ...this.waiting].slice(0, KEPT);
      this.logger.warn({ msg: 'the record of access could not be written yet', err });
    }
  }

  private async forget(): Promise<void> {
    if (Date.now() - this.forgotten < FORGET_EVERY) return;
    this.forgotten = Date.now();
    const days = this.config.accessRecordDays;
    await this.database.query(`SELECT forget_accesses(now() - $1 * interval '1 day', ${FORGOTTEN})`, [days]);
  }
}
