import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Mode of files with keys or signing state: only the owner reads them. */
const OWNER_ONLY = 0o600;

/** Creates a file that survives a power failure after the return. Throws EEXIST if it exists. */
export function createDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  writeSynced(draft, text);
  try {
    linkSync(draft, path);
  } finally {
    unlinkSync(draft);
  }
  syncFolder(path);
}

/**
 * Replaces a file atomically: readers, and a power failure, leave either the old or the new file. The folder is not
 * flushed: a power failure may restore the old file, and a guard that is one step behind is safe.
 */
export function replaceAtOnce(path: string, text: string): void {
  const draft = `${path}.next`;
  writeSynced(draft, text);
  renameSync(draft, path);
}

/** Replaces a file as `replaceAtOnce`; the new file survives a power failure after the return. */
export function replaceDurably(path: string, text: string): void {
  replaceAtOnce(path, text);
  syncFolder(path);
}

/**
 * Overwrites a small file with a text of the same length, and flushes it in the background: after a power failure the
 * file has the old text or the new one, because it lies in one sector. One flush runs at a time, and another follows if
 * the file was overwritten meanwhile; so a power failure undoes the time of two flushes at most.
 */
export class OverwrittenFile {
  private flushing = false;
  private isDirty = false;
  private failure: Error | null = null;

  /** @param sync flushes the data of an open file. */
  constructor(
    private readonly path: string,
    private readonly sync: (file: number, done: (error: NodeJS.ErrnoException | null) => void) => void = fdatasync,
  ) {}

  /** Throws if the file cannot be written, or if it could not be flushed since the last call. */
  overwrite(text: string): void {
    const file = openSync(this.path, 'r+');
    try {
      writeSync(file, text, 0);
      if (this.failure !== null) fdatasyncSync(file);
      this.failure = null;
    } catch (error) {
      closeSync(file);
      throw error;
    }
    if (this.flushing) {
      this.isDirty = true;
      closeSync(file);
    } else this.flush(file);
  }

  /** Flushes and closes a file; again if it is dirty afterwards. */
  private flush(file: number): void {
    this.flushing = true;
    this.isDirty = false;
    this.sync(file, (error) => {
      if (error !== null) this.failure = error;
      if (this.isDirty && error === null) return this.flush(file);
      this.flushing = false;
      closeSync(file);
    });
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', OWNER_ONLY);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Flushes the folder, which stores the file's name. Windows cannot, and need not, do that. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
