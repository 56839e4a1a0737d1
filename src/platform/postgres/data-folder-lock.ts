import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reports that another running process uses the folder. */
export class DataFolderHeldError extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number,
    readonly since: string,
  ) {
    super(`${folder} is held by process ${pid} since ${since}. Stop it first, or set ADIT_DATA_DIR to another folder.`);
    this.name = 'DataFolderHeldError';
  }
}

interface Holder {
  pid: number;
  /** Start time of the process, as the system formats it; distinguishes it from a later process with its pid. */
  started: string | null;
  since: string;
}

/** A lock on a data folder until `release`. */
export interface DataFolderLock {
  release(): void;
}

/** Attempts to take a lock that other processes change meanwhile. */
const ATTEMPTS = 20;

/**
 * Takes the folder's lock file or throws `DataFolderHeldError`. It takes over the lock of a dead process (`kill -9`, a
 * crash of the machine). The file appears complete, because it is linked and not written in place.
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  const file = join(folder, 'adit.lock');
  const mine: Holder = { pid: process.pid, started: startOf(process.pid), since: new Date().toISOString() };
  const text = JSON.stringify(mine);
  const candidate = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(candidate, text, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await linked(candidate, file)) return { release: () => releaseLock(file, text) };
      await removeStale(folder, file);
    }
    throw new Error(`The lock file ${file} could not be taken: other processes take it again and again.`);
  } finally {
    await rm(candidate, { force: true });
  }
}

async function linked(candidate: string, file: string): Promise<boolean> {
  try {
    await link(candidate, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(folder: string, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const holder = parseHolder(text);
  if (holder !== null && isAlive(holder)) throw new DataFolderHeldError(folder, holder.pid, holder.since);
  const aside = `${file}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => null);
  // Another process took the lock between the read and the rename: restore its file.
  if (moved !== null && moved !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    if (!Number.isSafeInteger(holder.pid)) return null;
    return { pid: Number(holder.pid), started: holder.started ?? null, since: holder.since ?? 'an unknown time' };
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (!processExists(holder.pid)) return false;
  const started = startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/** Whether a process with this id runs, also of another user. */
function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Returns field 22 of /proc/PID/stat (proc(5)), after the name, which may contain spaces; elsewhere the output of `ps`.
 */
function startOf(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  }
}

function releaseLock(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) rmSync(file, { force: true });
  } catch {
    // The folder was deleted with the lock.
  }
}
