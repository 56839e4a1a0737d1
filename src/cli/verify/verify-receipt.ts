import { eventId } from '../../core/event/ids.js';
import { leafHash } from '../../core/log/tree.js';
import { checkTlogProof, parseTlogProof } from '../../core/log/proof-file.js';
import { isByAnotherKey, readCheckpoint } from '../../core/log/checkpoint.js';
import { type Policy, failedCosignature } from '../../core/log/policy.js';
import { witnessing } from './verify-bundle.js';
import { type CheckpointsSeen, type SeenCheckpoints, compareWithSeen } from './seen-checkpoints.js';

export type ReceiptVerdict =
  | { word: 'VERIFIED'; index: number; size: number; id: string; seen: CheckpointsSeen }
  | { word: 'BROKEN'; reason: string; seen: CheckpointsSeen | null }
  | { word: 'INCOMPLETE'; reason: string; seen: CheckpointsSeen | null };

/**
 * Verifies a receipt with its event and the pinned log keys, offline. Two signed roots of one size prove a fork. A
 * receipt older than the seen checkpoints is normal. Without pinned keys, with another key, or with too few of the
 * policy's witnesses, the result is undecided.
 */
export function verifyReceipt(
  receipt: string,
  event: string,
  logKeys: readonly string[],
  seen: SeenCheckpoints,
  policy: Policy | null = null,
): ReceiptVerdict {
  if (logKeys.length === 0)
    return {
      word: 'INCOMPLETE',
      reason: 'no log key is pinned, so any key could have signed this (--log-key)',
      seen: null,
    };
  const [jws = ''] = event.trim().split('~');
  const checked = checkTlogProof(receipt, leafHash(jws), [...logKeys]);
  if (!checked.ok) {
    const word = isByAnotherKey(checked.reason) ? 'INCOMPLETE' : 'BROKEN';
    return { word, reason: `${checked.reason}: ${checked.detail}`, seen: null };
  }
  const { index, checkpoint: note } = parseTlogProof(receipt);
  const { size } = readCheckpoint(note);
  const failed = policy?.wantsWitnesses === true ? failedCosignature(note, policy) : null;
  if (failed !== null) return { word: 'BROKEN', reason: failed, seen: null };
  const witnessed = witnessing(note, policy);
  const compared = compareWithSeen(note, logKeys, seen, witnessed);
  if (compared.fork) return { word: 'BROKEN', reason: compared.detail, seen: compared };
  if (!witnessed.counts)
    return {
      word: 'INCOMPLETE',
      reason: 'too few of the witnesses whom the policy names have cosigned the checkpoint of this receipt',
      seen: compared,
    };
  return { word: 'VERIFIED', index, size, id: eventId(jws.slice(0, jws.lastIndexOf('.'))), seen: compared };
}
