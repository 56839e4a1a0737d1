import { existsSync, readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { decodeBase64, encodeBase64 } from '../../core/log/base64.js';
import { HASH_BYTES, emptyRoot, sameHash } from '../../core/log/tree.js';
import { OverwrittenFile, createDurably, replaceAtOnce } from '../../platform/durable-file.js';
import { withFileLock } from '../../platform/file-lock.js';
import { hasCode } from '../../platform/system-error.js';

/** The last signed tree: no other tree of this size, and no smaller one, is ever signed again. */
export interface GuardState {
  origin: string;
  size: number;
  root: Uint8Array;
}

/**
 * Reason of a guard's error. `missing`: there is no file, so the last signed tree is unknown. `unreadable`: this class
 * did not write the file. `foreign`: it guards another log. `exists`: a guard is created only once. `backwards`: the
 * step would allow a second history. `contradicted`: a checkpoint that this log signed contradicts it.
 */
export type GuardFailure = 'missing' | 'unreadable' | 'foreign' | 'exists' | 'backwards' | 'contradicted';

export class GuardError extends Error {
  constructor(
    readonly reason: GuardFailure,
    message: string,
  ) {
    super(message);
    this.name = 'GuardError';
  }
}

const stateSchema = z.strictObject({
  origin: z.string(),
  size: z.int().min(0),
  root: z.string().transform((text, context) => {
    const root = decodeBase64(text);
    if (root?.length === HASH_BYTES) return root;
    context.addIssue('must be 32 bytes in base64');
    return z.NEVER;
  }),
});

const contradictionSchema = z.object({ detail: z.string(), checkpoint: z.string() });

function readJson(path: string): unknown {
  try {
    return parseStrictJson(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Remembers the last signed tree: one line of JSON in a file outside the database and its backups, so that a restored
 * database cannot sign an older log. It only moves forward, by compare-and-swap, and is safe between processes of one
 * host. After a power failure it may be some steps behind and then catches up.
 */
export class Guard {
  private readonly file: OverwrittenFile;
  /** The text that this process has read or written last, with its state: most reads find it unchanged. */
  private known: { text: string; state: GuardState } | null = null;

  constructor(
    readonly path: string,
    readonly origin: string,
  ) {
    this.file = new OverwrittenFile(path);
  }

  /**
   * Creates the guard of a new, empty log. Only `adit init` may call this: a guard created later would allow any
   * history.
   */
  create(): GuardState {
    const state = { origin: this.origin, size: 0, root: emptyRoot() };
    try {
      createDurably(this.path, serialise(state));
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      throw new GuardError('exists', `There is a guard at ${this.path} already; it is not replaced.`);
    }
    return state;
  }

  /** Path of the evidence: the checkpoint that contradicts the log, until a person has decided. */
  get evidencePath(): string {
    return `${this.path}.contradiction.json`;
  }

  /** Path of the record of how far the journal was audited, outside the database like the guard. */
  get journalPath(): string {
    return `${this.path}.journal.json`;
  }

  /** Returns the contradiction as a sentence, or null. All processes of the host see it. */
  contradiction(): string | null {
    if (!existsSync(this.evidencePath)) return null;
    const { detail } = contradictionSchema.safeParse(readJson(this.evidencePath)).data ?? {};
    return `${detail ?? 'A checkpoint that this log signed contradicts it.'} The evidence is ${this.evidencePath}.`;
  }

  /** Stores a signed checkpoint that contradicts the log; from then on nothing is signed. The first one is final. */
  contradict(detail: string, checkpoint: string): void {
    try {
      createDurably(this.evidencePath, `${JSON.stringify({ detail, checkpoint })}\n`);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }

  /** Reads the guard. Throws a GuardError if there is no valid guard; then nothing may be signed. */
  read(): GuardState {
    const contradiction = this.contradiction();
    if (contradiction !== null) throw new GuardError('contradicted', contradiction);
    // Another process may be overwriting it at this moment, in one call of the system.
    const state = this.parsed(this.readText()) ?? this.parsed(this.readText()) ?? this.damaged();
    if (state.origin !== this.origin)
      throw new GuardError('foreign', `The guard at ${this.path} is that of ${state.origin}, not of ${this.origin}.`);
    return state;
  }

  /** Whether the file was last written before this machine booted: only then can a power failure have undone a step. */
  isFromBeforeBoot(): boolean {
    return statSync(this.path).mtimeMs < Date.now() - uptime() * 1_000;
  }

  /**
   * Moves the guard from `expected` to `next`. Returns false if another process has moved it. Throws a GuardError if
   * `next` is smaller or another tree of the same size, or there is no guard.
   */
  compareAndSwap(expected: GuardState, next: GuardState): boolean {
    if (next.origin !== this.origin)
      throw new GuardError('foreign', `The guard at ${this.path} is not that of ${next.origin}.`);
    if (!Number.isSafeInteger(next.size) || next.root.length !== HASH_BYTES)
      throw new RangeError('The new state of the guard is not the head of a tree.');
    return withFileLock(`${this.path}.lock`, () => {
      const current = this.read();
      if (current.size !== expected.size || !sameHash(current.root, expected.root)) return false;
      const isSame = next.size === current.size && sameHash(next.root, current.root);
      if (next.size <= current.size && !isSame)
        throw new GuardError('backwards', `A log of ${current.size} entries is signed: ${next.size} cannot follow.`);
      if (isSame) return true;
      const text = serialise(next);
      this.write(serialise(current), text);
      this.known = { text, state: next };
      return true;
    });
  }

  /** Writes the next state. The size gains a digit a few times only; the file is never written shorter. */
  private write(current: string, next: string): void {
    if (next.length === current.length) this.file.overwrite(next);
    else replaceAtOnce(this.path, next);
  }

  private parsed(text: string): GuardState | null {
    if (this.known?.text === text) return this.known.state;
    const state = parse(text);
    this.known = state === null ? null : { text, state };
    return state;
  }

  private damaged(): never {
    throw new GuardError(
      'unreadable',
      `The guard at ${this.path} is damaged: it is not one line of origin, size and root.`,
    );
  }

  private readText(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT'))
        throw new GuardError(
          'missing',
          `There is no guard at ${this.path}, so what was signed before is unknown and nothing is signed. ` +
            'Restore the file from its copy; for a new log, run "adit init".',
        );
      throw new GuardError('unreadable', `The guard at ${this.path} cannot be read: ${String(error)}.`);
    }
  }
}

function serialise({ origin, size, root }: GuardState): string {
  return `${JSON.stringify({ origin, size, root: encodeBase64(root) })}\n`;
}

/** Returns null unless the text is exactly what `serialise` writes. */
function parse(text: string): GuardState | null {
  try {
    const state = stateSchema.parse(parseStrictJson(text));
    return serialise(state) === text ? state : null;
  } catch {
    return null;
  }
}
