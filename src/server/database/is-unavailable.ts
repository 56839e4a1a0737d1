/** SQLSTATE classes and codes, and socket errors, that mean "not now" rather than "not so". */
const TRANSIENT = /^(08|53|57P|25P03|40|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;
/** What the driver says, without a code, of a connection that it has lost or never got. */
const LOST = /Connection terminated|timeout exceeded when trying to connect|is not queryable/;

/** SQLSTATE class 22: a value that the database cannot hold or read. */
const UNREADABLE = /^22[0-9A-Z]{3}$/;

/** Whether the database could not make sense of a value that it was given. */
export function isUnreadable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && UNREADABLE.test(code);
}

/** Whether an error says only that the database cannot be reached or has no room at the moment. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && TRANSIENT.test(code)) return true;
  return typeof message === 'string' && LOST.test(message);
}
