import { execFile } from 'node:child_process';
import type { EndingSignal, Host } from '../../src/cli/host.js';
import { run } from '../../src/cli/run.js';
import { ADIT } from './programs.js';

/** A command that takes longer hangs, ms. */
const LIMIT = 60_000;

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

type Environment = Record<string, string>;

/** Settings of a command that runs in a folder which is also its home: none of this process but the path of programs. */
const settingsIn = (folder: string, env: Environment): Environment => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  ...env,
});

/** Runs `adit` as a process of its own, on pipes: for what ends, kills or shares out processes. */
export function spawnAdit(folder: string, args: readonly string[], env: Environment = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: settingsIn(folder, env), timeout: LIMIT };
    const child = execFile(process.execPath, [ADIT, ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end();
  });
}

/** What stands for the process of a command that runs in this one: keeps what it writes, as pipes would. */
export class Pipes implements Host {
  out = '';
  err = '';
  exitCode = 0;
  readonly stdout = { write: (text: string) => (this.out += text) };
  readonly stderr = { write: (text: string) => (this.err += text) };

  /** Nobody ends it by a signal. */
  once(_signal: EndingSignal, _listener: () => void): void {}
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `adit` in this process with a folder, a home and settings of its own, which saves starting a process for each command.
 * Commands run one after the other, since folder and environment are those of the process.
 */
export function runAdit(folder: string, args: readonly string[], env: Environment = {}): Promise<Ran> {
  const ran = last.then(() => runAlone(folder, args, env));
  last = ran.catch(() => undefined);
  return ran;
}

async function runAlone(folder: string, args: readonly string[], env: Environment): Promise<Ran> {
  const pipes = new Pipes();
  const before = { folder: process.cwd(), env: { ...process.env } };
  process.chdir(folder);
  replaceEnvironment(settingsIn(folder, env));
  try {
    await run(['node', 'adit', ...args], pipes);
  } finally {
    process.chdir(before.folder);
    replaceEnvironment(before.env);
  }
  return { code: pipes.exitCode, out: pipes.out, err: pipes.err };
}

function replaceEnvironment(settings: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in settings)) delete process.env[name];
  Object.assign(process.env, settings);
}
