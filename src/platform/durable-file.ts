import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Files of this kind hold keys, or decide what may be signed: their owner alone reads them. */
const OWNER_ONLY = 0o600;

/** Writes a new file that survives a power failure once this returns; throws EEXIST if there is one already. */
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
 * Replaces a file in one step: whoever reads it, and whenever the power fails, it is wholly the old or the new one. The
 * folder is not flushed: a power failure may bring back the old one, and a guard that is a step behind is safe.
 */
export function replaceAtOnce(path: string, text: string): void {
  const draft = `${path}.next`;
  writeSynced(draft, text);
  renameSync(draft, path);
}

/** As `replaceAtOnce`, and what is there once this returns survives a power failure. */
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

/** The name of a file is written with its folder. Windows cannot, and need not, flush a folder. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
