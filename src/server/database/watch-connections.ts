import pg from 'pg';

/** Interval between checks of the connections, ms. */
const TICK = 1_000;
/** Duration after which a statement is checked, ms, because its connection may be cut. */
const SUSPECT_AFTER = 4_000;
/** Time limit of a check, ms. */
const ASK_TIMEOUT = 2_000;
/** Longest wait if it is unknown whether a statement still runs, ms; longer than any statement may take. */
const LONGEST = 40_000;
/** Longest wait if the database does not answer the check either, ms. */
const LONGEST_UNANSWERED = 10_000;

interface WatchedConnection {
  /** The statement that ran at the last check, and since when. */
  statement: unknown;
  since: number;
  /** Whether the connection is idle in the pool. */
  idle: boolean;
}

/** Private members of the driver, whose version is fixed. */
interface Inside {
  processID?: number;
  connection: { stream: { destroy(error: Error): void } };
}

const inside = (client: pg.PoolClient): Inside => client;
const statementOf = (client: pg.PoolClient): unknown => Reflect.get(client, '_activeQuery') ?? null;
const lost = (): Error =>
  Object.assign(new Error('Connection terminated: the server did not answer'), { code: 'ETIMEDOUT' });

/**
 * Closes connections of pools whose statement no server process runs, because a network that drops packets leaves them
 * open without end. The statement then rejects, and its pool opens a new connection.
 */
export class WatchConnections {
  private readonly watched = new Map<pg.PoolClient, WatchedConnection>();
  private readonly timer: NodeJS.Timeout;
  private looking = false;

  /** @param pools of connections to one database, at `url`. */
  constructor(
    pools: readonly pg.Pool[],
    private readonly url: string,
  ) {
    for (const pool of pools) {
      pool.on('acquire', (client) => this.mark(client, false));
      pool.on('release', (_error, client) => this.mark(client, true));
      pool.on('remove', (client) => this.watched.delete(client));
    }
    this.timer = setInterval(() => void this.look(), TICK);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Closes all connections, because the server no longer answers: their statements reject. */
  cut(): void {
    for (const client of this.watched.keys()) inside(client).connection.stream.destroy(lost());
  }

  /** Checks every connection once; returns how many it closed. */
  async look(): Promise<number> {
    if (this.looking) return 0;
    this.looking = true;
    try {
      const suspects = this.suspects(performance.now());
      return suspects.length === 0 ? 0 : await this.judge(suspects);
    } finally {
      this.looking = false;
    }
  }

  private suspects(now: number): pg.PoolClient[] {
    const found: pg.PoolClient[] = [];
    for (const [client, watched] of this.watched) {
      const statement = statementOf(client);
      if (statement !== watched.statement) [watched.statement, watched.since] = [statement, now];
      else if (statement !== null && now - watched.since >= SUSPECT_AFTER) found.push(client);
    }
    return found;
  }

  private async judge(suspects: readonly pg.PoolClient[]): Promise<number> {
    const before = suspects.map((client) => [client, this.watched.get(client)?.statement] as const);
    const processes = suspects.map((client) => inside(client).processID ?? 0);
    const running = await this.running(processes).catch(() => null);
    const now = performance.now();
    const dead = before.filter(([client, statement], i) => {
      const watched = this.watched.get(client);
      // The statement may have ended during the check.
      if (watched === undefined || statementOf(client) !== statement) return false;
      const waited = now - watched.since;
      if (waited >= LONGEST) return true;
      if (running === null) return waited >= LONGEST_UNANSWERED;
      return running.get(processes[i] ?? 0) === false;
    });
    for (const [client] of dead) inside(client).connection.stream.destroy(lost());
    // Idle connections to the same server are probably cut too.
    if (dead.length > 0)
      for (const [client, { idle }] of this.watched) if (idle) inside(client).connection.stream.destroy(lost());
    return dead.length;
  }

  /**
   * Returns for each server process whether it runs a statement. An unlisted process proves nothing, because a pooler's
   * numbers are its own. Asks over a separate connection as the login, which may see its sessions.
   */
  private async running(processes: readonly number[]): Promise<Map<number, boolean>> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: ASK_TIMEOUT,
      query_timeout: ASK_TIMEOUT,
      application_name: 'adit watch',
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number; works: boolean }>(
        `SELECT pid, state = 'active' AND wait_event_type IS DISTINCT FROM 'Client' AS works FROM pg_stat_activity
          WHERE pid = ANY($1::int[]) AND usename = current_user AND state IS NOT NULL`,
        [processes],
      );
      return new Map(rows.map(({ pid, works }) => [pid, works]));
    } finally {
      client.end().catch(() => undefined);
    }
  }

  private mark(client: pg.PoolClient, idle: boolean): void {
    // Also a connection that the pool opened before it was watched.
    const watched = this.watched.get(client);
    if (watched === undefined) this.watched.set(client, { statement: null, since: 0, idle });
    else watched.idle = idle;
  }
}
