import type { RecordFault } from '../../core/rules/facts.js';
import type { BadEntries, Evidence } from './audit-evidence.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
/** Faults of what the tree is kept in: tiles, checkpoints, the state of the log, the guard. */
export function treeFaults(evidence: Evidence, bad: BadEntries): RecordFault[] {
  const { tree, lotsAt, replay } = evidence;
  // Where the tree rests on a guess, or an entry has been forged whole, roots and tiles after it must differ.
  const refused = replay.entries.filter(({ kind }) => kind === 'refused').map(({ index }) => index);
  const forged = tree.altered.length === 0 && tree.missing.length === 0 ? Math.min(bad.first, ...refused) : Infinity;
  const until = Math.min(tree.uncertainFrom ?? Infinity, forged);
  const tiles = tree.tiles
    .filter(({ level, index }) => (index + 1) * 256 ** (level + 1) <= until || until === Infinity)
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
  return [...tiles, ...checkpointFaults(evidence, until), ...stateFaults(evidence, until), ...forks];
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
  const faults: RecordFault[] = [];
  let signedRootOf = 0;
  let broken = false;
  for (const { size, root, note } of checkpoints) {
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
    else if (signed !== null && !same(signed.root, recomputed)) {
      // Every later root differs as well; the first says between which two signatures the entries were changed.
      if (!broken)
        faults.push(
          fault(
            'tree',
            base64(signed.root),
            `the entries do not give the signed root; entries ${signedRootOf} to ${size - 1} are in question.`,
            signedRootOf,
          ),
        );
      broken = true;
    } else if (!same(root, recomputed)) faults.push(fault('root', base64(root), 'root is not what the entries give.'));
    if (!broken) signedRootOf = size;
  }
  return faults;
}

function stateFaults({ tree, state, checkpoints, guard }: Evidence, until: number): RecordFault[] {
  const faults: RecordFault[] = [];
  const at = (cause: string, measured: string, threshold: string, detail: string, firstIndex: number): RecordFault =>
    rootMismatch({
      subject: 'log_state',
      cause,
      lots: [],
      measured,
      threshold,
      detail: `Table log_state: ${detail}`,
      firstIndex,
    });
  const newest = Math.max(0, ...checkpoints.filter(({ note }) => typeof note === 'object').map(({ size }) => size));
  if (state === null) return [at('missing', '0 rows', '1 row', 'the row is not there.', tree.size)];
  if (state.size !== tree.size && !(state.size > tree.size && newest > tree.size))
    faults.push(
      at(
        'size',
        `${state.size}`,
        `${tree.size}`,
        `size is ${state.size}, but there are ${tree.size} entries.`,
        Math.min(state.size, tree.size),
      ),
    );
  const root = tree.roots.get(state.size);
  if (root !== undefined && state.size <= until && !same(root, state.root))
    faults.push(at('root', base64(state.root), base64(root), 'root is not what the entries give.', state.size));
  const commits = checkpoints.filter(({ size }) => size > 0).length;
  if (commits !== state.epoch && (state.size === tree.size || tree.missing.length === 0))
    faults.push(
      at(
        'epoch',
        `${state.epoch} commits`,
        `${commits} checkpoints`,
        `epoch counts ${state.epoch} commits, table checkpoints has ${commits}.`,
        0,
      ),
    );
  const guardRoot = guard === null ? undefined : tree.roots.get(guard.size);
  const behind = guard !== null && guard.size > Math.max(state.size, tree.size);
  const differs = guard !== null && guard.size <= until && guardRoot !== undefined && !same(guardRoot, guard.root);
  if (guard !== null && (behind || differs))
    faults.push({
      rule: 'record-backup-restored',
      subject: 'guard',
      cause: 'guard',
      lots: [],
      events: [],
      measured: `${tree.size} entries`,
      threshold: `${guard.size} entries`,
      detail: behind
        ? `The guard has seen a log of ${guard.size} entries; the database holds ${tree.size}.`
        : `At ${guard.size} entries the guard has seen another root than the database gives.`,
      firstIndex: behind ? tree.size : null,
    });
  return faults;
}
