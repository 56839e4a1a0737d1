import pg from 'pg';

/** How often connections are looked at, ms. */
const TICK = 1_000;
/** A statement that has run this long is asked after, ms: its connection may have been cut without a word. */
const SUSPECT_AFTER = 4_000;
/** What asking takes at most, ms. */
const ASK_TIMEOUT = 2_000;
/** Longest wait where nobody can say whether a statement still runs, ms: longer than any statement may take. */
const LONGEST = 40_000;
/** Longest wait where the database does not even answer whoever asks, ms. */
const LONGEST_UNANSWERED = 10_000;

interface Watched {
  /** The statement under way when it was looked at last, and since when. */
  statement: unknown;
  since: number;
  /** Whether the pool has it for the next who asks. */
  idle: boolean;
}

/** What the driver keeps to itself; its version is pinned. */
interface Inside {
  processID?: number;
  connection: { stream: { destroy(error: Error): void } };
}

const inside = (client: pg.PoolClient): Inside => client;
const statementOf = (client: pg.PoolClient): unknown => Reflect.get(client, '_activeQuery') ?? null;
const lost = (): Error =>
  Object.assign(new Error('Connection terminated: the server did not answer'), { code: 'ETIMEDOUT' });

/**
 * Ends connections of a pool on which a statement waits that no server process runs: a network that drops packets leaves
 * them open for ever. The statement is then rejected, and the pool makes a new connection.
 */
export class WatchConnections {
  private readonly watched = new Map<pg.PoolClient, Watched>();
  private readonly timer: NodeJS.Timeout;
  private looking = false;

  constructor(
    pool: pg.Pool,
    private readonly url: string,
  ) {
    pool.on('connect', (client) => this.watched.set(client, { statement: null, since: 0, idle: false }));
    pool.on('acquire', (client) => this.mark(client, false));
    pool.on('release', (_error, client) => this.mark(client, true));
    pool.on('remove', (client) => this.watched.delete(client));
    this.timer = setInterval(() => void this.look(), TICK);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks once at every connection; gives how many it ended. */
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
      // While it was asked after it may have answered.
      if (watched === undefined || statementOf(client) !== statement) return false;
      const waited = now - watched.since;
      if (waited >= LONGEST) return true;
      if (running === null) return waited >= LONGEST_UNANSWERED;
      return running.get(processes[i] ?? 0) === false;
    });
    for (const [client] of dead) inside(client).connection.stream.destroy(lost());
    // What was cut off from the server beside it is most likely cut off too.
    if (dead.length > 0)
      for (const [client, { idle }] of this.watched) if (idle) inside(client).connection.stream.destroy(lost());
    return dead.length;
  }

  /**
   * Whether each server process works at a statement; one that is not listed says nothing, because behind a pooler the
   * numbers are the pooler's own. Asked over a connection of its own, by the login itself, which may see its sessions.
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
    const watched = this.watched.get(client);
    if (watched !== undefined) watched.idle = idle;
  }
}
