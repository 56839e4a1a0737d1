import { isUnavailable } from './is-unavailable.js';

/** Attempts at most, and the pause after the first failure, ms; each further pause is longer. */
const ATTEMPTS = 5;
const PAUSE = 1_000;

/** Reports that the database did not answer in all attempts. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
    super(`The database did not answer in ${ATTEMPTS} attempts: ${reason}`, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/**
 * Runs `work`, and retries it from its beginning if the database does not answer in time. The callback receives the
 * reason of each retry.
 * @param pause milliseconds after the first failure.
 */
export async function patiently<T>(work: () => Promise<T>, say: (message: string) => void, pause = PAUSE): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt === ATTEMPTS) throw new DatabaseUnavailableError(error);
      say(`The database does not answer (${(error as Error).message}); retrying (${attempt + 1} of ${ATTEMPTS}).`);
      await new Promise((resolve) => setTimeout(resolve, pause * attempt));
    }
  }
}
