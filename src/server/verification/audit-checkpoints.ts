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

/** What the checkpoints of the log come to, held against the recomputed tree. */
export interface CheckedCheckpoints {
  /** Rows for sizes above 0, whatever they say: one for each commit. */
  commits: number;
  /** The largest size of which row and signed note agree; 0: none. */
  signed: number;
  /** Those that are not what the entries give, or that cannot be held against them, in order. */
  doubtful: DoubtfulCheckpoint[];
}

export interface DoubtfulCheckpoint extends StoredCheckpoint {
  /** The size of the checkpoint before it for which there is a root; 0: it is the first. */
  before: number;
}

/** Checkpoints whose signatures are checked in one go: what else its thread has to do waits so long. */
const PIECE = 256;

/**
 * Holds checkpoints, in order, against the roots that the entries give. A busy log has one for each commit: those that are
 * as they must be are counted and let go, so that memory does not grow with the log.
 */
export class HeldCheckpoints {
  readonly result: CheckedCheckpoints = { commits: 0, signed: 0, doubtful: [] };
  private before = 0;

  /** @param rootAt the root that the entries give at a size, where it is known. */
  constructor(readonly rootAt: (size: number) => Uint8Array | undefined) {}

  add(checkpoint: StoredCheckpoint): void {
    const { size, root, note } = checkpoint;
    if (size > 0) this.result.commits += 1;
    const signed = typeof note === 'object' && note.size === size;
    if (signed) this.result.signed = Math.max(this.result.signed, size);
    const recomputed = this.rootAt(size);
    const agrees = recomputed !== undefined && same(root, recomputed);
    if (!agrees || !(note === 'none' || (signed && same(note.root, recomputed))))
      // The row's bytes lie in a larger buffer of the driver, which is not to be kept.
      this.result.doubtful.push({ ...checkpoint, root: Buffer.from(root), before: this.before });
    if (recomputed !== undefined) this.before = size;
  }
}

/** Reads the stored checkpoints and holds them against the recomputed tree. */
export class CheckCheckpoints {
  private readonly held: HeldCheckpoints;
  /** The size up to which they have been read. */
  private read = -1;

  /**
   * @param own the log keys that this service has, from outside the database. Those that were in force before stand in the
   * log, and whether the database says of them what the log says a replay shows.
   */
  constructor(
    private readonly own: readonly string[],
    rootAt: (size: number) => Uint8Array | undefined,
  ) {
    this.held = new HeldCheckpoints(rootAt);
  }

  /** Reads on, up to the first that is not signed yet: what never changes is read at leisure. @param rest is called between pieces. */
  async advance(db: Queryable, rest?: () => Promise<void>): Promise<void> {
    await this.readOn(db, rest ?? (() => Promise.resolve()), true);
  }

  /** Reads the rest in the snapshot of `db`, and gives what all of them came to. */
  async finish(db: Queryable): Promise<CheckedCheckpoints> {
    await this.readOn(db, () => Promise.resolve(), false);
    return this.held.result;
  }

  private async readOn(db: Queryable, rest: () => Promise<void>, signedOnly: boolean): Promise<void> {
    const declared = (await loadLedgerInfo(db))?.logKeys.map(({ vkey }) => vkey) ?? [];
    const keys = [...new Set([...this.own, ...declared])].flatMap(readable);
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

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

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
