import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from './system-error.js';

/** How long to wait for another process: a lock is held for one write and two flushes. */
const WAIT_MS = 5_000;
const PAUSE_MS = 1;

/** Somebody holds the lock, or left it behind in a way that cannot be told from holding it. */
export class FileLockError extends Error {
  constructor(readonly path: string) {
    super(`The lock ${path} is held for too long. If no process of the ledger runs, delete it and ${path}.removing.`);
    this.name = 'FileLockError';
  }
}

/**
 * Runs `action` while no other process of this host runs one under the same path. Blocks, for milliseconds. The lock of
 * a process that has died is taken over; one that bears another host's name is never, since its process cannot be seen.
 */
export function withFileLock<T>(path: string, action: () => T, waitMs = WAIT_MS): T {
  acquire(path, waitMs);
  try {
    return action();
  } finally {
    unlinkSync(path);
  }
}

function acquire(path: string, waitMs: number): void {
  const deadline = performance.now() + waitMs;
  while (!tryLock(path)) {
    if (performance.now() > deadline) throw new FileLockError(path);
    if (isAbandoned(path)) removeAbandoned(path);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

/** A link appears in one step together with its content, so that a lock never lacks its owner's name. */
function tryLock(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, owner(), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * Two processes may find the same lock abandoned. Only the one that holds the lock on removing looks again and removes,
 * so that neither can remove the lock which the other has taken meanwhile.
 */
function removeAbandoned(path: string): void {
  const removing = `${path}.removing`;
  if (!tryLock(removing)) return;
  try {
    if (isAbandoned(path)) unlinkSync(path);
  } finally {
    unlinkSync(removing);
  }
}

let self: string | undefined;

/** Host, process id, and when that process began: process ids come again, in containers even at once. */
function owner(): string {
  self ??= `${hostname()} ${process.pid} ${startOf(process.pid)}`;
  return self;
}

function isAbandoned(path: string): boolean {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  const [host, pid, start] = text.split(' ');
  if (host !== hostname() || pid === undefined || !/^[1-9][0-9]*$/.test(pid)) return false;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The process's start in clock ticks since boot, where the system tells it (proc(5), field 22 of stat), else "0". */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
