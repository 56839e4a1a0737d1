/** Wait for another process that prepares or migrates the same database at most, ms. */
const TURN_LIMIT = 60_000;

/** SQLSTATE of a lock that was not granted within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Reports that another process holds the database for longer than the limit. */
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
 * Takes an advisory lock for the current transaction of `query`. A lock of the session would stay with the connection
 * of a pooler. Throws `DatabaseBusyError` after `limit` ms.
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
  // The limit does not apply to the locks of the following work.
  await query('SET LOCAL lock_timeout = 0');
  await query('SET LOCAL idle_in_transaction_session_timeout = 0');
}
