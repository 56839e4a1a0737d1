import type { AditClient } from './adit-client.js';
import type { OutboxAnswer, OutboxState } from './outbox-state.js';
import { AditProblem } from './problem.js';
import { submitSigned } from './submit-signed.js';

/** A signed event without a final answer. */
export interface PendingEvent {
  id: string;
  event: string;
  state: OutboxState;
  attempts: number;
}

/** What sending changes in a stored event. */
export interface SentChanges {
  state: OutboxState;
  event?: string;
  attempts?: number;
  triedAt?: string;
  answer?: OutboxAnswer;
}

/** Where signed events are stored. */
export interface PendingStore<Entry extends PendingEvent> {
  /** Lists the events without a final answer, in the order of signing. */
  pending(): Promise<Entry[]>;
  /** Stores changes; an event that has a final answer stays unchanged. */
  update(entry: Entry, changes: SentChanges): Promise<void>;
}

/**
 * Sends every pending event once, in the order of signing, and stores each answer. Returns whether some event is still
 * pending, so that this is to be repeated later.
 *
 * A failure that may be of one event alone does not stop the others; a lost connection does.
 */
export async function sendPending<Entry extends PendingEvent>(
  client: AditClient,
  store: PendingStore<Entry>,
  now: () => number = Date.now,
): Promise<boolean> {
  for (const entry of await store.pending()) {
    const state = entry.state === 'waiting' ? 'waiting' : 'sent';
    const tried = { attempts: entry.attempts + 1, triedAt: new Date(now()).toISOString() };
    await store.update(entry, { state, ...tried });
    try {
      const { state: answered, event, answer } = await submitSigned(client, entry.event);
      await store.update(entry, { state: answered, event, answer });
    } catch (error) {
      const detail = error instanceof AditProblem ? error.problem.detail : (error as Error).message;
      await store.update(entry, { state, answer: { detail } });
      if (!(error instanceof AditProblem)) return true;
    }
  }
  return (await store.pending()).length > 0;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** Returns how long to wait after so many failures, ms: twice as long each time, up to a minute. */
export const pauseAfter = (failures: number): number => Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE);
