import { AditError } from '../../../core/errors.js';
import { isUnavailable } from '../../database/is-unavailable.js';

/**
 * Rethrows an error of the database. A lost connection, a full disk or a restart becomes `overloaded`: the sender
 * retries with the same bytes, and gets the first receipt if the event was stored.
 */
export function unavailable(error: unknown): never {
  if (isUnavailable(error))
    throw new AditError('overloaded', 'The database cannot be reached at the moment; send the same event again.');
  throw error;
}
