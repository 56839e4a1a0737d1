import { sameHash } from '../../../../core/log/tree.js';
import type { RecordFault } from '../../../../core/rules/engine/facts.js';
import type { StoredCheckpoint } from './audit-checkpoints.js';
import { type Evidence, least } from '../audit-evidence.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
/**
 * Returns the size up to which the recomputed tree can be compared with the stored one. After a guessed leaf or a
 * completely forged entry (which only its signature or place reveals) everything must differ.
 */
function trustedUntil({ tree, replay, signedAfterAll }: Evidence): number {
  const damaged = new Set(tree.altered.filter(({ columns }) => columns.includes('jws')).map(({ index }) => index));
  const first = Math.min(least(damaged), least(tree.missing.map(({ from }) => from)));
  const forged = replay.entries
    .filter(({ kind, index }) => {
      if (kind === 'refused') return index < first;
      return !damaged.has(index) && (kind === 'unreadable' || (kind === 'signature' && !signedAfterAll.has(index)));
    })
    .map(({ index }) => index);
  return Math.min(tree.uncertainFrom ?? Infinity, least(forged));
}

/** Returns faults of the stored tree: tiles, checkpoints, the log's state, the guard. */
export function treeFaults(evidence: Evidence): RecordFault[] {
  const { tree, lotsAt } = evidence;
  const until = trustedUntil(evidence);
  const tiles = tree.tiles
    .filter(({ level, index }) => (index + 1) * 256 ** (level + 1) <= until)
    .map(({ level, index, what, entries }): RecordFault => {
      const first = entries[0] ?? index * 256 ** (level + 1);
      return rootMismatch({
        subject: `tiles level=${level}, index=${index}`,
        cause: what,
        lots: [...new Set(entries.flatMap((entry) => lotsAt.get(entry) ?? []))],
        measured: what,
        threshold: 'as recomputed',
        detail: `Table tiles, level ${level}, index ${index}: ${tileText[what]}.`,
        firstIndex: first,
      });
    });
  const forks = tree.forks
    .filter(({ size }) => size <= until)
    .map(({ index, id, size, root }): RecordFault => ({
      rule: 'record-fork',
      subject: `entries index=${index}`,
      cause: 'seen',
      lots: lotsAt.get(index) ?? [],
      events: [id],
      measured: base64(tree.roots.get(size) ?? Buffer.alloc(0)),
      threshold: root,
      detail: `Entry ${index} was signed by someone who had seen another tree of ${size} entries.`,
      firstIndex: size === 0 ? 0 : size - 1,
    }));
  return [
    ...tiles,
    ...checkpointFaults(evidence, until),
    ...stateFaults(evidence, until),
    ...guardFaults(evidence, until),
    ...forks,
  ];
}

const tileText = {
  missing: 'the row is not there',
  hashes: 'hashes is not what the entries give',
  root: 'root is not what the hashes give',
  beyond: 'the log is too short to have this tile',
} as const;

const rootMismatch = (
  fault: Pick<RecordFault, 'subject' | 'cause' | 'lots' | 'measured' | 'threshold' | 'detail' | 'firstIndex'>,
): RecordFault => ({ rule: 'record-root-mismatch', events: [], ...fault });

function checkpointFaults({ tree, checkpoints }: Evidence, until: number): RecordFault[] {
  const { doubtful } = checkpoints;
  const faults: RecordFault[] = doubtful.flatMap((checkpoint) => beyondTree(checkpoint, tree.size));
  let broken = false;
  for (const { size, root, note, before } of doubtful) {
    const recomputed = tree.roots.get(size);
    if (size > until || recomputed === undefined) continue;
    const signed = typeof note === 'object' ? note : null;
    const fault = (cause: string, measured: string, detail: string, firstIndex = size): RecordFault =>
      rootMismatch({
        subject: `checkpoints size=${size}`,
        cause,
        lots: [],
        measured,
        threshold: base64(recomputed),
        detail: `Table checkpoints, size ${size}: ${detail}`,
        firstIndex,
      });
    if (note === 'invalid') faults.push(fault('note', 'not signed', 'note is not signed by the key of the log.'));
    else if (signed !== null && signed.size !== size)
      faults.push(fault('size', `${signed.size}`, `note is of size ${signed.size}.`));
    else if (signed !== null && !sameHash(signed.root, recomputed)) {
      // Every later root differs too; the first one shows between which two signatures the entries were changed.
      if (!broken)
        faults.push(
          fault(
            'tree',
            base64(signed.root),
            `the entries do not give the signed root; entries ${before} to ${size - 1} are in question.`,
            before,
          ),
        );
      broken = true;
    } else if (!sameHash(root, recomputed))
      faults.push(fault('root', base64(root), 'root is not what the entries give.'));
  }
  return faults;
}

