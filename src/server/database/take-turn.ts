/** How long a process waits for another that prepares or migrates the same database, ms. */
export const TURN_LIMIT = 60_000;

/** SQLSTATE of a lock that was not granted within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Thrown where another process holds the database for longer than the limit. */
export class DatabaseBusyError extends Error {
  constructor(limit: number, cause: unknown) {
    super(
      `Another process has been preparing or migrating this database for ${limit / 1_000} s. Wait until it is done, and run ` +
        'the same command again. If none is running, end the session that kept the lock: ' +
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory';",
      { cause },
    );
    this.name = 'DatabaseBusyError';
  }
}

/**
 * Takes an advisory lock for the transaction that `query` is in, so that it ends with it whatever connection pooler is in
 * between: a lock of a session would stay with a connection of the pooler. Throws `DatabaseBusyError` after `limit` ms.
 */
export async function takeTurn(
  query: (sql: string, values?: unknown[]) => Promise<unknown>,
  lock: number,
  limit = TURN_LIMIT,
): Promise<void> {
  await query(`SET LOCAL lock_timeout = ${limit}`);
  try {
    await query('SELECT pg_advisory_xact_lock($1)', [lock]);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === LOCK_NOT_AVAILABLE) throw new DatabaseBusyError(limit, cause);
    throw cause;
  }
  // What follows may take long, on this connection or on another, and its own locks are none of this limit.
  await query('SET LOCAL lock_timeout = 0');
  await query('SET LOCAL idle_in_transaction_session_timeout = 0');
}
