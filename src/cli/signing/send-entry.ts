import type { AditClient } from '../../client/adit-client.js';
import { AditProblem, NoAnswer } from '../../client/problem.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { type LotClaimTexts, readEventText } from '../../client/event-text.js';
import { parentsAmong, submitSigned } from '../../client/submit-signed.js';
import type { Outbox, OutboxEntry } from './outbox.js';

/** An entry after it was sent, with its refusal, if any. */
export interface SendResult {
  entry: OutboxEntry;
  refusedBy?: AditProblem;
  /** Whether the ledger had the event already. */
  repeated: boolean;
}

/**
 * Sends an event of the outbox unchanged and records the answer. Throws if there is none, or one that does not concern
 * the event; the entry then stays `sent`.
 */
export async function sendEntry(client: AditClient, outbox: Outbox, entry: OutboxEntry): Promise<SendResult> {
  const trying = { attempts: entry.attempts + 1, triedAt: new Date().toISOString() };
  const state = entry.state === 'waiting' ? 'waiting' : 'sent';
  const tried = outbox.update(entry, { ...trying, state });
  const { state: answered, event, answer, repeated, refusedBy } = await submitSigned(client, entry.event);
  const settled = outbox.update(tried, { state: answered, event, answer });
  return { entry: settled, repeated, ...(refusedBy === undefined ? {} : { refusedBy }) };
}

/** Lists the pending events that a signed event follows, oldest first. */
export const pendingParents = (outbox: Outbox, event: Pick<LotClaimTexts, 'extended'>): OutboxEntry[] =>
  parentsAmong(outbox.pending(), event);

/** Sends the pending parents of an entry, oldest first. Throws if one is refused. */
export async function sendParents(client: AditClient, outbox: Outbox, entry: OutboxEntry): Promise<OutboxEntry[]> {
  const sent: OutboxEntry[] = [];
  for (const parent of pendingParents(outbox, readEventText(entry.event))) {
    const { entry: answered, refusedBy } = await sendEntry(client, outbox, parent);
    if (refusedBy !== undefined) throw followsRefused(entry, parent, refusedBy);
    sent.push(answered);
  }
  return sent;
}

const followsRefused = (entry: OutboxEntry, parent: OutboxEntry, { code, problem }: AditProblem): CommandError =>
  new CommandError(
    `Not sent: it follows ${parent.type} ${parent.id}, which the ledger refused (${code}): ${problem.detail}`,
    `Take it back with "adit outbox drop ${entry.id.slice(0, 8)}", and record both again.`,
    problem.status === 403 ? EXIT.notAllowed : EXIT.error,
  );

/** Returns the error for an event without an answer; it states that the event is saved. */
export function unanswered(error: unknown, { id }: OutboxEntry): unknown {
  const kept = `The signed event ${id.slice(0, 8)} is saved. To send it as it is, run the same command again, or "adit outbox send": sent twice, it is recorded once.`;
  if (error instanceof NoAnswer)
    return new CommandError(
      error.kind === 'cut' ? `${error.message} It may have been recorded, or not.` : error.message,
      error.kind === 'unreachable' ? `Is the ledger running? ${kept}` : kept,
    );
  if (error instanceof AditProblem)
    return new CommandError(`The ledger cannot take it now (${error.code}): ${error.problem.detail}`, kept);
  return error;
}
