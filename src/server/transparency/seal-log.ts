import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { logKeyAt } from '../../core/custody/ledger-keys.js';
import type { LogKey } from '../../core/custody/view.js';
import { AditError } from '../../core/errors.js';
import { type NoteSigner, parseCheckpoint, signCheckpoint } from '../../core/log/checkpoint.js';
import { openNote, parseVkey } from '../../core/log/note.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Crash } from '../ledger/append/crash-points.js';
import { ReadTree } from '../ledger/read/read-tree.js';
import type { Seal, TreeHead } from '../ledger/append/seal.js';
import { storeNote } from '../ledger/append/write-batch.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';
import { Guard, type GuardState } from './guard.js';

/** The log's signer: its origin, log keys, and the guard with the last signed tree. */
export abstract class LogSigner {
  abstract readonly origin: string;
  /** Signers by verifier key; the one of a new ledger first. */
  abstract readonly signers: ReadonlyMap<string, NoteSigner>;
  abstract readonly guard: Guard;
}

/**
 * Steps of the guard that a power failure may undo: those of some seconds, the interval in which file systems write
 * folders.
 */
const STEPS_LOST = 1_000;

/**
 * Signs checkpoints, and only of a tree that extends the last signed one. The guard remembers that tree outside the
 * database and its backups. A restored copy of the database is behind the guard or differs from it; then this class
 * refuses to sign until a person has decided (docs/operating.md, "The log is halted").
 */
