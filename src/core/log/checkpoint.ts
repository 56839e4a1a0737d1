import { AditError } from '../errors.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import {
  type NoteFailure,
  type NoteSigner,
  type NoteVerifier,
  isKeyName,
  openNote,
  parseNote,
  signNote,
} from './note.js';
import { HASH_BYTES, emptyRoot, sameHash } from './tree.js';

export type { NoteSigner } from './note.js';

/** The content of a checkpoint (C2SP tlog-checkpoint): the size and root of a log. */
export interface Checkpoint {
  /** The log's name, which is also the name of its signing key. */
  origin: string;
  /** Entries in the tree. */
  size: number;
  /** The RFC 6962 root over them, 32 bytes. */
  root: Uint8Array;
}

/** `not-signed-by-origin`: trusted keys signed, but none with the log's name. */
export type CheckpointFailure = NoteFailure | 'not-signed-by-origin';

/** Returns whether a failure is no evidence against the checkpoint: the reader has none of the keys that signed it. */
export const isByAnotherKey = (reason: string): boolean =>
  reason === 'no-known-key' || reason === 'not-signed-by-origin';

export type OpenedCheckpoint =
  { ok: true; checkpoint: Checkpoint; by: NoteVerifier[] } | { ok: false; reason: CheckpointFailure; detail: string };

const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

/** Parses a whole number: ASCII decimal without leading zeros, up to 2^53−1; null for any other text. */
export function parseCount(text: string): number | null {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : null;
}

/** Formats the three lines that are signed: origin, size, base64 of the root. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${encodeBase64(root)}\n`;
  parseCheckpoint(text);
  return text;
}

/**
 * Parses the text of a checkpoint, without signatures. Accepts and ignores extension lines, as the format requires.
 * Throws `request-invalid` for leading zeros, base64 that is not canonical, an origin that is no valid key name.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', sizeLine = '', rootLine = ''] = lines;
  if (lines.pop() !== '' || lines.length < 3 || lines.includes(''))
    throw malformed('A checkpoint has three lines, none of them empty: origin, size and root.');
  const size = parseCount(sizeLine);
  const root = decodeBase64(rootLine);
  if (!isKeyName(origin)) throw malformed('The origin of the checkpoint could not be the name of a key.');
  if (size === null) throw malformed('The size of the checkpoint is not a whole number without leading zeros.');
  if (root?.length !== HASH_BYTES) throw malformed('The root of the checkpoint is not 32 bytes in base64.');
  if (size === 0 && !sameHash(root, emptyRoot()))
    throw malformed('The checkpoint is of no entries, and its root is not the SHA-256 of nothing.');
  return { origin, size, root };
}

/** Signs a checkpoint with keys of the log's name: the key in force, and others during a key rotation. */
export function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly NoteSigner[]): string {
  const foreign = signers.find(({ name }) => name !== checkpoint.origin);
  if (foreign !== undefined) throw malformed(`The key of ${foreign.name} does not sign for ${checkpoint.origin}.`);
  return signNote(formatCheckpoint(checkpoint), signers);
}

/** Parses a signed checkpoint without verifying it: for display only. */
export function readCheckpoint(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text);
}

/**
 * Verifies a signed checkpoint against trusted keys. At least one key with the log's name must have signed.
 * @param keys verifier keys of the log and, if the reader trusts any, of witnesses
 */
export function openCheckpoint(note: string, keys: readonly (string | NoteVerifier)[]): OpenedCheckpoint {
  const checkpoint = readCheckpoint(note);
  const opened = openNote(note, keys);
  if (!opened.ok) return opened;
  if (!opened.by.some(({ name }) => name === checkpoint.origin))
    return {
      ok: false,
      reason: 'not-signed-by-origin',
      detail: `This checkpoint is by another key: it is one of ${checkpoint.origin}, and the keys given are of ${opened.by.map(({ name }) => name).join(', ')}.`,
    };
  return { ok: true, checkpoint, by: opened.by };
}
