import { spawn } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ids of a user of this system. */
export interface User {
  uid: number;
  gid: number;
}

/** The user that runs the embedded PostgreSQL. */
export interface DatabaseUser extends User {
  name: string;
  /** Whether other programs run as the same user and can therefore write the files of the database. */
  shared: boolean;
}

/** Users for a database or for Adit alone; the first that exists is used. */
const OWN_USERS = ['adit', 'postgres'];
const NOBODY = 65_534;

/**
 * Chooses the user that runs PostgreSQL if this process is root: the owner of an existing database, else the first of
 * `adit` and `postgres` that exists, else the unprivileged user that every Unix has.
 * @param passwd the users of the system in the format of /etc/passwd;
 * @param owner of the database folder; null: there is none.
 */
export function chooseUser(passwd: string, owner: User | null): DatabaseUser {
  const users = [...passwd.matchAll(/^([^:\n]+):[^:\n]*:(-?[0-9]+):(-?[0-9]+):/gm)].map(([, name = '', uid, gid]) => ({
    name,
    uid: Number(uid) >>> 0,
    gid: Number(gid) >>> 0,
    shared: name === 'nobody',
  }));
  const nobody = users.find(({ name }) => name === 'nobody') ?? {
    name: 'nobody',
    uid: NOBODY,
    gid: NOBODY,
    shared: true,
  };
  if (owner !== null && owner.uid !== 0) {
    const name = [nobody, ...users].find(({ uid }) => uid === owner.uid)?.name ?? `user ${owner.uid}`;
    return { ...owner, name, shared: owner.uid === nobody.uid };
  }
  return OWN_USERS.flatMap((own) => users.filter(({ name, uid }) => name === own && uid !== 0))[0] ?? nobody;
}

/**
 * Finds the user that runs PostgreSQL, which refuses to run as root; null if this process is not root.
 * @param cluster the folder of the database, which may not exist.
 */
export async function databaseUser(cluster: string): Promise<DatabaseUser | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return chooseUser(passwd, await stat(cluster).catch(() => null));
}

/**
 * Adds the right to traverse (not list) `folder` and the folders above it, because the user of the database must reach
 * it even below a home of mode 0700. Returns the changed folders.
 */
export async function makeTraversable(folder: string): Promise<string[]> {
  const changed: string[] = [];
  for (let path = folder; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) {
      await chmod(path, (mode & 0o7777) | 0o001);
      changed.push(path);
    }
    if (dirname(path) === path) return changed;
  }
}

/** Exit code and output of a program. */
export interface Outcome {
  code: number;
  output: string;
}

/** Runs a program as `user`, without environment variables that affect PostgreSQL. */
export function runAs(user: User | null, program: string, args: string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...user,
      cwd,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    // A server that the program started may hold the outputs open, so the program's exit ends the wait.
    child.on('exit', (code) =>
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ code: code ?? -1, output: output.trim() });
      }),
    );
  });
}
