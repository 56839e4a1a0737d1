import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { isSettled, outboxStates } from '../../client/outbox-state.js';
import { parseStrictJson } from '../../core/event/grammar.js';
import { createDurably, replaceDurably } from '../../platform/durable-file.js';
import { withFileLock } from '../../platform/file-lock.js';
import { hasCode } from '../../platform/system-error.js';
import { outboxDays } from '../environment.js';
import { CommandError, EXIT } from '../output/terminal.js';

/** Default folder of signed events. It contains only what is sent, never a key or a withheld claim. */
export const defaultOutbox = (): string => join(homedir(), '.adit', 'outbox');

const entrySchema = z.strictObject({
  format: z.literal(1),
  /** Sequence number of signing: an event follows those with lower numbers. */
  sequence: z.int().min(1),
  id: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  state: z.enum(outboxStates),
  log: z.string(),
  type: z.string(),
  iss: z.string(),
  /** SHA-256 of the user's request, which identifies a repeated command. */
  intent: z.string(),
  /** Path of `--save` without its suffix; null without the option. */
  save: z.string().nullable(),
  savedAt: z.string(),
  attempts: z.int().min(0),
  triedAt: z.string().nullable(),
  event: z.string(),
  answer: z
    .strictObject({
      index: z.int().optional(),
      receipt: z.string().optional(),
      missing: z.array(z.string()).optional(),
      code: z.string().optional(),
      detail: z.string().optional(),
    })
    .nullable(),
});
export type OutboxEntry = z.infer<typeof entrySchema>;
export type NewEntry = Pick<OutboxEntry, 'id' | 'log' | 'type' | 'iss' | 'intent' | 'save' | 'event'>;

const ledgersSchema = z.record(z.string(), z.strictObject({ origin: z.string(), checkpoint: z.string() }));
/** Description of a ledger at its last answer, by URL: enough to sign offline. */
export type KnownLedger = z.infer<typeof ledgersSchema>[string];

/** Default number of days for which an accepted event is stored (ADIT_OUTBOX_DAYS). */
export const KEPT_DAYS = 30;
const MOST_DAYS = 36_500;
const DAY = 86_400_000;

/** Reads a number of days. @param from where it was written, for people. */
export function daysOf(text: string, from: string): number {
  const days = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && days >= 1 && days <= MOST_DAYS) return days;
  throw new CommandError(
    `${from} is no number of days: ${text}`,
    `Write a whole number from 1 to ${MOST_DAYS}, such as ${KEPT_DAYS}.`,
    EXIT.usage,
  );
}

/** Days for which accepted events are stored. */
export function keptDays(): number {
  const asked = outboxDays();
  return asked === undefined || asked === '' ? KEPT_DAYS : daysOf(asked, 'ADIT_OUTBOX_DAYS');
}

const ENTRY_FILE = /^([0-9]{6,})-([A-Za-z0-9_-]{43})\.json$/;

/** Returns the digest of a request, independent of the order of its members. */
export function intentOf(asked: unknown): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
    return Object.fromEntries(
      pairs.map(([name, each]) => [name, sorted(each)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(asked)))
    .digest('base64url');
}

/** A folder of signed events: saved before they are sent, and sent again unchanged. Several processes may share it. */
export class Outbox {
  private readonly answered: string;
  private readonly lock: string;

  constructor(readonly folder: string) {
    this.answered = join(folder, 'answered');
    this.lock = join(folder, 'lock');
  }

  /** Lists the events without a final answer, in the order of signing. */
  pending(): OutboxEntry[] {
    return this.read(this.folder);
  }

  /** Lists the accepted and refused events, in the order of signing. */
  settled(): OutboxEntry[] {
    return this.read(this.answered);
  }

  /** Finds an entry by its id or a unique beginning. Throws if several match. */
  find(name: string): OutboxEntry | undefined {
    const found = [...this.pending(), ...this.settled()].filter(({ id }) => id.startsWith(name));
    if (found.length > 1)
      throw new CommandError(`${name} is the beginning of ${found.length} ids.`, 'Write more of it.', EXIT.usage);
    return found[0];
  }

  /**
   * Saves a signed event durably. `choose` gets the pending events under the lock; if it returns a value other than
   * null, that is returned and nothing is saved.
   */
  add<T>(entry: NewEntry, choose: (pending: readonly OutboxEntry[]) => T | null): OutboxEntry | T {
    return this.locked(() => {
      const pending = this.pending();
      const other = choose(pending);
      if (other !== null) return other;
      const last = Math.max(0, ...this.names(this.folder), ...this.names(this.answered));
      const saved: OutboxEntry = {
        format: 1,
        sequence: last + 1,
        state: 'signed',
        savedAt: new Date().toISOString(),
        attempts: 0,
        triedAt: null,
        answer: null,
        ...entry,
      };
      createDurably(this.pathOf(saved), textOf(saved));
      return saved;
    });
  }

