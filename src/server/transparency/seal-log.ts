import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { logKeyAt } from '../../core/custody/ledger-keys.js';
import type { LogKey } from '../../core/custody/view.js';
import { AditError } from '../../core/errors.js';
import { type NoteSigner, signCheckpoint } from '../../core/log/checkpoint.js';
import { Database } from '../database/database.js';
import { Crash } from '../ledger/crash-points.js';
import { ReadTree } from '../ledger/read-tree.js';
import type { Seal, TreeHead } from '../ledger/seal.js';
import { loadLedgerInfo } from '../registry/registry-rows.js';
import { Guard, type GuardState } from './guard.js';

/** What signs the log: its origin, the log keys, and the guard that remembers what was signed last. */
export abstract class LogSigner {
  abstract readonly origin: string;
  /** By verifier key; the one of a new ledger first. */
  abstract readonly signers: ReadonlyMap<string, NoteSigner>;
  abstract readonly guard: Guard;
}

type RootAt = (size: number) => Promise<Uint8Array>;

/**
 * Signs checkpoints, and only of a tree that continues the one signed last. What was signed last stands in the guard,
 * outside the database and its backups: a restored copy of the database is behind it, or differs from it, and then
 * this refuses to sign until a person has decided (docs/operating.md, "The log is halted").
 */
@Injectable()
export class SealLog implements Seal {
  /** A contradiction, for a person to decide. */
  private halted: string | null = null;
  /** What can be mended without: the key in force is not here, or the guard cannot be written. */
  private hindered: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly tree: ReadTree,
    private readonly log: LogSigner,
    private readonly crash: Crash,
  ) {}

  /**
   * Why nothing is signed any more; null while all is well. What only hindered it is tried again: whoever is told that this
   * process is not ready sends it nothing more, and so would never learn that it could sign again.
   */
  async whyHalted(): Promise<string | null> {
    if (this.halted !== null || this.hindered === null) return this.halted;
    try {
      await this.sealPending();
    } catch (error) {
      if (error instanceof AditError && error.code === 'log-halted') return error.detail;
      throw error;
    }
    this.hindered = null;
    return null;
  }

  async check(head: TreeHead, rootAt: RootAt, keys: readonly LogKey[]): Promise<void> {
    if (this.halted !== null) throw new AditError('log-halted', this.halted);
    this.inForce(Number.MAX_SAFE_INTEGER, keys);
    await this.compare(this.readGuard(), head, rootAt);
  }

  async seal(head: TreeHead, rootAt: RootAt, keys: readonly LogKey[]): Promise<string> {
    const signers = this.inForce(head.size, keys);
    await this.moveGuard(head, rootAt);
    this.hindered = null;
    this.crash.reach('after-guard');
    const note = signCheckpoint({ origin: this.log.origin, size: head.size, root: head.root }, ...signers);
    this.crash.reach('after-sign');
    // The signature is the same for ever, so losing this write costs nothing: it is made again from the row.
    await this.database.pool.query(
      `WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
       UPDATE checkpoints SET note = $2 FROM relaxed WHERE size = $1 AND note IS NULL`,
      [head.size, note],
    );
    return note;
  }

  /** Signs what was committed but not signed before the last process ended, after comparing the guard with the log. */
  async sealPending(): Promise<void> {
    if (this.halted !== null) throw new AditError('log-halted', this.halted);
    const rootAt: RootAt = (size) => this.tree.rootAt(size);
    // The guard first: read after the log, it may be ahead of it by what another process has appended meanwhile.
    const guard = this.readGuard();
    const { rows: state } = await this.database.pool.query<TreeHead>('SELECT size, root FROM log_state');
    const head = state[0];
    if (head === undefined) throw new AditError('log-halted', 'The row that holds the state of the log is missing.');
    await this.compare(guard, head, rootAt);
    const { rows } = await this.database.pool.query<TreeHead>(
      'SELECT size, root FROM checkpoints WHERE note IS NULL ORDER BY size',
    );
    const keys = (await loadLedgerInfo(this.database.pool))?.logKeys ?? [];
    this.inForce(Number.MAX_SAFE_INTEGER, keys);
    for (const pending of rows) await this.seal(pending, rootAt, keys);
  }

  /** The newest signed checkpoint, or the one of the empty log. Throws `log-halted` rather than show an older log. */
  async newestCheckpoint(): Promise<{ size: number; note: string }> {
    this.requireStanding();
    const { rows } = await this.database.pool.query<{ size: number; note: string }>(
      'SELECT size, note FROM checkpoints WHERE note IS NOT NULL ORDER BY size DESC LIMIT 1',
    );
    if (rows[0] !== undefined) return rows[0];
    const root = await this.tree.rootAt(0);
    return { size: 0, note: signCheckpoint({ origin: this.log.origin, size: 0, root }, ...this.signersAt(0, [])) };
  }

  /** The key in force at `size`; throws `log-halted` where this service does not have it. */
  async signerAt(size: number): Promise<NoteSigner> {
    const keys = (await loadLedgerInfo(this.database.pool))?.logKeys ?? [];
    return this.signersAt(size, keys)[0] as NoteSigner;
  }

  /**
   * Who signs a checkpoint of `size` entries: the key in force, and those before it as long as this service has them, so that
   * whoever trusts only an older one can still follow. Throws `log-halted` without the key in force.
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

  /** Who signs what comes next. Without the key, this process is not ready; an old checkpoint may lack its key without harm. */
  private inForce(size: number, keys: readonly LogKey[]): NoteSigner[] {
    try {
      return this.signersAt(size, keys);
    } catch (error) {
      if (error instanceof AditError) this.hindered = error.detail;
      throw error;
    }
  }

  /** Throws `log-halted` where this log is known to be another than the one that was signed, by any process of the host. */
  requireStanding(): void {
    this.halted ??= this.log.guard.contradiction();
    if (this.halted !== null) throw new AditError('log-halted', this.halted);
  }

  /** Halts the log, here and in every other process, because of a checkpoint that it signed and does not continue. */
  contradict(detail: string, checkpoint: string): void {
    this.log.guard.contradict(detail, checkpoint);
    this.halted ??= this.log.guard.contradiction();
  }

  private readGuard(): GuardState {
    try {
      return this.log.guard.read();
    } catch (error) {
      return this.halt((error as Error).message);
    }
  }

  private async compare(guard: GuardState, head: TreeHead, rootAt: RootAt): Promise<void> {
    if (guard.size > head.size)
      this.halt(
        `The guard remembers a signed log of ${guard.size} entries, the database holds ${head.size}: an older copy of the database has been put back.`,
      );
    const root = guard.size === head.size ? head.root : await rootAt(guard.size);
    if (!timingSafeEqual(root, guard.root))
      this.halt(
        `At ${guard.size} entries the guard remembers another root than the database gives: this is not the log that was signed.`,
      );
  }

  /** Moves the guard to `head`, unless another process has signed a later size of the same log meanwhile. */
  private async moveGuard(head: TreeHead, rootAt: RootAt): Promise<void> {
    for (;;) {
      const guard = this.readGuard();
      if (guard.size >= head.size) {
        const root = guard.size === head.size ? head.root : await rootAt(guard.size);
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
      // What was committed is safe, and is signed once the guard can be written again.
      this.hindered = `The guard cannot be moved: ${(error as Error).message}`;
      throw new AditError('log-halted', this.hindered);
    }
  }

  private halt(reason: string): never {
    this.halted = reason;
    throw new AditError('log-halted', reason);
  }
}
