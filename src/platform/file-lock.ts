import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from './system-error.js';

/** Time to wait for another process, ms: it holds the lock for one write and two flushes. */
const WAIT_MS = 5_000;
const PAUSE_MS = 1;

/** Another process holds the lock, or left it in a state that cannot be distinguished from holding it. */
export class FileLockError extends Error {
  constructor(readonly path: string) {
    super(`The lock ${path} is held for too long. If no process of the ledger runs, delete it and ${path}.removing.`);
    this.name = 'FileLockError';
  }
}

/**
 * Runs `action` while no other process of this host runs one under the same path. Blocks, for milliseconds. Takes over
 * the lock of a dead process, but never one with another host's name, because that process cannot be checked.
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

/** Creates the lock by a link, which appears in one step with its content: a lock always has its owner's name. */
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
 * Removes an abandoned lock. Two processes may find it at once: only the holder of a second lock checks it again and
 * removes it, so that neither removes the lock that the other has taken meanwhile.
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

/** Returns host, process id, and the start of that process: process ids repeat, in containers soon. */
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

/** Returns the process's start in clock ticks since boot (proc(5), field 22 of stat); "0" if the system has none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
