import { readEventText } from '../../../client/event-text.js';
import { type Draft, chainLots, seenIn, signDraft } from '../../../client/record-event.js';
import { isSettled } from '../../../client/outbox-state.js';
import { newestOf } from '../../../client/submit-signed.js';
import { signerFromKept } from '../../../core/event/signer.js';
import { keptKey } from './actor-key.js';
import { type KnownLedger, type OutboxEntry, database, outboxEntries } from './database.js';
import { storeSigned, whenOutboxChanges } from './outbox.js';
import { sendOutbox } from './sender.js';
import { session, sessionClient } from './session.js';

/** An event as a page composes it, with the names of its lots for people. */
export type PageDraft = Omit<Draft, 'iss'> & { called?: string[] };

/** This browser does not keep the key of the actor who is signed in. */
export class NoKeyHere extends Error {
  constructor() {
    super('The key of the actor is not in this browser.');
    this.name = 'NoKeyHere';
  }
}

/** Returns the ledger and its newest checkpoint; those of its last answer where it cannot be reached. */
async function ledgerNow(): Promise<KnownLedger> {
  try {
    const [{ origin }, checkpoint] = await Promise.all([
      sessionClient.ledger(),
      sessionClient.checkpoint().catch(() => null),
    ]);
    await (await database()).put('ledgers', { origin, checkpoint }, location.origin);
    return { origin, checkpoint };
  } catch (error) {
    const known = await (await database()).get('ledgers', location.origin);
    if (known === undefined) throw error;
    return known;
  }
}

/**
 * Signs events in the name of the actor who is signed in, stores them and begins to send them. Missing `prev` of lots are
 * filled with the newest events of their chains, those of this browser included.
 *
 * Throws `NoKeyHere`, `AlreadySigned`, an `AditError` for what would be refused anyway, and `QuotaExceededError`; then
 * nothing is stored or sent.
 */
export async function signEvents(drafts: readonly PageDraft[]): Promise<OutboxEntry[]> {
  const [kept, { origin, checkpoint }, who] = await Promise.all([keptKey(), ledgerNow(), session().catch(() => null)]);
  if (kept === undefined || (who !== null && who.actor !== kept.actor)) throw new NoKeyHere();
  void navigator.storage.persist();
  const pending = (await outboxEntries()).filter(({ state, log }) => !isSettled(state) && log === origin);
  const before = pending.map(({ event }) => readEventText(event));
  const headOf = async (lot: string): Promise<string> => newestOf(lot, before) ?? (await sessionClient.lot(lot)).head;
  const signer = signerFromKept(kept);
  const signed = [];
  for (const { called = [], ...draft } of drafts) {
    const seen = checkpoint === null ? {} : { seen: seenIn(checkpoint) };
    const body = await chainLots(draft, headOf);
    const { id, event } = await signDraft(origin, { ...draft, iss: kept.actor, body: { ...seen, ...body } }, signer);
    before.push(readEventText(event));
    signed.push({ id, log: origin, type: draft.type, iss: kept.actor, event, called });
  }
  const stored = await storeSigned(signed);
  sendOutbox();
  return stored;
}

/** Waits until the ledger has answered an event of the outbox: accepted, refused, or waiting for its parent. */
export function answerTo(id: string): Promise<OutboxEntry> {
  return new Promise((resolve) => {
    const look = async (): Promise<void> => {
      const entry = (await outboxEntries()).find((each) => each.id === id);
      if (entry === undefined || !(isSettled(entry.state) || entry.state === 'waiting')) return;
      end();
      resolve(entry);
    };
    const end = whenOutboxChanges(() => void look());
    void look();
  });
}
