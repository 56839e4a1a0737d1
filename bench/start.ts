import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile } from './load.js';
import { ready } from './service.js';
import { say } from './table.js';

const COMMAND = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
/** Starts after the first, of which the median counts. */
const STARTS = 7;
/** Time between two questions whether the service is ready, ms. */
const PAUSE = 10;

export interface Starts {
  /** Time from `adit serve` to the first answer that it is ready, ms: with a new database, and with one that exists. */
  first: number;
  again: number;
}

/** Starts `adit serve` on its embedded PostgreSQL, stops it when it is ready, and returns the time that took, ms. */
async function startOnce(folder: string, environment: NodeJS.ProcessEnv, port: number): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [COMMAND, 'serve'], { cwd: folder, env: environment, stdio: 'ignore' });
  await ready(`http://127.0.0.1:${port}`, child, PAUSE);
  const took = performance.now() - started;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return took;
}

/** Measures how long `adit serve` takes to be ready, as people start it: API, worker, and an embedded PostgreSQL. */
export async function measureStarts(): Promise<Starts> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-bench-start-'));
  const port = 18_400 + Math.floor(Math.random() * 1_000);
  const environment = { ...process.env, ADIT_DATA_DIR: join(folder, 'data'), ADIT_LOG_LEVEL: 'error', PORT: `${port}` };
  try {
    execFileSync(process.execPath, [COMMAND, 'init'], { cwd: folder, env: environment, stdio: 'ignore' });
    const first = await startOnce(folder, environment, port);
    const times: number[] = [];
    while (times.length < STARTS) times.push(await startOnce(folder, environment, port));
    const again = quantile(times, 0.5);
    say(`ready after ${first.toFixed(0)} ms with a new database, ${again.toFixed(0)} ms (p50) with one that exists`);
    return { first, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