@Injectable()
export class SealLog implements Seal {
  private readonly logger = new Logger('transparency');
  /** Why nothing is signed at present; every attempt and check evaluates it again. */
  private halted: string | null = null;
  /**
   * The largest tree that this process has signed or read from the guard; a smaller one in the guard is an old copy.
   */
  private highest: GuardState | null = null;
  /** Ends when the last signed checkpoint is stored. */
  private storing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly tree: ReadTree,
    private readonly log: LogSigner,
    private readonly crash: Crash,
  ) {}

  /** Whether the last attempt or check failed. */
  get isHalted(): boolean {
    return this.halted !== null;
  }

  /**
   * Checks the log and returns why nothing is signed, or null. A halted log first signs its pending entries: a process
   * that is not ready gets no requests, and would not notice otherwise that it can sign again.
   */
  async whyHalted(): Promise<string | null> {
    try {
      await (this.halted === null ? this.look() : this.sealPending());
      return null;
    } catch (error) {
      if (error instanceof AditError && error.code === 'log-halted') return error.detail;
      throw error;
    }
  }

  async check(db: Queryable, head: TreeHead, keys: readonly LogKey[]): Promise<void> {
    this.inForce(Number.MAX_SAFE_INTEGER, keys);
    await this.compareGuard(db, async () => head);
  }

  async seal(db: Queryable, head: TreeHead, keys: readonly LogKey[]): Promise<string> {
    const signers = this.inForce(head.size, keys);
    await this.moveGuard(db, head);
    this.rise({ origin: this.log.origin, ...head });
    this.tree.remember(head.size, head.root);
    this.crash.reach('after-guard');
    const note = signCheckpoint({ origin: this.log.origin, size: head.size, root: head.root }, ...signers);
    this.crash.reach('after-sign');
    await this.storing;
    this.storing = this.store(head.size, note);
    this.goOn();
    return note;
  }

  /**
   * Stores a signed checkpoint while the next batch is written. Receipts contain it already, and a checkpoint that was
   * lost is signed again; if that fails the log halts, and the next check signs what is pending.
   */
  private async store(size: number, note: string): Promise<void> {
    try {
      await storeNote(this.database.intake, size, note);
    } catch (error) {
      this.note(`A signed checkpoint could not be stored: ${(error as Error).message}`);
    }
  }

  /** Compares guard and log without signing. Throws `log-halted` if they contradict each other. */
  private async look(): Promise<void> {
    const db = this.database;
    await this.compareGuard(db, async () => {
      const { rows: state } = await db.query<TreeHead>('SELECT size, root FROM log_state');
      return state[0] ?? this.halt('The row that holds the state of the log is missing.');
    });
  }

  /**
   * Signs entries that were committed but not signed before the last process ended, after comparing the guard with the
   * log.
   */
  async sealPending(): Promise<void> {
    await this.look();
    const { rows } = await this.database.query<TreeHead>(
      'SELECT size, root FROM checkpoints WHERE note IS NULL ORDER BY size',
    );
    const keys = (await loadLedgerInfo(this.database))?.logKeys ?? [];
    this.inForce(Number.MAX_SAFE_INTEGER, keys);
    this.goOn();
    for (const pending of rows) await this.seal(this.database, pending, keys);
    await this.storing;
    this.requireRunning();
  }

  /**
   * Returns the newest signed checkpoint, or the one of the empty log. Throws `log-halted` rather than return an older
   * log.
   */
  async newestCheckpoint(): Promise<{ size: number; note: string }> {
    await this.storing;
    this.requireRunning();
    const { rows } = await this.database.query<{ size: number; note: string }>(
      'SELECT size, note FROM checkpoints WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1',
    );
    if (rows[0] !== undefined) return rows[0];
    const root = await this.tree.rootAt(0);
    return { size: 0, note: signCheckpoint({ origin: this.log.origin, size: 0, root }, ...this.signersAt(0, [])) };
  }

  async newestOver(index: number): Promise<{ size: number; note: string } | undefined> {
    await this.storing;
    const { lookup } = this.database;
    const [[witnessed], [signed]] = await Promise.all([
      lookup.rows<{ size: number; note: string }>(
        'SELECT size, note FROM witnessed_checkpoints WHERE size > $1 ORDER BY size DESC LIMIT 1',
        [index],
      ),
      lookup.rows<{ size: number; note: string }>(
        'SELECT size, note FROM checkpoints WHERE size > $1 AND note IS NOT NULL ORDER BY size DESC LIMIT 1',
        [index],
      ),
    ]);
    return witnessed ?? signed;
  }

  /** Returns the key in force at `size`. Throws `log-halted` if this service does not have it. */
  async signerAt(size: number): Promise<NoteSigner> {
    const keys = (await loadLedgerInfo(this.database))?.logKeys ?? [];
    return this.signersAt(size, keys)[0] as NoteSigner;
  }

  /**
   * Returns the signers of a checkpoint of `size` entries: the key in force, and the former ones that this service has,
   * so that clients which trust only an older key can follow. Throws `log-halted` without the key in force.
   */
  private signersAt(size: number, keys: readonly LogKey[]): NoteSigner[] {
    const { signers } = this.log;
    const inForce = logKeyAt(keys, size) ?? [...signers.keys()][0] ?? '';
    const own = signers.get(inForce);
    if (own === undefined)
      throw new AditError('log-halted', `The log key ${inForce} is in force, and is not in ADIT_LOG_KEY_FILE.`);
    const former = keys.filter(({ from }) => from <= size).map(({ vkey }) => signers.get(vkey));
    return [own, ...former.filter((signer) => signer !== undefined && signer !== own)] as NoteSigner[];
  }

  /**
   * Returns the signers of the next checkpoint. Without the key in force this process is not ready; for a past
   * checkpoint a missing key is harmless.
   */
  private inForce(size: number, keys: readonly LogKey[]): NoteSigner[] {
    try {
      return this.signersAt(size, keys);
    } catch (error) {
      if (error instanceof AditError) return this.halt(error.detail);
      throw error;
    }
  }

  /** Throws `log-halted` if any process of the host has found that this is not the log that was signed. */
  requireRunning(): void {
    const contradiction = this.log.guard.contradiction();
    if (contradiction !== null) this.halt(contradiction);
    if (this.halted !== null) throw new AditError('log-halted', this.halted);
  }

  /** Halts the log in all processes because of a checkpoint that it signed and does not extend. */
  contradict(detail: string, checkpoint: string): void {
    this.log.guard.contradict(detail, checkpoint);
    this.note(this.log.guard.contradiction());
  }

  private readGuard(): GuardState {
    try {
      return this.log.guard.read();
    } catch (error) {
      return this.halt((error as Error).message);
    }
  }

  /** Throws `log-halted` if the guard contradicts the log, or is older than what this log is known to have signed. */
  private async compareGuard(db: Queryable, headOf: () => Promise<TreeHead>): Promise<void> {
    // Read in this order: signed checkpoints, guard, log. Appends meanwhile make each one at least as new as the one
    // before.
    const signed = this.highest === null ? await newestSigned(db, this.log.signers) : 0;
    // Taken before the guard is read, because this process may move the guard while it waits for the log.
    const { highest } = this;
    const guard = this.readGuard();
    await this.compare(db, guard, await headOf());
    if (highest !== null && isOlder(guard, highest))
      this.halt(
        `The guard remembers a signed log of ${guard.size} entries, this process has seen it at ${highest.size}: an older copy of the guard, or another file, has replaced it. Restore the right one.`,
      );
    if (guard.size < signed) await this.allowBehind(db, guard, signed);
    // Only a guard that the log extends may become the reference for others.
    this.rise(guard);
  }

  /**
   * Allows the few steps that a power failure may undo; an old copy of the file is further behind or has a later date.
   */
  private async allowBehind(db: Queryable, guard: GuardState, signed: number): Promise<void> {
    const { rows } = await db.query<{ steps: number }>(
      'SELECT count(*) AS steps FROM checkpoints WHERE size > $1 AND size <= $2',
      [guard.size, signed],
    );
    const steps = rows[0]?.steps ?? 0;
    if (steps > STEPS_LOST || !this.log.guard.isFromBeforeBoot())
      this.halt(
        `The guard remembers a signed log of ${guard.size} entries, but a checkpoint of ${signed} is signed: an older copy of the guard has replaced it. Restore the newest one.`,
      );
    this.logger.warn({
      msg: 'the guard is behind what was signed, as after a power failure',
      guard: guard.size,
      signed,
    });
  }

  private rise(seen: GuardState): void {
    if (this.highest === null || seen.size > this.highest.size) this.highest = seen;
  }

  private async compare(db: Queryable, guard: GuardState, head: TreeHead): Promise<void> {
    if (guard.size > head.size)
      this.halt(
        `The guard remembers a signed log of ${guard.size} entries, the database holds ${head.size}: an older copy of the database was restored.`,
      );
    const root = guard.size === head.size ? head.root : await this.tree.rootAt(guard.size, db);
    if (!timingSafeEqual(root, guard.root))
      this.halt(
        `At ${guard.size} entries the guard has another root than the database: this is not the log that was signed.`,
      );
  }

  /** Moves the guard to `head`, unless another process has signed a later size of the same log meanwhile. */
  private async moveGuard(db: Queryable, head: TreeHead): Promise<void> {
    // Usually the guard has not moved since it was read before the commit.
    if (this.highest !== null && this.highest.size < head.size)
      if (this.swap(this.highest, { origin: this.log.origin, ...head })) return;
    for (;;) {
      const guard = this.readGuard();
      if (guard.size >= head.size) {
        const root = guard.size === head.size ? head.root : await this.tree.rootAt(guard.size, db);
        if (timingSafeEqual(root, guard.root)) return;
        this.halt(`Another process has signed a different log of ${guard.size} entries with the same key.`);
      }
      if (this.swap(guard, { origin: this.log.origin, ...head })) return;
    }
  }

  private swap(expected: GuardState, next: GuardState): boolean {
    try {
      return this.log.guard.compareAndSwap(expected, next);
    } catch (error) {
      // Committed entries are safe; they are signed when the guard can be written again.
      return this.halt(`The guard cannot be moved: ${(error as Error).message}`);
    }
  }

  private halt(reason: string): never {
    this.note(reason);
    throw new AditError('log-halted', reason);
  }

  private goOn(): void {
    this.note(null);
  }

  /** Logs when the log halts, when the reason changes, and when it resumes. */
  private note(reason: string | null): void {
    if (reason === this.halted) return;
    this.halted = reason;
    if (reason === null) this.logger.log({ msg: 'the log is signed again' });
    else this.logger.error({ msg: 'the log is halted', reason });
  }
}

/** Whether a guard is older than another of the same log, or contradicts it. */
const isOlder = (guard: GuardState, highest: GuardState): boolean =>
  guard.size < highest.size || (guard.size === highest.size && !timingSafeEqual(guard.root, highest.root));

/**
 * Returns the size of the newest checkpoint in the database with a valid signature of this log; others do not count.
 */
async function newestSigned(db: Queryable, signers: ReadonlyMap<string, NoteSigner>): Promise<number> {
  const { rows } = await db.query<{ size: number; note: string }>(
    `(SELECT size, note FROM checkpoints WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1)
     UNION ALL (SELECT size, note FROM witnessed_checkpoints ORDER BY size DESC LIMIT 1)`,
  );
  const verifiers = [...signers.keys()].map(parseVkey);
  const sizes = rows.map(({ note }) => {
    try {
      const opened = openNote(note, verifiers);
      return opened.ok ? parseCheckpoint(opened.text).size : 0;
    } catch (error) {
      if (error instanceof AditError) return 0;
      throw error;
    }
  });
  return Math.max(0, ...sizes);
}
