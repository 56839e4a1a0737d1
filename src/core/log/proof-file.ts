import { AditError } from '../errors.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { type Checkpoint, type CheckpointFailure, openCheckpoint, parseCount, readCheckpoint } from './checkpoint.js';
import { MAX_NOTE_LENGTH, type NoteVerifier } from './note.js';
import { HASH_BYTES, checkInclusion } from './tree.js';

/** C2SP tlog-proof: an entry's index, its inclusion proof and the signed checkpoint, in one text that needs no network. */
export interface TlogProof {
  /** Position of the entry in the log, from 0. */
  index: number;
  /** 32-byte hashes from the leaf's sibling to just below the root (RFC 6962 §2.1.1). */
  proof: Uint8Array[];
  /** The signed checkpoint, as text. */
  checkpoint: string;
}

/** `not-included`: the checkpoint is valid, and the proof does not show the entry in it. */
type ProofFailure = CheckpointFailure | 'not-included';

export type CheckedProof =
  | { ok: true; index: number; checkpoint: Checkpoint; by: NoteVerifier[] }
  | { ok: false; reason: ProofFailure; detail: string };

const HEADER = 'c2sp.org/tlog-proof@v1';
/** Length of a proof at most: a path in a tree of fewer than 2^53 leaves. */
const MAX_HASHES = 53;
const MAX_EXTRA_LENGTH = 64 * 1024;
const MAX_LENGTH = MAX_NOTE_LENGTH + MAX_EXTRA_LENGTH + 4096;

const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

export const formatTlogProof = ({ checkpoint, ...proved }: TlogProof): string => proofFormatter(checkpoint)(proved);

/** Returns what formats proofs under one checkpoint, and encodes each hash that they share once. */
export function proofFormatter(checkpoint: string): (proved: Omit<TlogProof, 'checkpoint'>) => string {
  const lines = new Map<Uint8Array, string>();
  const lineOf = (hash: Uint8Array): string => {
    const known = lines.get(hash);
    if (known !== undefined) return known;
    const line = `${encodeBase64(hash)}\n`;
    lines.set(hash, line);
    return line;
  };
  return ({ index, proof }) => `${HEADER}\nindex ${index}\n${proof.map(lineOf).join('')}\n${checkpoint}`;
}

/**
 * Parses a proof without verifying it. Checks the form of the `extra` line, which is unauthenticated and which Adit
 * never writes, and drops it. Throws `request-invalid` for every deviation from the format.
 */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > MAX_LENGTH) throw malformed(`The proof is longer than ${MAX_LENGTH} characters.`);
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('The proof has no blank line before its checkpoint.');
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw malformed(`The proof does not begin with ${HEADER}.`);
  if (lines[0]?.startsWith('extra ')) requireExtra(lines.shift() ?? '');
  const [indexLine = '', ...hashLines] = lines;
  const index = indexLine.startsWith('index ') ? parseCount(indexLine.slice('index '.length)) : null;
  if (index === null) throw malformed('The line "index <number>" is missing, or its number is not canonical.');
  if (hashLines.length > MAX_HASHES) throw malformed(`The proof has more than ${MAX_HASHES} hashes.`);
  const checkpoint = text.slice(split + 2);
  readCheckpoint(checkpoint);
  return { index, proof: hashLines.map(parseHash), checkpoint };
}

function requireExtra(line: string): void {
  const extra = line.slice('extra '.length);
  if (extra === '' || extra.length > MAX_EXTRA_LENGTH || decodeBase64(extra) === null)
    throw malformed('The extra line of the proof is not base64.');
}

function parseHash(line: string): Uint8Array {
  const hash = decodeBase64(line);
  if (hash?.length !== HASH_BYTES) throw malformed('A hash of the proof is not 32 bytes in base64.');
  return hash;
}

/**
 * Verifies that the entry with leaf hash `leaf` is in the log, under a checkpoint that trusted keys signed.
 * @param keys the reader's own keys of this log (and of witnesses); keys that the proof names are never trusted
 */
export function checkTlogProof(text: string, leaf: Uint8Array, keys: readonly (string | NoteVerifier)[]): CheckedProof {
  const { index, proof, checkpoint: note } = parseTlogProof(text);
  const opened = openCheckpoint(note, keys);
  if (!opened.ok) return opened;
  const { checkpoint, by } = opened;
  if (!checkInclusion(leaf, index, checkpoint.size, proof, checkpoint.root))
    return { ok: false, reason: 'not-included', detail: `The entry is not at ${index} under this checkpoint.` };
  return { ok: true, index, checkpoint, by };
}
