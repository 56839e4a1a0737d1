import type { Writable } from 'node:stream';
import type pg from 'pg';
import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { type Queryable, together } from './rows.js';

const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** What runs in one transaction: statements, and repositories of entities in a process that has some. */
export interface Transaction extends Queryable {
  repository<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E>;
}

const noEntities = (): never => {
  throw new Error('This process has no entities.');
};

/**
 * Lets TypeORM work with a connection that it did not take itself, inside a transaction that it did not begin. Sets private
 * members of TypeORM, whose version is fixed.
 */
function runnerOn(source: DataSource, client: pg.PoolClient): QueryRunner {
  return Object.assign(source.createQueryRunner(), { databaseConnection: client, isTransactionActive: true });
}

/** Names of prepared statements by their text, the same on all connections. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `adit${names.size}`;
  names.set(text, name);
  return name;
}

/** Returns a statement with parameters as one that the connection parses and plans once. */
export const prepared = (text: string, values: unknown[]): pg.QueryConfig => ({ name: nameOf(text), text, values });

/** Sends the statements that `work` asks for before its first wait in one packet: each packet wakes the database. */
export function inOnePacket<T>(client: pg.PoolClient, work: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  try {
    return work();
  } finally {
    stream.uncork();
  }
}

/** What a transaction that does not wait for its last statements has to send: all of them at once, with no wait before one. */
export interface Pipelined<T> {
  value: T;
  last: () => Promise<void>;
}

/** One connection, for work that needs the same one for several transactions, such as temporary tables. */
export class Session implements Transaction {
  /** Why the connection must be closed rather than used again; undefined: it need not. */
  broken: Error | undefined;
  private runner: QueryRunner | null = null;
  /** Ends when the last statement that was asked for has. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Whether COMMIT was sent and is not answered: a statement now would run outside the transaction. */
  private isCommitting = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly source: DataSource | undefined,
    /** Whether its statements are prepared, and sent without waiting for each other. */
    private readonly prepares: boolean,
  ) {}

  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<T>> {
    if (this.isCommitting) return Promise.reject(new Error(`A statement was sent after COMMIT: ${text}`));
    if (this.prepares && values !== undefined) return this.client.query<T>(prepared(text, values));
    if (this.prepares) return this.client.query<T>(text, values);
    // A connection that does not pipeline takes one statement at a time.
    const result = this.turn.then(() => this.client.query<T>(text, values));
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Returns the repository of an entity on this connection; use it inside a transaction. */
  repository<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    this.runner ??= runnerOn(this.source ?? noEntities(), this.client);
    return this.runner.manager.getRepository(entity);
  }

  /** Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.between(async () => {
      await this.query('BEGIN');
      return work(this);
    });
  }

  /** Runs `work` on one snapshot of the database, and refuses writes except to temporary tables. */
  snapshot<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.between(async () => {
      await this.query(SNAPSHOT);
      return work(this);
    });
  }

  /**
   * Runs `work` in one transaction whose statements wait for each other only where `work` does. BEGIN and the first statement
   * are sent in one packet with those that `work` sends before its first wait, and COMMIT in one with its last. For a
   * connection that pipelines.
   * @param first statement without parameters, such as one that locks; `work` receives its rows.
   */
  async pipelined<R, T>(first: string, work: (db: Queryable, rows: Promise<R[]>) => Promise<Pipelined<T>>): Promise<T> {
    try {
      const { value, last } = await inOnePacket(this.client, () => {
        // pg returns a result for each statement, though its types declare one.
        const results = this.query(`BEGIN; ${first}`) as unknown as Promise<[unknown, { rows: R[] }]>;
        const rows = results.then(([, locked]) => locked.rows);
        // `work` may fail before it reads them.
        rows.catch(() => undefined);
        return work(this, rows);
      });
      await this.commitWith(last);
      return value;
    } catch (error) {
      await this.query('ROLLBACK').catch((lost: Error) => {
        this.broken = lost;
      });
      throw error;
    }
  }

  /** Sends the last statements of a transaction together with COMMIT, which rolls back if one of them fails. */
  private async commitWith(last: () => Promise<void>): Promise<void> {
    const sent = inOnePacket(this.client, () => {
      const written = last();
      const committed = this.query('COMMIT');
      this.isCommitting = true;
      return [written, committed] as const;
    });
    try {
      await together(sent);
      const { command } = await sent[1];
      if (command !== 'COMMIT') throw new Error(`A transaction ended with ${command}, though no statement failed.`);
    } finally {
      this.isCommitting = false;
    }
  }

  private async between<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.query('COMMIT');
      return result;
    } catch (error) {
      await this.query('ROLLBACK').catch((lost: Error) => {
        this.broken = lost;
      });
      throw error;
    }
  }
}

