// Ends the session of this browser, also where its reader signed out while the service could not be reached.

/** Where it is kept that the reader has signed out. */
const ENDING = 'adit-ending';

/** Notes that the reader has signed out, until the service knows. */
export const remindToEnd = (): void => localStorage.setItem(ENDING, '1');

/** Returns whether the reader has signed out and the service may not know. */
export const isEnding = (): boolean => localStorage.getItem(ENDING) !== null;

/** Forgets that the reader has signed out: the session has ended, or a new one has begun. */
export const forgetEnding = (): void => localStorage.removeItem(ENDING);

/** Ends the session at the service. Returns whether it has ended. */
export async function endSession(): Promise<boolean> {
  try {
    const { ok, status } = await fetch('/v1/session', { method: 'DELETE' });
    if (!ok && status !== 401) return false;
  } catch {
    return false;
  }
  forgetEnding();
  return true;
}
