import { AditError } from '../../core/errors.js';
import { parseCheckpoint } from '../../core/log/checkpoint.js';
import { type NoteVerifier, openNote, parseVkey } from '../../core/log/note.js';
import { verifyEd25519 } from '../../platform/verify-signature.js';
import type { Queryable } from '../database/rows.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';

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

function openStored(note: string | null, logKeys: readonly NoteVerifier[]): StoredCheckpoint['note'] {
  if (note === null) return 'none';
  try {
    const opened = openNote(note, logKeys, verifyEd25519);
    if (!opened.ok) return 'invalid';
    const { size, root } = parseCheckpoint(opened.text);
    return { size, root };
  } catch (error) {
    if (error instanceof AditError) return 'invalid';
    throw error;
  }
}

/** Checkpoints whose signatures are checked in one go: what else its thread has to do waits so long. */
const PIECE = 256;

/**
 * The stored checkpoints in order.
 * @param own the log keys that this service has, from outside the database. Those that were in force before stand in the
 * log, and whether the database says of them what the log says a replay shows.
 * @param after a size; only what is larger is read. @param rest is called between pieces.
 */
export async function readCheckpoints(
  db: Queryable,
  own: readonly string[],
  after = -1,
  rest?: () => Promise<void>,
): Promise<StoredCheckpoint[]> {
  const declared = (await loadLedgerInfo(db))?.logKeys.map(({ vkey }) => vkey) ?? [];
  const keys = [...new Set([...own, ...declared])].flatMap(readable);
  const found: StoredCheckpoint[] = [];
  for (;;) {
    const { rows } = await db.query<{ size: number; root: Buffer; note: string | null }>(
      'SELECT size, root, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2',
      [found.at(-1)?.size ?? after, PIECE],
    );
    for (const { size, root, note } of rows) found.push({ size, root, note: openStored(note, keys) });
    if (rows.length < PIECE) return found;
    await rest?.();
  }
}

/** What somebody wrote into the database in place of a key is none. */
function readable(vkey: string): NoteVerifier[] {
  try {
    return [parseVkey(vkey)];
  } catch (error) {
    if (error instanceof AditError) return [];
    throw error;
  }
}

export async function readLogState(db: Queryable): Promise<LogStateRow | null> {
  const { rows } = await db.query<{ size: number; root: Buffer; epoch: number }>(
    'SELECT size, root, epoch FROM log_state',
  );
  return rows[0] ?? null;
}
