import { type LotClaimTexts, readEventText } from '../../../client/event-text.js';
import { type Draft, chainLots, draftClaims, seenIn, signDraft } from '../../../client/record-event.js';
import { isSettled } from '../../../client/outbox-state.js';
import { newestOf } from '../../../client/submit-signed.js';
import type { DryRunAnswer } from '../../../core/api/event.js';
import { signerFromKept } from '../../../core/event/signer.js';
import { keptKey } from './actor-key.js';
import { type ActorKey, type KnownLedger, type OutboxEntry, database, outboxEntries } from './database.js';
import { type NewEntry, storeSigned, whenOutboxChanges } from './outbox.js';
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

/** Events of one dry run at most: composed ones, and signed ones that are not answered, on which they build. */
const MOST_CHECKED = 200;
const MOST_BEFORE = 56;

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

/** Returns the key of the actor who is signed in, and the ledger. Throws `NoKeyHere`. */
async function signingNow(): Promise<{ kept: ActorKey; ledger: KnownLedger }> {
  const [kept, ledger, who] = await Promise.all([keptKey(), ledgerNow(), session().catch(() => null)]);
  if (kept === undefined || (who !== null && who.actor !== kept.actor)) throw new NoKeyHere();
  return { kept, ledger };
}

/** Chains drafts, each after what this browser has signed and not sent, and after those before it. */
async function chained(
  drafts: readonly PageDraft[],
  { kept, ledger: { origin, checkpoint } }: Awaited<ReturnType<typeof signingNow>>,
  make: (draft: Draft) => Promise<LotClaimTexts | null>,
): Promise<void> {
  const pending = (await outboxEntries()).filter(({ state, log }) => !isSettled(state) && log === origin);
  const before = pending.map(({ event }) => readEventText(event));
  const headOf = async (lot: string): Promise<string> => newestOf(lot, before) ?? (await sessionClient.lot(lot)).head;
  for (const { called: _, ...draft } of drafts) {
    const seen = checkpoint === null ? {} : { seen: seenIn(checkpoint) };
    const made = await make({ ...draft, iss: kept.actor, body: { ...seen, ...(await chainLots(draft, headOf)) } });
    if (made !== null) before.push(made);
  }
}

/** Asks the ledger what it would answer to events, none of which is signed. Throws as `signEvents` does. */
export async function checkEvents(drafts: readonly PageDraft[]): Promise<DryRunAnswer[]> {
  const now = await signingNow();
  const claims: Record<string, unknown>[] = [];
  await chained(drafts, now, (draft) => {
    claims.push(draftClaims(now.ledger.origin, draft));
    return Promise.resolve(null);
  });
  const pending = (await outboxEntries()).filter(({ state }) => !isSettled(state)).map(({ event }) => event);
  const before = pending.slice(-MOST_BEFORE);
  const answers: DryRunAnswer[] = [];
  for (let i = 0; i < claims.length; i += MOST_CHECKED) {
    const some = claims.slice(i, i + MOST_CHECKED);
    answers.push(...(await sessionClient.dryRun([...before, ...some])).slice(before.length));
  }
  return answers;
}

/**
 * Signs events in the name of the actor who is signed in, stores them and begins to send them. Missing `prev` of lots are
 * filled with the newest events of their chains, those of this browser included.
 *
 * Throws `NoKeyHere`, `AlreadySigned`, an `AditError` for what would be refused anyway, and `QuotaExceededError`; then
 * nothing is stored or sent.
 */
export async function signEvents(drafts: readonly PageDraft[]): Promise<OutboxEntry[]> {
  const now = await signingNow();
  const { kept, ledger } = now;
  void navigator.storage.persist();
  const signer = signerFromKept(kept);
  const signed: NewEntry[] = [];
  await chained(drafts, now, async (draft) => {
    const { id, event } = await signDraft(ledger.origin, draft, signer);
    const called = drafts[signed.length]?.called ?? [];
    signed.push({ id, log: ledger.origin, type: draft.type, iss: kept.actor, event, called });
    return readEventText(event);
  });
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
