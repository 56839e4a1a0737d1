import { pauseAfter, sendPending } from '../../../client/send-pending.js';
import { outboxStore, whenOutboxChanges } from './outbox.js';
import { submitClient } from './session.js';

/** One page at a time sends; the lock ends with the page, also if that crashes. */
const LOCK = 'adit-sender';

let wake: (() => void) | null = null;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      wake = null;
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    wake = end;
  });

async function sendAll(): Promise<void> {
  for (let failures = 0; await sendPending(submitClient, outboxStore); failures += 1) await pause(pauseAfter(failures));
}

/** Sends what the outbox has, until every event has a final answer; at once where a pause is running. */
export function sendOutbox(): void {
  if (wake !== null) wake();
  else void navigator.locks.request(LOCK, sendAll);
}

addEventListener('online', sendOutbox);
// Another page may have signed while this one pauses.
whenOutboxChanges((change) => {
  if (change === 'signed') wake?.();
});
