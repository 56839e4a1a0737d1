import { logKeyAt } from '../../core/custody/ledger-keys.js';
import { AditError } from '../../core/errors.js';
import { type Checkpoint, openCheckpoint, readCheckpoint } from '../../core/log/checkpoint.js';
import { type Policy, checkQuorum } from '../../core/log/policy.js';
import { checkTlogProof, formatTlogProof } from '../../core/log/proof-file.js';
import { leafHash, sameHash } from '../../core/log/tree.js';
import { sha256 } from '../../platform/sha256.js';
import { isDatabaseError, isUnavailable } from '../database/is-unavailable.js';
import type { IntakeCheck } from '../ledger/intake/check-event.js';
import type { BadEntry, MirrorLog } from '../ledger/replay/mirror-log.js';
import { type Alarm, alarm } from './alarm.js';
import type { StateFile } from './monitor-state.js';
import type { RemoteLog } from './remote-log.js';

/** Entry bundles that are fetched and checked in advance. */
const AHEAD = 16;
/** Entry bundles appended in one transaction at most. */
const TOGETHER = 8;

interface FetchedEntries {
  entries: string[];
  checked: IntakeCheck[];
}

export interface TrustedCheckpoint {
  /** Pinned verifier keys of the log. */
  logKeys: readonly string[];
  policy: Policy | null;
}

/**
 * Follows a log. The newest checkpoint must be signed by a pinned key, or by a key that entries under such a signature
 * declare; it must extend the one before and match the entries; the ledger's rules must accept every entry; and the key
 * in force must have signed too.
 */
export class FollowLog {
  constructor(
    private readonly remote: RemoteLog,
    private readonly mirror: MirrorLog,
    private readonly file: StateFile,
    private readonly trusted: TrustedCheckpoint,
    private readonly progress: (done: number, size: number) => void,
  ) {}

  /** Reads up to the newest checkpoint; returns the alarms. */
  async follow(): Promise<Alarm[]> {
    let note: string;
    try {
      note = await this.remote.checkpoint();
    } catch (error) {
      return [alarm('unreachable', `The log gives no checkpoint: ${(error as Error).message}`)];
    }
    const opened = this.open(note, [...this.trusted.logKeys, ...(await this.declared())]);
    if (typeof opened === 'string') return [alarm('unsigned', opened, { checkpoints: [note] })];
    const before = this.file.state.newest === null ? null : readCheckpoint(this.file.state.newest);
    const wrong = before === null ? null : this.compare(opened, before, note);
    if (wrong !== null) return [wrong];
    const found = this.isWitnessed(note)
      ? []
      : [alarm('unwitnessed', 'Too few witnesses have cosigned.', { checkpoints: [note] })];
    try {
      const bad = await this.readOn(opened.size, note);
      if (bad !== null) return [...found, bad];
    } catch (error) {
      if (!(error instanceof AditError) && (error as { code?: string }).code === undefined) throw error;
      if (isDatabaseError(error) && !isUnavailable(error)) {
        const { size } = await this.mirror.head();
        const detail = `The entries from ${size} on cannot be taken into the database of the monitor (${error.code}): nothing is said of them.`;
        return [...found, alarm('undecided', detail, { index: size, checkpoints: [note] })];
      }
      return [...found, alarm('unreachable', `Entries cannot be read: ${(error as Error).message}`)];
    }
    const { root } = await this.mirror.head();
    if (!sameHash(root, opened.root)) return [...found, this.differs(opened, note)];
    const foreign = await this.keyFault(note, opened.size);
    if (foreign !== null) return [...found, foreign];
    this.file.save({ newest: note });
    return found;
  }

  /** Returns the log keys that the entries read so far declare. */
  private async declared(): Promise<string[]> {
    return (await this.mirror.logKeys()).map(({ vkey }) => vkey);
  }

  private async keyFault(note: string, size: number): Promise<Alarm | null> {
    if (size === 0) return null;
    const declared = await this.mirror.logKeys();
    if (!declared.some(({ vkey }) => this.trusted.logKeys.includes(vkey)))
      return alarm('bad-entry', 'The ledger does not name the log key that was pinned.', {
        checkpoints: [note],
        index: 0,
      });
    const signed = this.open(note, [logKeyAt(declared, size) ?? '']);
    return typeof signed === 'string'
      ? alarm('unsigned', 'The log key in force has not signed: one that was replaced has.', { checkpoints: [note] })
      : null;
  }

