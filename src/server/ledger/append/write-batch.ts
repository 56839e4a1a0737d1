import { AditError } from '../../../core/errors.js';
import { aboutOthers } from '../../../core/bundle/subjects.js';
import type { LedgerView } from '../../../core/custody/view.js';
import { type Queryable, type Row, insertRows, together } from '../../database/rows.js';
import { writeAttestations } from '../../registry/attestation-rows.js';
import { writeClocks, writeRegistry } from '../../registry/registry-rows.js';
import type { AdmittedEvent, BatchResult, RefusedEvent } from './admit-batch.js';
import { type Erasure, addDisclosures, eraseDisclosures, writeDisclosures } from '../disclosures/disclosure-rows.js';
import { writeLots } from './lot-rows.js';
import type { TreeHead } from './seal.js';
import { expireWaiting, writeWaiting } from '../intake/waiting.js';

/** A tile that became full: its 256 hashes, and their root. */
interface FullTile {
  level: number;
  index: number;
  hashes: Uint8Array;
  root: Uint8Array;
}

export interface Batch {
  before: TreeHead;
  after: TreeHead;
  epoch: number;
  tiles: FullTile[];
  leaves: Uint8Array[];
  view: LedgerView;
  result: BatchResult;
}

/**
 * Whether `writeBatch` sends all statements of a batch before its first wait, so that COMMIT can follow them at once: no
 * disclosure, event that waits or waited, erasure or clock entry, whose statements depend on what others read.
 */
export function isWrittenAtOnce({ before, after, result: { admitted, waiting, released, repeats } }: Batch): boolean {
  if (after.size === before.size || waiting.size > 0 || released.length > 0 || repeats.length > 0) return false;
  return admitted.every(
    ({ event }) => event.disclosures.length === 0 && event.type !== 'data.erased' && event.type !== 'log.clock',
  );
}

/**
 * Writes all changes of a batch, set by set, in the transaction that the caller commits. The connection runs the
 * statements in this order; they are sent without waiting for each other.
 */
export async function writeBatch(db: Queryable, batch: Batch): Promise<void> {
  const { before, after, view, result } = batch;
  const clock = view.clock ?? 0;
  const repeats = result.repeats.map(({ event, text }) => ({ id: event.id, text }));
  const waiting = writeWaiting(db, [...result.waiting.values()], result.released, clock);
  if (after.size === before.size) {
    await together([waiting, insertRefusals(db, result.refused)]);
    // A repeat may be of an event that waits, whose disclosures are stored by now.
    return addDisclosures(db, repeats);
  }
  await together([
    waiting,
    insertEntries(db, before.size, result.admitted, batch.leaves),
    insertTiles(db, batch.tiles),
    writeProjections(db, view, result.admitted),
    insertRefusals(db, result.refused),
    moveLogState(db, batch),
  ]);
  // After the disclosures of released events have left the waiting room, and after the erasures of this batch.
  await writeDisclosures(
    db,
    result.admitted.map(({ event, text }) => ({ id: event.id, text })),
  );
  await addDisclosures(db, repeats);
  // Erasures take effect in the transaction that logs their order.
  await eraseDisclosures(
    db,
    result.admitted.flatMap((entry) => erasuresBy(entry, view)),
  );
  if (result.admitted.some(({ event }) => event.type === 'log.clock')) await expireWaiting(db, clock);
}

/** Writes the projections as of the last of `admitted`; the view has their final state. The replay uses this too. */
export async function writeProjections(
  db: Queryable,
  view: LedgerView,
  admitted: readonly AdmittedEvent[],
): Promise<void> {
  await together([
    writeClocks(
      db,
      admitted
        .filter(({ event }) => event.type === 'log.clock')
        .map(({ event, index }) => ({ index, time: event.occurredAtMs })),
    ),
    insertRows(
      db,
      'erasures',
      admitted.flatMap((entry) => erasuresBy(entry, view).map((erasure) => ({ ...erasure, index: entry.index }))),
    ),
    writeRegistry(db, view, view.changes),
    writeLots(db, view, view.changes),
    writeAttestations(db, view, view.changes),
    insertRows(
      db,
      'subject_entries',
      admitted.flatMap(({ event, index }) => [...new Set(aboutOthers(event))].map((subject) => ({ subject, index }))),
    ),
  ]);
}

function erasuresBy({ event }: AdmittedEvent, view: LedgerView): Erasure[] {
  if (event.type !== 'data.erased') return [];
  const country = view.actors.get(event.iss)?.country ?? null;
  return event.payload.digests.map((digest) => ({ digest, country }));
}

/** Base64url text and dots need no quotes in an array literal, so the driver need not scan every event. */
const arrayLiteral = (values: string[]): string => `{${values.join(',')}}`;

async function insertEntries(
  db: Queryable,
  from: number,
  admitted: AdmittedEvent[],
  leaves: Uint8Array[],
): Promise<void> {
  await db.query(
    `INSERT INTO entries (index, id, leaf_hash, jws)
     SELECT $1::bigint + n - 1, id, substr($2::bytea, ((n - 1) * 32 + 1)::integer, 32), jws
       FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS arrived (id, jws, n)`,
    [
      from,
      Buffer.concat(leaves),
      arrayLiteral(admitted.map(({ event }) => event.id)),
      arrayLiteral(admitted.map(({ event }) => event.jws)),
    ],
  );
}

const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

async function insertTiles(db: Queryable, tiles: FullTile[]): Promise<void> {
  await insertRows(
    db,
    'tiles',
    tiles.map(({ level, index, hashes, root }): Row => ({ level, index, hashes: hex(hashes), root: hex(root) })),
  );
}

async function insertRefusals(db: Queryable, refused: RefusedEvent[]): Promise<void> {
  await insertRows(
    db,
    'refusals',
    refused.map(({ event, code, at, evidenceIndex }) => ({
      id: event.id,
      jws: event.jws,
      kid: event.kid,
      code,
      at,
      evidence_index: evidenceIndex,
    })),
  );
}

/**
 * Stores the signed text of a checkpoint, unless it has one. The commit does not wait for the disk: the signature is
 * deterministic, so a lost write is repeated from the row without harm.
 */
export async function storeNote(db: Queryable, size: number, note: string): Promise<void> {
  await db.query(
    `WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
     UPDATE checkpoints SET note = $2 FROM relaxed WHERE size = $1 AND note IS NULL`,
    [size, note],
  );
}

/** SQLSTATE of a value that a column must have and does not. */
const NOT_NULL_VIOLATION = '23502';

/**
 * Moves the log's end and writes an unsigned checkpoint there. Fails in the database, which then cannot commit, if another
 * process has appended: the checkpoint has no size then.
 */
async function moveLogState(db: Queryable, { before, after, epoch }: Batch): Promise<void> {
  try {
    await db.query(
      `WITH moved AS (
         UPDATE log_state SET size = $1, root = $2, epoch = epoch + 1 WHERE epoch = $3 AND size = $4 RETURNING size, root
       )
       INSERT INTO checkpoints (size, root) SELECT moved.size, moved.root FROM (SELECT) AS one LEFT JOIN moved ON true`,
      [after.size, Buffer.from(after.root), epoch, before.size],
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_NULL_VIOLATION) throw error;
    throw new AditError('overloaded', 'Another process has appended meanwhile; send the event again.');
  }
}
