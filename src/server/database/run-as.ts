import { spawn } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ids of a user of this system. */
export interface User {
  uid: number;
  gid: number;
}

/**
 * Returns the user who runs PostgreSQL: `nobody` if this process is root, because PostgreSQL refuses to run as root;
 * else null, the present user.
 */
export async function databaseUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd) ?? [];
  return { uid: Number(uid ?? 65_534) >>> 0, gid: Number(gid ?? 65_534) >>> 0 };
}

/**
 * Adds the right to traverse (not list) `folder` and the folders above it, because `nobody` must reach the data even
 * below a home of mode 0700. Returns the changed folders.
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