  /** Records the state of an event durably. An event that another process has settled or removed stays unchanged. */
  update(entry: OutboxEntry, changes: Pick<OutboxEntry, 'state'> & Partial<OutboxEntry>): OutboxEntry {
    const next = { ...entry, ...changes };
    return this.locked(() => {
      const path = this.pathOf(entry);
      if (!existsSync(path)) return next;
      replaceDurably(path, textOf(next));
      if (!isSettled(next.state)) return next;
      mkdirSync(this.answered, { recursive: true, mode: 0o700 });
      renameSync(path, join(this.answered, fileOf(next)));
      this.forgetOld(keptDays(), false, true);
      return next;
    });
  }

  /**
   * Removes accepted events that were answered so many days ago or earlier; those without a final answer always stay.
   * @param refused removes refused events as well. @returns the removed entries, in the order of signing.
   */
  prune(days: number, { refused = false }: { refused?: boolean } = {}): OutboxEntry[] {
    return this.locked(() => this.forgetOld(days, refused, false));
  }

  /** @param enough stops at the first file that is young: files follow each other roughly as they were answered. */
  private forgetOld(days: number, refused: boolean, enough: boolean): OutboxEntry[] {
    const until = Date.now() - days * DAY;
    const removed: OutboxEntry[] = [];
    for (const name of filesIn(this.answered).toSorted()) {
      const path = join(this.answered, name);
      if (enough && statSync(path).mtimeMs > until) break;
      const entry = readEntry(path);
      if (entry === undefined || Date.parse(entry.triedAt ?? entry.savedAt) > until) continue;
      if (entry.state !== 'accepted' && !(refused && entry.state === 'refused')) continue;
      unlinkSync(path);
      removed.push(entry);
    }
    return removed;
  }

  /** Removes an entry, the only copy of the signed event on this machine. */
  drop(entry: OutboxEntry): void {
    const folder = isSettled(entry.state) ? this.answered : this.folder;
    this.locked(() => unlinkSync(join(folder, fileOf(entry))));
  }

  /** Returns the stored description of a ledger. */
  ledger(server: string): KnownLedger | undefined {
    return this.ledgers()[server];
  }

  /** Stores a ledger's name and newest checkpoint. */
  learn(server: string, known: KnownLedger): void {
    this.locked(() => replaceDurably(this.ledgersFile, `${JSON.stringify({ ...this.ledgers(), [server]: known })}\n`));
  }

  private get ledgersFile(): string {
    return join(this.folder, 'ledgers.json');
  }

  private ledgers(): Record<string, KnownLedger> {
    try {
      return ledgersSchema.parse(parseStrictJson(readFileSync(this.ledgersFile, 'utf8')));
    } catch {
      // If the file is absent or damaged, the ledger is asked again.
      return {};
    }
  }

  private pathOf = (entry: OutboxEntry): string => join(this.folder, fileOf(entry));

  private names(folder: string): number[] {
    return filesIn(folder).map((name) => Number(ENTRY_FILE.exec(name)?.[1]));
  }

  private read(folder: string): OutboxEntry[] {
    const entries = filesIn(folder).flatMap((name) => readEntry(join(folder, name)) ?? []);
    return entries.toSorted((a, b) => a.sequence - b.sequence);
  }

  private locked<T>(action: () => T): T {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      return withFileLock(this.lock, action);
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].some((code) => hasCode(error, code)))
        throw new CommandError(
          `The outbox ${this.folder} cannot be written: ${(error as Error).message}`,
          'Nothing was sent. Name another folder with --outbox or ADIT_OUTBOX.',
        );
      throw error;
    }
  }
}

const fileOf = ({ sequence, id }: OutboxEntry): string => `${String(sequence).padStart(6, '0')}-${id}.json`;
const textOf = (entry: OutboxEntry): string => `${JSON.stringify(entry, null, 1)}\n`;

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => ENTRY_FILE.test(name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw new CommandError(
      `The outbox ${folder} cannot be read: ${(error as Error).message}`,
      'Name another with --outbox.',
    );
  }
}

/** Reads one entry; undefined if another process has moved it. */
function readEntry(path: string): OutboxEntry | undefined {
  try {
    return entrySchema.parse(parseStrictJson(readFileSync(path, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new CommandError(`${path} is damaged.`, 'Move it out of the outbox; "adit outbox list" shows the others.');
  }
}
