import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { createDurably, replaceDurably } from '../../platform/durable-file.js';
import { withFileLock } from '../../platform/file-lock.js';
import { hasCode } from '../../platform/system-error.js';
import { CommandError, EXIT } from '../output/terminal.js';

/** Signed events on this disk. A key or a withheld claim is never among them: an entry holds what is sent, and no more. */
export const defaultOutbox = (): string => join(homedir(), '.adit', 'outbox');

const states = ['signed', 'sent', 'waiting', 'accepted', 'refused'] as const;
/**
 * `signed`: saved, and not sent yet; `sent`: sent, and unanswered; `waiting`: the ledger has it, and waits for an event
 * that it follows; `accepted` and `refused`: answered, and kept under `answered/` as a record, the accepted ones for
 * `KEPT_DAYS`.
 */
export type OutboxState = (typeof states)[number];

const entrySchema = z.strictObject({
  format: z.literal(1),
  /** Counts up in the order of signing: an event follows those before it. */
  sequence: z.int().min(1),
  id: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  state: z.enum(states),
  log: z.string(),
  type: z.string(),
  iss: z.string(),
  /** SHA-256 of what the user asked for, by which the same command is recognised. */
  intent: z.string(),
  /** The path of `--save`, without its ending; null where it was not given. */
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
/** What a ledger said of itself when it was last reached, by its address: enough to sign for it without a network. */
export type KnownLedger = z.infer<typeof ledgersSchema>[string];

/** Days for which an accepted event is kept, where ADIT_OUTBOX_DAYS does not say. */
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

/** Days for which accepted events are kept. */
export function keptDays(): number {
  const asked = process.env.ADIT_OUTBOX_DAYS;
  return asked === undefined || asked === '' ? KEPT_DAYS : daysOf(asked, 'ADIT_OUTBOX_DAYS');
}

const ENTRY_FILE = /^([0-9]{6,})-([A-Za-z0-9_-]{43})\.json$/;
const settled = (state: OutboxState): boolean => state === 'accepted' || state === 'refused';

/** Digest of what a user asked for, in which the order of names does not matter. */
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

/** A folder of signed events: saved before they are sent, sent again as they are. Several processes may share it. */
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

  /** Lists the events that were accepted or refused, in the order of signing. */
  settled(): OutboxEntry[] {
    return this.read(this.answered);
  }

  /** Finds an entry by its id or the beginning of it. Throws where the beginning is that of several. */
  find(name: string): OutboxEntry | undefined {
    const found = [...this.pending(), ...this.settled()].filter(({ id }) => id.startsWith(name));
    if (found.length > 1)
      throw new CommandError(`${name} is the beginning of ${found.length} ids.`, 'Write more of it.', EXIT.usage);
    return found[0];
  }

  /**
   * Saves a signed event durably. `choose` looks at the pending events under the lock, so that no other process saves one
   * meanwhile; what it returns instead of null is returned, and nothing is saved.
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

  /** Notes what has become of an event, durably. An event that another process has settled or dropped stays as it is. */
  update(entry: OutboxEntry, changes: Pick<OutboxEntry, 'state'> & Partial<OutboxEntry>): OutboxEntry {
    const next = { ...entry, ...changes };
    return this.locked(() => {
      const path = this.pathOf(entry);
      if (!existsSync(path)) return next;
      replaceDurably(path, textOf(next));
      if (!settled(next.state)) return next;
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

  /** Removes an entry: the only copy of the signed event that this machine has. */
  drop(entry: OutboxEntry): void {
    const folder = settled(entry.state) ? this.answered : this.folder;
    this.locked(() => unlinkSync(join(folder, fileOf(entry))));
  }

  /** Reads what is known of a ledger without asking it. */
  ledger(server: string): KnownLedger | undefined {
    return this.ledgers()[server];
  }

  /** Remembers a ledger's name and newest checkpoint. */
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
      // Absent or damaged: the ledger says it again.
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

/** Reads one entry; undefined where another process has moved it meanwhile. */
function readEntry(path: string): OutboxEntry | undefined {
  try {
    return entrySchema.parse(parseStrictJson(readFileSync(path, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new CommandError(`${path} is damaged.`, 'Move it out of the outbox; "adit outbox list" shows the others.');
  }
}
