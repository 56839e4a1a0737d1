import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
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
