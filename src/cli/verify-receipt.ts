import { eventId } from '../core/event/ids.js';
import { sameHash, leafHash } from '../core/log/tree.js';
import { checkTlogProof, parseTlogProof } from '../core/log/proof-file.js';
import { readCheckpoint } from '../core/log/checkpoint.js';
import { encodeBase64 } from '../core/log/base64.js';

/** The newest checkpoint seen of each log, kept between runs: an older or other one is then noticed. */
export interface SeenCheckpoints {
  [logKey: string]: { size: number; root: string; note: string };
}

export type ReceiptVerdict =
  | { word: 'VERIFIED'; index: number; size: number; id: string; seen: SeenCheckpoints }
  | { word: 'BROKEN'; reason: string }
  | { word: 'INCOMPLETE'; reason: string };

/**
 * Checks a receipt against its event and a pinned log key, without any network. Of the same size a log has one root:
 * two of them, both signed, are proof of a fork. Unpinned, nothing is decided.
 */
export function verifyReceipt(
  receipt: string,
  event: string,
  logKey: string | null,
  seen: SeenCheckpoints,
): ReceiptVerdict {
  if (logKey === null)
    return { word: 'INCOMPLETE', reason: 'no log key is pinned, so anybody could have signed this (--log-key)' };
  const [jws = ''] = event.trim().split('~');
  const checked = checkTlogProof(receipt, leafHash(jws), [logKey]);
  if (!checked.ok) return { word: 'BROKEN', reason: `${checked.reason}: ${checked.detail}` };
  const { index, checkpoint: note } = parseTlogProof(receipt);
  const { size, root } = readCheckpoint(note);
  const known = seen[logKey];
  if (known !== undefined && known.size === size && known.root !== encodeBase64(root))
    return { word: 'BROKEN', reason: `the log has signed two different trees of ${size} entries; keep both receipts` };
  const newest = known !== undefined && known.size >= size ? known : { size, root: encodeBase64(root), note };
  const id = eventId(jws.slice(0, jws.lastIndexOf('.')));
  return { word: 'VERIFIED', index, size, id, seen: { ...seen, [logKey]: newest } };
}

/** Whether a checkpoint that a server shows now is older than, or another than, one that was seen. */
export function checkNotOlder(note: string, logKey: string, seen: SeenCheckpoints): string | null {
  const known = seen[logKey];
  if (known === undefined) return null;
  const { size, root } = readCheckpoint(note);
  if (size < known.size) return `the server shows a log of ${size} entries, and one of ${known.size} was seen before`;
  const known32 = readCheckpoint(known.note).root;
  if (size === known.size && !sameHash(root, known32))
    return `the server shows another log of ${size} entries than was seen before`;
  return null;
}