  private open(note: string, logKeys: readonly string[]): Checkpoint | string {
    try {
      const opened = openCheckpoint(note, logKeys);
      return opened.ok ? opened.checkpoint : opened.detail;
    } catch (error) {
      if (error instanceof AditError) return error.detail;
      throw error;
    }
  }

  private isWitnessed(note: string): boolean {
    const { policy } = this.trusted;
    return policy === null || checkQuorum(note, policy).met;
  }

  private compare(now: Checkpoint, before: Checkpoint, note: string): Alarm | null {
    const checkpoints = [this.file.state.newest ?? '', note];
    if (now.size < before.size)
      return alarm('rollback', `The log shows ${now.size} entries, but has shown ${before.size} before.`, {
        checkpoints,
      });
    if (now.size === before.size && !sameHash(now.root, before.root))
      return alarm('fork', `The log has signed two different trees of ${now.size} entries.`, { checkpoints });
    return null;
  }

  private differs({ size }: Checkpoint, note: string): Alarm {
    const { newest } = this.file.state;
    const detail = `The first ${size} entries of the log do not have the root of its signed checkpoint of ${size}.`;
    return alarm('root-differs', detail, { checkpoints: newest === null ? [note] : [newest, note] });
  }

  /** Fetches and checks some bundles in advance while the first one is appended. */
  private async readOn(size: number, note: string): Promise<Alarm | null> {
    const { size: have } = await this.mirror.head();
    const ahead: { ready: boolean; fetched: Promise<FetchedEntries> }[] = [];
    let next = have;
    let done = have;
    let last: Promise<unknown> = Promise.resolve();
    const begin = (): void => {
      while (ahead.length < AHEAD && next < size) {
        // Bundles arrive in any order but are checked in log order, because keys precede their signatures.
        const begun = Promise.all([this.remote.entries(next, size), last]).then(([texts]) => ({
          fetched: this.check(texts),
        }));
        last = begun;
        const bundle = { ready: false, fetched: begun.then((check) => check.fetched) };
        // The caller that awaits it handles a failure; until then it must not end the process.
        bundle.fetched.then(
          () => {
            bundle.ready = true;
          },
          () => undefined,
        );
        ahead.push(bundle);
        next = Math.min(size, (Math.floor(next / 256) + 1) * 256);
      }
    };
    for (begin(); ahead.length > 0; begin()) {
      await ahead[0]?.fetched;
      const waiting = ahead.findIndex(({ ready }) => !ready);
      const count = Math.max(1, Math.min(TOGETHER, waiting < 0 ? ahead.length : waiting));
      const together = await Promise.all(ahead.splice(0, count).map(({ fetched }) => fetched));
      const entries = together.flatMap((one) => one.entries);
      const bad = await this.mirror.append(
        entries,
        together.flatMap((one) => one.checked),
      );
      if (bad !== null) return this.badEntry(bad, entries[bad.index - done] ?? '', size, note);
      done += entries.length;
      this.progress(done, size);
    }
    return null;
  }

  /** Reports a refused entry; it is permanent once proved under a checkpoint that the log signed. */
  private async badEntry({ index, detail }: BadEntry, entry: string, size: number, note: string): Promise<Alarm> {
    const keys = [...this.trusted.logKeys, ...(await this.declared())];
    const proof = await this.remote.prove(index, size).catch(() => null);
    const text = proof === null ? '' : formatTlogProof({ index, proof, checkpoint: note });
    if (text !== '' && checkTlogProof(text, leafHash(entry, sha256), keys).ok)
      return alarm('bad-entry', detail, { index, entry, proof: text });
    const doubt = 'The tiles do not prove that it is under the signed checkpoint: it may be damaged in transit.';
    return alarm('bad-entry', `${detail} ${doubt}`, { index, entry, checkpoints: [note] });
  }

  private async check(entries: string[]): Promise<FetchedEntries> {
    return { entries, checked: await this.mirror.check(entries) };
  }
}
