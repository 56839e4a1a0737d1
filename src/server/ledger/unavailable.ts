import { AditError } from '../../core/errors.js';

/** SQLSTATE classes and codes, and socket errors, that mean "not now" rather than "not so". */
const TRANSIENT = /^(08|53|57P|25P03|40|55P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;

/**
 * Rethrows an error of the database. A lost connection, a full disk or a server that restarts is `overloaded`: the
 * sender keeps its event and sends the same bytes again, and gets the first receipt if the event had been stored.
 */
export function unavailable(error: unknown): never {
  if (error instanceof AditError) throw error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const lost =
    typeof message === 'string' && /Connection terminated|timeout exceeded when trying to connect/.test(message);
  if (lost || (typeof code === 'string' && TRANSIENT.test(code)))
    throw new AditError('overloaded', 'The database cannot be reached at the moment; send the same event again.');
  throw error;
}