/**
 * The connections of one pool. Only this class and `Session` take, begin and end; so a setting that every transaction
 * needs has one place.
 */
export class Connections implements Queryable {
  /**
   * @param prepares whether the pool pipelines, and statements with parameters are prepared; their texts must be few and
   * constant.
   */
  constructor(
    private readonly pool: pg.Pool,
    private readonly entities?: DataSource,
    private readonly prepares = false,
  ) {}

  /** Runs one statement. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<T>> {
    if (this.prepares && values !== undefined) return this.pool.query<T>(prepared(text, values));
    return this.pool.query<T>(text, values);
  }

  /** Runs one statement and returns its rows. */
  async rows<T extends object = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]> {
    return (await this.query<T & pg.QueryResultRow>(text, values)).rows;
  }

  /** Returns the repository of an entity, for single statements. */
  repository<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    return (this.entities ?? noEntities()).getRepository(entity);
  }

  /** Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(work: (db: Transaction) => Promise<T>): Promise<T> {
    return this.session((session) => session.transaction(work));
  }

  /** Runs `work` on one snapshot of the database, and refuses writes. */
  snapshot<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.session((session) => session.snapshot(work));
  }

  /**
   * Runs `work` with one connection.
   * @param isClosed whether the connection is closed afterwards, with its temporary tables.
   */
  async session<T>(work: (session: Session) => Promise<T>, { isClosed = false } = {}): Promise<T> {
    const client = await this.pool.connect();
    const session = new Session(client, this.entities, this.prepares);
    try {
      return await work(session);
    } finally {
      client.release(isClosed || session.broken);
    }
  }

  /** Counts connections, how many there may be, and the statements and transactions that wait for one. */
  get counts(): { busy: number; idle: number; most: number; waiting: number } {
    const { totalCount, idleCount, waitingCount, options } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, most: options.max, waiting: waitingCount };
  }
}

/**
 * One connection that work which follows at once takes over, so that its first statement need not wait until the event loop
 * gives it one. It goes back to the pool when a turn of the event loop has passed without work, and after each failure.
 */
export class KeptSession {
  private kept: { session: Session; giveBack: () => void } | null = null;
  private isUsed = false;

  constructor(private readonly connections: Connections) {}

  /** Runs one piece of work at a time; the caller waits for one before the next. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.isUsed = true;
    try {
      this.kept ??= await this.take();
      return await work(this.kept.session);
    } catch (error) {
      this.giveBack();
      throw error;
    } finally {
      this.isUsed = false;
      setImmediate(() => {
        if (!this.isUsed) this.giveBack();
      });
    }
  }

  private take(): Promise<{ session: Session; giveBack: () => void }> {
    return new Promise((resolve, reject) => {
      const held = (session: Session): Promise<void> =>
        new Promise((giveBack) => {
          resolve({ session, giveBack });
        });
      this.connections.session(held).catch(reject);
    });
  }

  private giveBack(): void {
    this.kept?.giveBack();
    this.kept = null;
  }
}

/**
 * Runs `work` within the transaction of `db`, and undoes only this part if it rejects. Throws what `work` throws; after a
 * lost connection the transaction has ended too.
 */
export async function savepoint<T>(db: Queryable, work: () => Promise<T>): Promise<T> {
  await db.query('SAVEPOINT part');
  try {
    const result = await work();
    await db.query('RELEASE SAVEPOINT part');
    return result;
  } catch (error) {
    await db.query('ROLLBACK TO SAVEPOINT part').catch(() => undefined);
    throw error;
  }
}
