import { sameHash } from '../../../../core/log/tree.js';
import { AditError } from '../../../../core/errors.js';
import { parseCheckpoint } from '../../../../core/log/checkpoint.js';
import { type NoteVerifier, openNote, parseVkey } from '../../../../core/log/note.js';
import { verifyEd25519 } from '../../../../platform/verify-signature.js';
import type { Queryable } from '../../../database/rows.js';
import { logKeysIn } from '../../../registry/registry-rows.js';

/** A stored checkpoint: its row, and its signed note (null: not signed, or not by the log's key). */
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

/** Result of comparing the log's checkpoints with the recomputed tree. */
export interface CheckedCheckpoints {
  /** Number of rows for sizes above 0: one for each commit. */
  commits: number;
  /** The largest size whose row and signed note agree; 0: none. */
  signed: number;
  /** Checkpoints that differ from the entries or cannot be compared with them, in order. */
  doubtful: DoubtfulCheckpoint[];
}

interface DoubtfulCheckpoint extends StoredCheckpoint {
  /** Size of the checkpoint before it with a known root; 0: it is the first. */
  before: number;
}

/** Checkpoints whose signatures are verified at once; the thread is blocked that long. */
const PIECE = 256;

/**
 * Compares checkpoints, in order, with the roots of the entries. A busy log has one for each commit; only doubtful ones
 * stay in memory, so that it does not grow with the log.
 */
export class HeldCheckpoints {
  readonly result: CheckedCheckpoints = { commits: 0, signed: 0, doubtful: [] };
  private before = 0;

  /** @param rootAt returns the root of the entries at a size, if known. */
  constructor(readonly rootAt: (size: number) => Uint8Array | undefined) {}

  add(checkpoint: StoredCheckpoint): void {
    const { size, root, note } = checkpoint;
    if (size > 0) this.result.commits += 1;
    const signed = typeof note === 'object' && note.size === size;
    if (signed) this.result.signed = Math.max(this.result.signed, size);
    const recomputed = this.rootAt(size);
    const agrees = recomputed !== undefined && sameHash(root, recomputed);
    if (!agrees || !(note === 'none' || (signed && sameHash(note.root, recomputed))))
      // Copied, because the row's bytes are part of a large buffer of the driver.
      this.result.doubtful.push({ ...checkpoint, root: Buffer.from(root), before: this.before });
    if (recomputed !== undefined) this.before = size;
  }
}

/** Reads the stored checkpoints and compares them with the recomputed tree. */
export class CheckCheckpoints {
  private readonly held: HeldCheckpoints;
  /** The size up to which checkpoints have been read. */
  private read = -1;

  /**
   * @param own the service's log keys, from outside the database. Former keys are in the log; the replay shows whether
   * the database agrees with it.
   */
  constructor(
    private readonly own: readonly string[],
    rootAt: (size: number) => Uint8Array | undefined,
  ) {
    this.held = new HeldCheckpoints(rootAt);
  }

  /**
   * Reads up to the first unsigned checkpoint; these never change and need no snapshot.
   * @param rest is called between pieces.
   */
  async advance(db: Queryable, rest?: () => Promise<void>): Promise<void> {
    await this.readOn(db, rest ?? (() => Promise.resolve()), true);
  }

  /** Reads the rest in the snapshot of `db`; returns the result for all. */
  async finish(db: Queryable): Promise<CheckedCheckpoints> {
    await this.readOn(db, () => Promise.resolve(), false);
    return this.held.result;
  }

  private async readOn(db: Queryable, rest: () => Promise<void>, signedOnly: boolean): Promise<void> {
    const keys = [...new Set([...this.own, ...(await declaredKeys(db))])].flatMap(readable);
    for (;;) {
      const { rows } = await db.query<{ size: number; root: Buffer; note: string | null }>(
        'SELECT size, root, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2',
        [this.read, PIECE],
      );
      for (const { size, root, note } of rows) {
        const opened = openStored(note, keys);
        if (signedOnly && (opened === 'none' || this.held.rootAt(size) === undefined)) return;
        this.held.add({ size, root, note: opened });
        this.read = size;
      }
      if (rows.length < PIECE) return;
      await rest();
    }
  }
}

/** Returns the log keys of the stored row, as far as they are well-formed: the audit goes on without the others. */
async function declaredKeys(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ log_keys: unknown }>('SELECT log_keys FROM ledger_info');
  return rows.flatMap(({ log_keys: stored }) => logKeysIn(stored)).map(({ vkey }) => vkey);
}

/** Ignores rows that are not valid keys, because a superuser of the database may have changed them. */
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
