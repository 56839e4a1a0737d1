import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childrenOf, familyTime } from './processor-time.js';
import { initialise, loadConfig, openDatabase } from '../src/server/operator.js';

const MAIN = fileURLToPath(new URL('../src/server/main.js', import.meta.url));
const COMMAND = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const START_LIMIT = 120_000;

/**
 * Runs the service as an operator does, on its own embedded PostgreSQL, fsync on: a role of its own in a process, and
 * the role `all` by `adit serve`, which is two.
 */
export interface BenchedService {
  url: string;
  /** Resident memory of its processes, bytes. */
  memory(): number;
  /** Processor time until now, ms: of its processes, and of those of its database. */
  processor(): { service: number; database: number };
  /** URL of its database as the owner, and as the service itself. */
  databaseUrl: string;
  appUrl: string;
  /** Its settings, as environment variables, for a command on the same ledger. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startService(settings: Record<string, string> = {}): Promise<BenchedService> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-bench-'));
  const port = 18_400 + Math.floor(Math.random() * 1_000);
  const environment = {
    ADIT_ORIGIN: 'example.org/bench',
    ADIT_DATA_DIR: join(folder, 'data'),
    ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    ADIT_ACCESS: 'open',
    ADIT_LOG_LEVEL: 'error',
    // Measures the append alone: verification runs in worker processes with a lower priority.
    ADIT_ROLE: 'api',
    PORT: String(port),
    ...settings,
  };
  const config = loadConfig(environment);
  initialise(config);
  const database = await openDatabase(config, () => undefined);
  const addresses = { DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl };
  const program = environment.ADIT_ROLE === 'all' ? [COMMAND, 'serve'] : ['--max-semi-space-size=64', MAIN];
  const child = spawn(process.execPath, [...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), ...program], {
    env: { ...process.env, ...environment, ...addresses },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const pid = child.pid ?? 0;
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child);
  return {
    url,
    databaseUrl: database.ownerUrl,
    appUrl: database.appUrl,
    environment: { ...environment, ...addresses },
    memory: () => [pid, ...childrenOf(pid)].reduce((sum, one) => sum + residentBytes(one), 0),
    processor: () => ({
      service: familyTime(pid),
      database: familyTime(postmasterOf(environment.ADIT_DATA_DIR)),
    }),
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Another process on the same ledger. */
export interface FurtherProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts another process on the ledger of a service, in a role of its own. */
export async function startBeside(service: BenchedService, role: 'api' | 'worker'): Promise<FurtherProcess> {
  const port = 19_400 + Math.floor(Math.random() * 1_000);
  const child = spawn(process.execPath, ['--max-semi-space-size=64', MAIN], {
    env: { ...process.env, ...service.environment, ADIT_ROLE: role, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child);
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

/** Waits until a service answers that it is ready. Throws if it ends, or after two minutes. @param pause between two questions, ms. */
export async function ready(url: string, child: ChildProcess, pause = 100): Promise<void> {
  const until = Date.now() + START_LIMIT;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error('The service did not start.');
}

/** Returns the postmaster of the database in this folder. */
const postmasterOf = (dataDir: string): number =>
  parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);

/** Linux only; elsewhere 0, which the table notes. */
function residentBytes(pid: number): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
