import { AditError } from '../errors.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { type Checkpoint, openCheckpoint, parseCount, readCheckpoint } from './checkpoint.js';
import { MAX_NOTE_LENGTH, type NoteVerifier, formatNote, parseNote } from './note.js';
import { HASH_BYTES, checkConsistency, emptyRoot, sameHash } from './tree.js';

/** The protocol C2SP tlog-witness, `add-checkpoint`: the log's request to a witness, and the witness's answer. */
export interface Submission {
  /** Size of the checkpoint that, as far as the log knows, the witness cosigned last; 0: none. */
  oldSize: number;
  /** PROOF(oldSize, size) of RFC 6962 §2.1.2. */
  proof: Uint8Array[];
  /** The signed checkpoint, as text. */
  note: string;
}

/** Consistency proof lines of a submission at most (C2SP tlog-witness). */
const MAX_HASHES = 63;
const HASH_LINE = 45;
export const MAX_SUBMISSION_LENGTH = MAX_NOTE_LENGTH + MAX_HASHES * HASH_LINE + 32;
/** Media type of the size in a witness's answer 409. */
export const SIZE_TYPE = 'text/x.tlog.size';

const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

export function formatSubmission({ oldSize, proof, note }: Submission): string {
  return `old ${oldSize}\n${proof.map((hash) => `${encodeBase64(hash)}\n`).join('')}\n${note}`;
}

/** Parses a submission without verifying it. Throws `request-invalid` for every deviation from the format. */
export function parseSubmission(text: string): Submission {
  if (text.length > MAX_SUBMISSION_LENGTH) throw malformed('The submission is longer than any can be.');
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('The submission has no blank line before its checkpoint.');
  const [oldLine = '', ...lines] = text.slice(0, split).split('\n');
  const oldSize = oldLine.startsWith('old ') ? parseCount(oldLine.slice('old '.length)) : null;
  if (oldSize === null) throw malformed('The first line is not "old <size>", or its size is not canonical.');
  if (lines.length > MAX_HASHES) throw malformed(`The submission has more than ${MAX_HASHES} hashes.`);
  const note = text.slice(split + 2);
  readCheckpoint(note);
  return { oldSize, proof: lines.map(parseHash), note };
}

function parseHash(line: string): Uint8Array {
  const hash = decodeBase64(line);
  if (hash?.length !== HASH_BYTES) throw malformed('A hash of the proof is not 32 bytes in base64.');
  return hash;
}

/** A witness's state of a log: the log keys that it trusts, and the checkpoint that it cosigned last. */
export interface WitnessedLog {
  keys: readonly NoteVerifier[];
  /** 0 and the empty root before the first cosignature. */
  size: number;
  root: Uint8Array;
}

/** The decision on a submission, with its HTTP status; `note` is the checkpoint with only the log's own signatures. */
export type Consideration =
  | { status: 200; checkpoint: Checkpoint; text: string; note: string }
  /** `size`: the size that the witness cosigned, if it is not the old size; null: the same size with another root. */
  | { status: 409; detail: string; size: number | null }
  | { status: 400 | 403 | 404 | 422; detail: string };

/**
 * Decides a witness's answer to a submission, in the order of the protocol. The caller must store an accepted
 * checkpoint before it cosigns it, and must not interleave other submissions between this call and the storing.
 */
export function considerSubmission(body: string, logOf: (origin: string) => WitnessedLog | null): Consideration {
  try {
    const submission = parseSubmission(body);
    const log = logOf(readCheckpoint(submission.note).origin);
    if (log === null) return { status: 404, detail: 'This witness does not know the log.' };
    return consider(submission, log);
  } catch (error) {
    if (error instanceof AditError) return { status: 400, detail: error.detail };
    throw error;
  }
}

function consider({ oldSize, proof, note }: Submission, log: WitnessedLog): Consideration {
  const opened = openCheckpoint(note, log.keys);
  if (!opened.ok) return { status: 403, detail: opened.detail };
  const { checkpoint, by } = opened;
  if (oldSize > checkpoint.size) return { status: 400, detail: 'The old size is larger than that of the checkpoint.' };
  if (oldSize !== log.size)
    return { status: 409, detail: `This witness has cosigned ${log.size} entries.`, size: log.size };
  if (isContradicted(checkpoint, proof, log))
    return { status: 409, detail: 'This witness has cosigned another log of the same size.', size: null };
  if (!extendsLog(checkpoint, proof, log))
    return { status: 422, detail: 'The proof does not show that this log continues the one that was cosigned.' };
  const { text, signatures } = parseNote(note);
  const own = signatures.filter((each) => by.some(({ name, keyId }) => name === each.name && keyId === each.keyId));
  return { status: 200, checkpoint, text, note: formatNote(text, own) };
}

/** Returns whether the log shows another root for the cosigned size; a proof that does not verify is another case. */
const isContradicted = ({ size, root }: Checkpoint, proof: readonly Uint8Array[], log: WitnessedLog): boolean =>
  size === log.size && size > 0 && proof.length === 0 && !sameHash(root, log.root);

function extendsLog({ size, root }: Checkpoint, proof: readonly Uint8Array[], log: WitnessedLog): boolean {
  if (size === log.size) return proof.length === 0 && sameHash(root, log.size === 0 ? emptyRoot() : log.root);
  if (log.size === 0) return proof.length === 0;
  return checkConsistency(log.size, size, proof, log.root, root);
}
