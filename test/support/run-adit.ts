import { execFile } from 'node:child_process';
import { ADIT } from './programs.js';

/** A command that takes longer hangs, ms. */
const LIMIT = 60_000;

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `adit` in a folder that is also its home, without the settings of this process. */
export function runAdit(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env }, timeout: LIMIT };
    const child = execFile(process.execPath, [ADIT, ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end();
  });
}
