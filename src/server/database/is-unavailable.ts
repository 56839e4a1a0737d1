import pg from 'pg';

/** SQLSTATE classes and codes, and socket errors, of a temporary failure. */
const TRANSIENT =
  /^(08|53|57P|57014|25006|25P03|25P04|40|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EMFILE|ENFILE|ENOBUFS)/;
/** The driver's messages without a code about a lost or missing connection. */
const LOST = /Connection terminated|timeout exceeded when trying to connect|is not queryable|Query read timeout/;

/** SQLSTATE class 22: a value that the database cannot store or parse. */
const UNREADABLE = /^22[0-9A-Z]{3}$/;

/** Whether the server of the database reported the error. */
export const isDatabaseError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError;

/** Whether the database could not parse a value of a statement. */
export function isUnreadable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && UNREADABLE.test(code);
}

/** Whether an error means that the database cannot be reached or has no free resources at present. */
export function isUnavailable(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && TRANSIENT.test(code)) return true;
  if (typeof message === 'string' && LOST.test(message)) return true;
  // Libraries wrap the error of the socket.
  return cause !== undefined && cause !== error && isUnavailable(cause);
}
