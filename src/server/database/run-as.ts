import { spawn } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The ids of a user of this system. */
export interface User {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as `nobody`, who exists on every Unix; null for everybody else,
 * who runs it as himself.
 */
export async function databaseUser(): Promise<User | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd) ?? [];
  return { uid: Number(uid ?? 65_534) >>> 0, gid: Number(gid ?? 65_534) >>> 0 };
}

/**
 * Lets everybody walk through (not list) the folders above and including `folder`, as far as they do not yet:
 * `nobody` must reach his data even below a home of mode 0700. Returns the folders changed.
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

/** How a program ended and what it said on both its outputs. */
export interface Outcome {
  code: number;
  output: string;
}

/** Runs a program to its end as `user`, without any variable of ours that PostgreSQL would heed. */
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
    // The outputs may outlive the program in a server it has started, so its exit counts, not their end.
    child.on('exit', (code) =>
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ code: code ?? -1, output: output.trim() });
      }),
    );
  });
}
