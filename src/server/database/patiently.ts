import { isUnavailable } from './is-unavailable.js';

/** How often something is tried, and how long after a failure, ms; each time it waits a little longer. */
const ATTEMPTS = 5;
const PAUSE = 1_000;

/** Thrown where the database did not answer however often it was asked. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
    super(`The database did not answer, though it was asked ${ATTEMPTS} times: ${reason}`, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/**
 * Runs `work`, and again from its beginning where the database does not answer in time: a machine that is busy is given time.
 * @param say is told why it is tried again. @param pause milliseconds after the first failure.
 */
export async function patiently<T>(work: () => Promise<T>, say: (message: string) => void, pause = PAUSE): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt === ATTEMPTS) throw new DatabaseUnavailableError(error);
      say(`The database does not answer (${(error as Error).message}); trying again (${attempt + 1} of ${ATTEMPTS}).`);
      await new Promise((resolve) => setTimeout(resolve, pause * attempt));
    }
  }
}
