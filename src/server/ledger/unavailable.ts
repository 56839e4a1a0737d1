import { AditError } from '../../core/errors.js';
import { isUnavailable } from '../database/is-unavailable.js';

/**
 * Rethrows an error of the database. A lost connection, a full disk or a server that restarts is `overloaded`: the
 * sender keeps its event and sends the same bytes again, and gets the first receipt if the event had been stored.
 */
export function unavailable(error: unknown): never {
  if (isUnavailable(error))
    throw new AditError('overloaded', 'The database cannot be reached at the moment; send the same event again.');
  throw error;
}
