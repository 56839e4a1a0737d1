/** SQLSTATE classes and codes, and socket errors, that mean "not now" rather than "not so". */
const TRANSIENT =
  /^(08|53|57P|57014|25006|25P03|25P04|40|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EMFILE|ENFILE|ENOBUFS)/;
/** What the driver says, without a code, of a connection that it has lost or never got. */
const LOST = /Connection terminated|timeout exceeded when trying to connect|is not queryable|Query read timeout/;

/** SQLSTATE class 22: a value that the database cannot hold or read. */
const UNREADABLE = /^22[0-9A-Z]{3}$/;

/** Whether the database could not make sense of a value that it was given. */
export function isUnreadable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && UNREADABLE.test(code);
}

/** Whether an error says only that the database cannot be reached or has no room at the moment. */
export function isUnavailable(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && TRANSIENT.test(code)) return true;
  if (typeof message === 'string' && LOST.test(message)) return true;
  // Libraries wrap what the socket said.
  return cause !== undefined && cause !== error && isUnavailable(cause);
}