/** Reports a checkpoint of more entries than exist: with a valid signature, entries are missing; else it is forged. */
function beyondTree({ size, note }: StoredCheckpoint, entries: number): RecordFault[] {
  if (size <= entries || (typeof note === 'object' && note.size === size)) return [];
  const fault = {
    subject: `checkpoints size=${size}`,
    cause: 'beyond',
    lots: [],
    measured: `${size} entries`,
    threshold: `${entries} entries`,
    detail: `Table checkpoints, size ${size}: the log has ${entries} entries, and the note is not of this size.`,
    firstIndex: entries,
  };
  return [rootMismatch(fault)];
}

const stateFault = (
  cause: string,
  measured: string,
  threshold: string,
  detail: string,
  firstIndex: number,
): RecordFault =>
  rootMismatch({
    subject: 'log_state',
    cause,
    lots: [],
    measured,
    threshold,
    detail: `Table log_state: ${detail}`,
    firstIndex,
  });

function stateFaults({ tree, state, checkpoints }: Evidence, until: number): RecordFault[] {
  const faults: RecordFault[] = [];
  if (state === null) return [stateFault('missing', '0 rows', '1 row', 'the row is not there.', tree.size)];
  if (state.size !== tree.size && !(state.size > tree.size && state.size === checkpoints.signed))
    faults.push(
      stateFault(
        'size',
        `${state.size}`,
        `${tree.size}`,
        `size is ${state.size}, but there are ${tree.size} entries.`,
        Math.min(state.size, tree.size),
      ),
    );
  const root = tree.roots.get(state.size);
  if (root !== undefined && state.size <= until && !sameHash(root, state.root))
    faults.push(stateFault('root', base64(state.root), base64(root), 'root is not what the entries give.', state.size));
  const { commits } = checkpoints;
  if (commits !== state.epoch)
    faults.push(
      stateFault(
        'epoch',
        `${state.epoch} commits`,
        `${commits} checkpoints`,
        `epoch counts ${state.epoch} commits, table checkpoints has ${commits}.`,
        0,
      ),
    );
  return faults;
}

/**
 * Compares the guard with the tree. Entries missing below the stored size are reported as such, not as a restored
 * backup.
 */
function guardFaults({ tree, state, checkpoints, guard }: Evidence, until: number): RecordFault[] {
  if (guard === null) return [];
  const root = tree.roots.get(guard.size);
  const behind = guard.size > Math.max(state?.size ?? 0, tree.size, checkpoints.signed);
  const differs = guard.size <= until && root !== undefined && !sameHash(root, guard.root);
  if (!behind && !differs) return [];
  const [measured, threshold] = behind
    ? [`${tree.size} entries`, `${guard.size} entries`]
    : [base64(root ?? new Uint8Array(0)), base64(guard.root)];
  const detail = behind
    ? `The guard has seen a log of ${guard.size} entries; the database holds ${tree.size}.`
    : `At ${guard.size} entries the guard has seen another root than the database gives.`;
  const firstIndex = behind ? tree.size : null;
  const what = { subject: 'guard', cause: 'guard', lots: [], events: [], measured, threshold, detail, firstIndex };
  return [{ rule: 'record-backup-restored', ...what }];
}
