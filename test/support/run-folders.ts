import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MEMORY = '/dev/shm';
/** What the databases of a run may need at once, with the log of changes; bytes. */
const ROOM = 3 * 1024 ** 3;
const PREFIX = 'adit-test-run';
/** Native packages are found from here. */
const DIST = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the folder of a run's database server: in memory where there is room, since that spares every suite the disk. */
export function newDatabaseFolder(): string {
  return mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), `${PREFIX}-${process.pid}-`));
}

/** Makes the folder of a run's bundle of the service; every user may read it, since some suites run it as another. */
export function newBundleFolder(): string {
  const folder = mkdtempSync(join(DIST, `${PREFIX}-${process.pid}-`));
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ROOM && freemem() > ROOM;
  } catch {
    return false;
  }
}

/** Stops the servers and removes the folders of runs that were killed; those of runs that live are left alone. */
export function removeAbandonedFolders(): void {
  for (const parent of new Set([MEMORY, tmpdir(), DIST]))
    for (const name of namesIn(parent)) {
      const [, pid] = /^adit-test-run-([0-9]+)-/.exec(name) ?? [];
      const folder = join(parent, name);
      if (pid === undefined || isAlive(Number(pid)) || !isOurs(folder)) continue;
      stopServerOf(folder);
      rmSync(folder, { recursive: true, force: true });
    }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const isOurs = (folder: string): boolean => statSync(folder).uid === process.getuid?.();

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Ends the server of a folder at once, if it is the one that its pid file names and still a PostgreSQL. */
function stopServerOf(folder: string): void {
  try {
    const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres') process.kill(Number(pid), 'SIGQUIT');
  } catch {
    // No server runs there.
  }
}
