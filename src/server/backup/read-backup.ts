import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parseStrictJson } from '../../core/event/grammar.js';
import { decodeBase64 } from '../../core/log/base64.js';
import { openCheckpoint, readCheckpoint } from '../../core/log/checkpoint.js';
import { BackupError } from './backup-error.js';
import { type BackupHeader, type BackupKeys, endSchema, headerSchema, parseRowLine } from './backup-format.js';
import { CheckTree } from './check-tree.js';

/** Characters of one line at most: an event with all its disclosures, in hexadecimal. */
const MAX_LINE = 8 * 1024 * 1024;

const NO_BACKUP = 'it does not begin as a backup of Adit does';

const damaged = (file: string, why: string): BackupError =>
  new BackupError('damaged', `${file} is no whole backup: ${why}.`, 'Take another copy of it, or another backup.');

/** Reads the file line by line; only one line is in memory. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  unpacked.setEncoding('utf8');
  let held = '';
  let begun = false;
  try {
    for await (const piece of unpacked as AsyncIterable<string>) {
      begun = true;
      const lines = (held + piece).split('\n');
      held = lines.pop() ?? '';
      if (held.length > MAX_LINE) throw damaged(file, 'a line is longer than any row');
      yield* lines;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof BackupError || code === 'ENOENT') throw error;
    if (code === 'EISDIR') throw damaged(file, 'it is a folder');
    throw damaged(file, code === 'Z_DATA_ERROR' && !begun ? NO_BACKUP : message);
  } finally {
    source.destroy();
  }
  if (held !== '') throw damaged(file, 'it ends in the middle of a line');
}

function headerOf(file: string, line: string | undefined, keys: BackupKeys): BackupHeader {
  let header: BackupHeader;
  try {
    header = headerSchema.parse(parseStrictJson(line ?? ''));
  } catch {
    throw damaged(file, NO_BACKUP);
  }
  if (header.secret !== keys.fingerprint)
    throw new BackupError(
      'secret',
      `${file} was made with another secret than the one in ADIT_SECRET_FILE.`,
      'Put back the secret of the ledger that was backed up: without it the keys of disclosures cannot be opened.',
    );
  return header;
}

/**
 * Reads a backup row by row and checks that it is complete: the end counts every row and authenticates all lines.
 * Throws `BackupError` at the first fault, at the latest at the end; the caller must then discard all rows.
 */
export class ReadBackup {
  private constructor(
    readonly header: BackupHeader,
    private readonly file: string,
    private readonly lines: AsyncGenerator<string>,
    private readonly keys: BackupKeys,
    private readonly first: string,
  ) {}

  static async open(file: string, keys: BackupKeys): Promise<ReadBackup> {
    const lines = linesOf(file);
    const { value } = (await lines.next()) as { value: string | undefined };
    return new ReadBackup(headerOf(file, value, keys), file, lines, keys, value ?? '');
  }

  async *rows(): AsyncGenerator<{ table: string; json: string }> {
    const authenticator = this.keys.authenticator();
    authenticator.add(this.first);
    const counts: Record<string, number> = Object.fromEntries(this.header.tables.map((table) => [table, 0]));
    for await (const line of this.lines) {
      const row = parseRowLine(line);
      if (row === null) {
        await this.end(line, counts, authenticator.digest());
        return;
      }
      if (counts[row.table] === undefined)
        throw damaged(this.file, `it has rows of ${row.table}, which it does not name`);
      counts[row.table] = (counts[row.table] ?? 0) + 1;
      authenticator.add(line);
      yield row;
    }
    throw damaged(this.file, 'its end is missing');
  }

  private async end(line: string, counts: Record<string, number>, mac: string): Promise<void> {
    const end = endSchema.safeParse(parsed(line)).data;
    if (end === undefined) throw damaged(this.file, 'a line is neither a row nor its end');
    if (end.mac !== mac || JSON.stringify(end.end) !== JSON.stringify(counts))
      throw damaged(this.file, 'it was changed after it was written');
    if ((await this.lines.next()).done !== true) throw damaged(this.file, 'something follows its end');
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

export interface CheckedBackup {
  header: BackupHeader;
  rows: number;
  tree: CheckTree;
}

interface CheckOptions {
  origin: string;
  /** Verifier keys of the log. */
  vkeys: readonly string[];
  /** Further sizes whose roots are computed. */
  sizes?: readonly number[];
  pace?: (done: number, size: number) => void;
}

/**
 * Checks a backup without restoring it: it is complete, its entries have the root in its header, and the root of its
 * newest checkpoint, which a key of the log has signed. Throws `BackupError`.
 */
export async function checkBackup(file: string, keys: BackupKeys, options: CheckOptions): Promise<CheckedBackup> {
  const backup = await ReadBackup.open(file, keys);
  const { header } = backup;
  if (header.origin !== options.origin)
    throw new BackupError(
      'foreign',
      `${file} is a backup of ${header.origin}, and this ledger is ${options.origin}.`,
      'Set ADIT_ORIGIN and the keys to those of the ledger that was backed up.',
    );
  const { checkpoint, size } = header;
  const tree = new CheckTree(
    new Set([size, ...(checkpoint === null ? [] : [checkpoint.size]), ...(options.sizes ?? [])]),
  );
  let rows = 0;
  for await (const { table, json } of backup.rows()) {
    rows += 1;
    if (table !== 'entries') continue;
    addEntry(tree, json);
    if (tree.size % 1_000 === 0) options.pace?.(tree.size, size);
  }
  options.pace?.(tree.size, size);
  const fault = treeFault(header, tree, options.vkeys);
  if (fault === null) return { header, rows, tree };
  throw new BackupError('broken', `${file}: ${fault}`, 'Take another backup: this one is not what the log signed.');
}

function addEntry(tree: CheckTree, json: string): void {
  const { index, jws } = JSON.parse(json) as { index: number; jws: string };
  try {
    tree.add(index, jws);
  } catch (error) {
    throw new BackupError('broken', (error as Error).message, 'Take another backup.');
  }
}

/** Returns how the tree differs from the header or the signed checkpoint, as a sentence; null if it does not. */
function treeFault(
  { size, root, checkpoint }: Pick<BackupHeader, 'size' | 'root' | 'checkpoint'>,
  tree: CheckTree,
  vkeys: readonly string[],
): string | null {
  if (tree.size !== size) return `it contains ${tree.size} entries instead of ${size}.`;
  if (!tree.gives(size, decodeBase64(root) ?? new Uint8Array()))
    return 'its entries do not have the root in its header.';
  if (checkpoint === null) return size === 0 ? null : 'no checkpoint of it was signed yet. Try again in a moment.';
  const opened = openCheckpoint(checkpoint.note, vkeys);
  if (!opened.ok) return `its newest checkpoint is signed by no key of this log: ${opened.detail}`;
  const signed = readCheckpoint(checkpoint.note);
  if (signed.size !== checkpoint.size || !tree.gives(signed.size, signed.root))
    return `its entries are not those of the signed checkpoint of ${signed.size} entries.`;
  return null;
}
