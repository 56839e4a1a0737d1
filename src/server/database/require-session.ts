import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Statements that are sent one by one, each a transaction, to see whether they reach one session. */
const PROBES = 5;
/** A setting of ours that no server has, which only a session that took the options of the connection knows. */
const SETTING = 'adit.session';
/** How long each step may take, ms. */
const PATIENCE = 15_000;

/** Thrown where a connection is no session of its own. */
export class PooledConnectionError extends Error {
  constructor(why: string) {
    super(
      `The database is behind a pooler that gives no session of one's own (${why}), such as PgBouncer with pool_mode = transaction. ` +
        'Adit needs sessions: its role, time limits, locks and notifications hold for one. Let DATABASE_URL and DATABASE_OWNER_URL ' +
        'name PostgreSQL itself, or a pooler with pool_mode = session that takes the startup parameter options.',
    );
    this.name = 'PooledConnectionError';
  }
}

/**
 * Checks that a connection is one session from its start to its end, with the options that it was opened with. Throws
 * `PooledConnectionError` where it is not, before anything that relies on it could wait for ever.
 */
export async function requireSession(url: string): Promise<void> {
  const token = randomUUID();
  const client = new pg.Client({
    connectionString: withOption(url, `-c ${SETTING}=${token}`),
    application_name: 'adit prepare',
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
  });
  client.on('error', () => undefined);
  try {
    await client.connect().catch(refusedOptions);
    const sessions = new Set<number>();
    for (let probe = 0; probe < PROBES; probe += 1) {
      const { rows } = await client.query<{ pid: number; token: string | null }>(
        `SELECT pg_backend_pid() AS pid, current_setting('${SETTING}', true) AS token`,
      );
      if (rows[0]?.token !== token) throw new PooledConnectionError('the options of the connection are dropped');
      sessions.add(rows[0].pid);
    }
    if (sessions.size > 1) throw new PooledConnectionError('each transaction is another session');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Adds an option of the session to those that the URL of the database has already. */
function withOption(url: string, option: string): string {
  const address = new URL(url);
  const options = [address.searchParams.get('options'), option].filter((each) => each !== null).join(' ');
  address.searchParams.set('options', options);
  return address.href;
}

/** Throws the error as that of a pooler that does not know the parameter `options` (SQLSTATE 08P01), where it is one. */
function refusedOptions(error: unknown): never {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === '08P01' && /startup parameter/i.test(String(message)))
    throw new PooledConnectionError(`it says: ${String(message).slice(0, 200)}`);
  throw error;
}
