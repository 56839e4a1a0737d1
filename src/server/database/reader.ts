import type pg from 'pg';
import type { Viewer } from '../../core/access/viewer.js';
import { inOnePacket, prepared } from './connections.js';
import type { Replica } from './replica.js';
import type { Queryable } from './rows.js';
import { viewerContext } from './viewer-context.js';

const SET_VIEWER = `SELECT set_config('adit.viewer', $1, true)`;

/**
 * Reads for one viewer at a time: every statement runs in a transaction of its own, as the role that row-level security
 * limits, with the viewer as a setting of that transaction. A transaction is one packet.
 */
export class Reader {
  private key: Promise<Buffer> | null = null;

  /**
   * @param pool whose connections have the readers' role and pipeline.
   * @param trusted connections that see everything, for the key.
   * @param open connections that see everything, for viewers who may see everything.
   * @param replica where requests whose answers may lag read.
   */
  constructor(
    private readonly pool: pg.Pool,
    private readonly trusted: Queryable,
    private readonly open: Queryable = trusted,
    private readonly replica: Replica | null = null,
  ) {}

  /**
   * Returns what runs statements for a viewer, and shows it its rows alone.
   * @param prepares whether each connection plans a statement once, because one plan is good for all values
   */
  for(viewer: Viewer, prepares = false): Queryable {
    if (viewer.kind === 'everyone') return this.open;
    return {
      query: (text, values = []) => this.run(viewer, prepares ? prepared(text, values) : { text, values }),
    };
  }

  private async run<T extends pg.QueryResultRow>(
    viewer: Viewer,
    statement: pg.QueryConfig,
  ): Promise<pg.QueryResult<T>> {
    const context = viewerContext(viewer, await this.keyOf(), Date.now());
    const { replica } = this;
    if (replica === null) return this.runIn(this.pool, context, statement);
    return replica.read(
      () => this.runIn<T>(replica.reader, context, statement),
      () => this.runIn<T>(this.pool, context, statement),
    );
  }

  private async runIn<T extends pg.QueryResultRow>(
    pool: pg.Pool,
    context: string,
    statement: pg.QueryConfig,
  ): Promise<pg.QueryResult<T>> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const sent = inOnePacket(
        client,
        () =>
          [
            client.query('BEGIN READ ONLY'),
            client.query(prepared(SET_VIEWER, [context])),
            client.query<T>(statement),
            client.query('COMMIT'),
          ] as const,
      );
      const [, , result] = await Promise.all(sent);
      return result;
    } catch (error) {
      // After a failed statement the transaction has been ended by its COMMIT; a lost connection is closed.
      await client.query('ROLLBACK').catch((lost: Error) => {
        broken = lost;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private keyOf(): Promise<Buffer> {
    this.key ??= this.trusted.query<{ key: Buffer }>('SELECT key FROM viewer_key').then(({ rows: [row] }) => {
      if (row === undefined) throw new Error('The key that names viewers to the database is missing.');
      return row.key;
    });
    this.key.catch(() => {
      this.key = null;
    });
    return this.key;
  }
}
