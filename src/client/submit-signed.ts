import type { ErrorCode } from '../core/errors.js';
import type { AditClient } from './adit-client.js';
import { type LotClaimTexts, readEventText, withLoggedSignature } from './event-text.js';
import type { OutboxAnswer, OutboxState } from './outbox-state.js';
import { AditProblem } from './problem.js';

/** Codes that do not concern the event: it may be sent again unchanged. */
const NOT_OF_THE_EVENT = new Set<ErrorCode>([
  'request-invalid',
  'request-too-large',
  'rate-limited',
  'not-found',
  'overloaded',
  'log-halted',
  'internal',
  'ledger-not-open',
]);

/** A signed event after it was sent, with its refusal, if any. */
export interface Submitted {
  state: Exclude<OutboxState, 'signed' | 'sent'>;
  /** Its text, with the signature that the ledger has logged. */
  event: string;
  answer: OutboxAnswer;
  /** Whether the ledger had the event already. */
  repeated: boolean;
  refusedBy?: AditProblem;
}

/**
 * Sends a signed event unchanged, as often as is necessary: its id is its hash, so the ledger records it once. Throws if
 * there is no answer, or one that does not concern the event.
 */
export async function submitSigned(client: AditClient, event: string): Promise<Submitted> {
  try {
    const answer = await client.submit(event);
    if (answer.status === 'waiting')
      return { state: 'waiting', event, answer: { missing: answer.missing }, repeated: false };
    const { index, receipt, status } = answer;
    const logged = answer.event === undefined ? event : withLoggedSignature(event, answer.event);
    return { state: 'accepted', event: logged, answer: { index, receipt }, repeated: status === 'duplicate' };
  } catch (error) {
    if (!(error instanceof AditProblem) || NOT_OF_THE_EVENT.has(error.code)) throw error;
    const { code, problem } = error;
    return {
      state: 'refused',
      event,
      answer: { code, detail: problem.detail },
      repeated: false,
      refusedBy: error,
    };
  }
}

/** A stored event, by its id. */
interface StoredText {
  id: string;
  event: string;
}

/** Lists the pending events that an event follows, in the order of `all`. */
export function parentsAmong<Entry extends StoredText>(
  all: readonly Entry[],
  event: Pick<LotClaimTexts, 'extended'>,
): Entry[] {
  const pending = new Map(all.map((each) => [each.id, each]));
  const wanted = new Set<string>();
  const follow = ({ extended }: Pick<LotClaimTexts, 'extended'>): void => {
    for (const { prev } of extended) {
      const parent = pending.get(prev);
      if (parent === undefined || wanted.has(prev)) continue;
      wanted.add(prev);
      follow(readEventText(parent.event));
    }
  };
  follow(event);
  return all.filter(({ id }) => wanted.has(id));
}

/** Returns the newest of these events on the chain of a lot. */
export const newestOf = (lot: string, events: readonly LotClaimTexts[]): string | undefined =>
  events.findLast(
    ({ born, extended }) => extended.some((each) => each.lot === lot) || born.some((each) => each.lot === lot),
  )?.id;

/** Whether one of these events is a successor of the same event of a lot. */
export const hasSuccessor = (events: readonly StoredText[], lot: string, prev: string): boolean =>
  events.some(({ event }) => readEventText(event).extended.some((each) => each.lot === lot && each.prev === prev));
