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
  /** Reader that it must name, with a proved presenter; absent: any reader and any presenter. */
  reader?: string | undefined;
  /** Actor that must have made it, proved by its key; absent: any. */
  presenter?: string | undefined;
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
    const { word, reason, event, ...verdict } = await verifyItem(item, keys, how).catch(broken);
    seen = verdict.seen ?? seen;
    if (event !== undefined) events.push(event);
    if (word !== 'VERIFIED') return { word, reason: `event ${i + 1} of ${items.length}: ${reason}`, events, seen };
  }
  return { word: 'VERIFIED', reason: '', events, seen };
}

async function verifyItem(
  { presentation: text, receipt }: Item,
  keys: readonly PublicJwk[],
  { logKeys, policy, seen, ...asked }: Circumstances,
): Promise<ItemVerdict> {
  const presentation = readPresentation(text);
  const presenter = await checkPresenter(presentation, keys, checkSignature);
  const { to, by } = presentation;
  if (asked.reader !== undefined && asked.reader !== to)
    return { word: 'BROKEN', reason: `it was made for ${to}, and not for ${asked.reader}`, seen: null };
  if (asked.presenter !== undefined && asked.presenter !== by)
    return { word: 'BROKEN', reason: `it was made in the name of ${by}, and not of ${asked.presenter}`, seen: null };
  const logged = verifyReceipt(receipt, text, logKeys, seen, policy);
  if (logged.word !== 'VERIFIED') return logged;
  const { origin } = readCheckpoint(parseTlogProof(receipt).checkpoint);
  if (origin !== presentation.event.log)
    return {
      word: 'BROKEN',
      reason: `the event is of ${presentation.event.log}, and its receipt of ${origin}`,
      seen: null,
    };
  const event = { index: logged.index, presentation, presenter };
  // A reader of a presentation can sign it again for another reader: that it was made for one means nothing without its maker.
  const isAsked = asked.reader !== undefined || asked.presenter !== undefined;
  if (isAsked && presenter !== 'signer') return { word: 'INCOMPLETE', reason: notProved(by), seen: logged.seen, event };
  return { word: 'VERIFIED', reason: '', seen: logged.seen, event };
}

const notProved = (by: string): string =>
  `the claims hold, and who shows them is not proved: in the name of ${by}, by a key that is not shown to be that of ${by}`;

/** Whether it is proved who presented all events: one presenter, the signer of each. */
export const isPresenterProved = (events: readonly PresentedEvent[]): boolean =>
  events.length > 0 &&
  events.every(
    ({ presenter, presentation }) => presenter === 'signer' && presentation.by === events[0]?.presentation.by,
  );

function broken(error: unknown): ItemVerdict {
  if (error instanceof AditError) return { word: 'BROKEN', reason: error.message, seen: null };
  throw error;
}
