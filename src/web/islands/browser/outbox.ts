import type { PendingStore, SentChanges } from '../../../client/send-pending.js';
import { isSettled } from '../../../client/outbox-state.js';
import { hasSuccessor } from '../../../client/submit-signed.js';
import { readEventText } from '../../../client/event-text.js';
import { type OutboxEntry, database, outboxEntries } from './database.js';

export type NewEntry = Pick<OutboxEntry, 'id' | 'log' | 'type' | 'iss' | 'event' | 'called'>;

/** Answered events that are kept; older ones are in the ledger. */
const KEPT_ANSWERS = 500;

/** A lot of a new event was moved on already by an event of this browser. */
export class AlreadySigned extends Error {
  constructor(readonly lot: string) {
    super(`An event on the lot ${lot} was signed before.`);
    this.name = 'AlreadySigned';
  }
}

/** What happened to the outbox: events were signed, or answered, tried or removed. */
type Change = 'signed' | 'changed';

const changes = new BroadcastChannel('adit-outbox');
const listeners = new Set<(change: Change) => void>();

changes.addEventListener('message', ({ data }: MessageEvent<Change>) => notify(data));

function notify(change: Change): void {
  for (const listener of listeners) listener(change);
}

function announce(change: Change): void {
  changes.postMessage(change);
  notify(change);
}

/** Calls a function whenever a page of this browser changes the outbox. Returns how to end that. */
export function whenOutboxChanges(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Stores signed events, all or none, before any is sent. Throws `AlreadySigned` if another page of this browser has signed a
 * successor of the same event of a lot, and `QuotaExceededError` if there is no room.
 */
export async function storeSigned(entries: readonly NewEntry[]): Promise<OutboxEntry[]> {
  const transaction = (await database()).transaction('outbox', 'readwrite', { durability: 'strict' });
  try {
    const known = await transaction.store.getAll();
    const answered = known.filter(({ state }) => state === 'accepted');
    for (const { sequence } of answered.slice(0, -KEPT_ANSWERS)) await transaction.store.delete(sequence);
    const standing = known.filter(({ state }) => state !== 'refused');
    const stored: OutboxEntry[] = [];
    for (const entry of entries) {
      refuseTaken(entry, [...standing, ...stored]);
      const value = { ...entry, state: 'signed' as const, savedAt: new Date().toISOString(), attempts: 0 };
      const whole = { ...value, triedAt: null, answer: null };
      const sequence = await transaction.store.add(whole as unknown as OutboxEntry);
      stored.push({ ...whole, sequence });
    }
    await transaction.done;
    announce('signed');
    return stored;
  } catch (error) {
    // What was added before the failure is not to be stored.
    if (transaction.error === null) transaction.abort();
    await transaction.done.catch(() => null);
    throw error;
  }
}

/** Throws if another event follows the same event of a lot. */
function refuseTaken({ event }: NewEntry, others: readonly OutboxEntry[]): void {
  const taken = readEventText(event).extended.find(({ lot, prev }) => hasSuccessor(others, lot, prev));
  if (taken !== undefined) throw new AlreadySigned(taken.lot);
}

/** Removes a refused event. One without a final answer always stays. */
export async function removeRefused(sequence: number): Promise<void> {
  const transaction = (await database()).transaction('outbox', 'readwrite');
  if ((await transaction.store.get(sequence))?.state === 'refused') await transaction.store.delete(sequence);
  await transaction.done;
  announce('changed');
}

/** The outbox as the sender reads and writes it. */
export const outboxStore: PendingStore<OutboxEntry> = {
  pending: async () => (await outboxEntries()).filter(({ state }) => !isSettled(state)),

  async update({ sequence }: OutboxEntry, changed: SentChanges): Promise<void> {
    const transaction = (await database()).transaction('outbox', 'readwrite');
    const present = await transaction.store.get(sequence);
    if (present !== undefined && !isSettled(present.state)) await transaction.store.put({ ...present, ...changed });
    await transaction.done;
    announce('changed');
  },
};
