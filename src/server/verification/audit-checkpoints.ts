import { createPublicKey, verify } from 'node:crypto';
import { AditError } from '../../core/errors.js';
import { parseCheckpoint } from '../../core/log/checkpoint.js';
import { type Ed25519Verify, type NoteVerifier, openNote, parseVkey } from '../../core/log/note.js';
import type { Queryable } from '../database/rows.js';

/** A stored checkpoint: what its row says, and what its signed note says (null: not signed, or not by the log's key). */
export interface StoredCheckpoint {
  size: number;
  root: Buffer;
  note: 'none' | 'invalid' | { size: number; root: Uint8Array };
}

export interface LogStateRow {
  size: number;
  root: Buffer;
  epoch: number;
}

/** SubjectPublicKeyInfo of an Ed25519 key before its 32 bytes (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The platform's verifier of one key: the log's own is known to be sound, so the two agree, and this one is fast. */
function verifierOf({ publicKey }: NoteVerifier): Ed25519Verify {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return (signature, message) => verify(null, message, key, signature);
}

function openStored(note: string | null, logKey: NoteVerifier, check: Ed25519Verify): StoredCheckpoint['note'] {
  if (note === null) return 'none';
  try {
    const opened = openNote(note, [logKey], check);
    if (!opened.ok) return 'invalid';
    const { size, root } = parseCheckpoint(opened.text);
    return { size, root };
  } catch (error) {
    if (error instanceof AditError) return 'invalid';
    throw error;
  }
}

/** @param logKey the log's verifier key, from outside the database. */
export async function readCheckpoints(db: Queryable, logKey: string): Promise<StoredCheckpoint[]> {
  const { rows } = await db.query<{ size: number; root: Buffer; note: string | null }>(
    'SELECT size, root, note FROM checkpoints ORDER BY size',
  );
  const key = parseVkey(logKey);
  const check = verifierOf(key);
  return rows.map(({ size, root, note }) => ({ size, root, note: openStored(note, key, check) }));
}

export async function readLogState(db: Queryable): Promise<LogStateRow | null> {
  const { rows } = await db.query<{ size: number; root: Buffer; epoch: number }>(
    'SELECT size, root, epoch FROM log_state',
  );
  return rows[0] ?? null;
}
