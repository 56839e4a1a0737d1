import {
  type Presentation,
  type Presenter,
  checkPresenter,
  parsePresentations,
  readPresentation,
} from '../../core/bundle/presentation.js';
import { AditError } from '../../core/errors.js';
import { type PublicJwk, checkSignature } from '../../core/event/keys.js';
import { parseTlogProof } from '../../core/log/proof-file.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import type { Policy } from '../../core/log/policy.js';
import type { CheckpointsSeen, SeenCheckpoints } from './seen-checkpoints.js';
import { verifyReceipt } from './verify-receipt.js';

/** How a presentation is verified. */
interface Circumstances {
  logKeys: readonly string[];
  policy: Policy | null;
  seen: SeenCheckpoints;
  /** Reader that it must have been made for; absent: any. */
  reader?: string | undefined;
}

/** One presented event that is in the log. */
export interface PresentedEvent {
  index: number;
  presentation: Presentation;
  presenter: Presenter;
}

/** The result for a file of presentations: the events that hold, and the first reason why it does not. */
export interface PresentationVerdict {
  word: 'VERIFIED' | 'BROKEN' | 'INCOMPLETE';
  reason: string;
  events: PresentedEvent[];
  seen: CheckpointsSeen | null;
}

type Item = { presentation: string; receipt: string };
type ItemVerdict = Omit<PresentationVerdict, 'events'> & { event?: PresentedEvent };

/**
 * Verifies a file of presentations offline: that each event is in the log, that its signer committed to each disclosed claim,
 * and that the presenter signed exactly this for this reader.
 */
export async function verifyPresentations(text: string, how: Circumstances): Promise<PresentationVerdict> {
  const { items, keys } = parsePresentations(text);
  const events: PresentedEvent[] = [];
  let seen: CheckpointsSeen | null = null;
  for (const [i, item] of items.entries()) {
    const verdict = await verifyItem(item, keys, how).catch(broken);
    seen = verdict.seen ?? seen;
    if (verdict.event === undefined)
      return { word: verdict.word, reason: `event ${i + 1} of ${items.length}: ${verdict.reason}`, events, seen };
    events.push(verdict.event);
  }
  return { word: 'VERIFIED', reason: '', events, seen };
}

async function verifyItem(
  { presentation: text, receipt }: Item,
  keys: readonly PublicJwk[],
  { logKeys, policy, seen, reader }: Circumstances,
): Promise<ItemVerdict> {
  const presentation = readPresentation(text);
  const presenter = await checkPresenter(presentation, keys, checkSignature);
  if (reader !== undefined && reader !== presentation.to)
    return { word: 'BROKEN', reason: `it was made for ${presentation.to}, and not for ${reader}`, seen: null };
  const logged = verifyReceipt(receipt, text, logKeys, seen, policy);
  if (logged.word !== 'VERIFIED') return logged;
  const { origin } = readCheckpoint(parseTlogProof(receipt).checkpoint);
  if (origin !== presentation.event.log)
    return {
      word: 'BROKEN',
      reason: `the event is of ${presentation.event.log}, and its receipt of ${origin}`,
      seen: null,
    };
  return { word: 'VERIFIED', reason: '', seen: logged.seen, event: { index: logged.index, presentation, presenter } };
}

function broken(error: unknown): ItemVerdict {
  if (error instanceof AditError) return { word: 'BROKEN', reason: error.message, seen: null };
  throw error;
}
