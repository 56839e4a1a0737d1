import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig } from '../../src/server/config/config.js';
import type { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase } from '../../src/server/database/prepare.js';
import { Guard } from '../../src/server/transparency/guard.js';
import { initKeys } from '../../src/server/transparency/keys.js';
import { type TestDatabase, testDatabase } from './database.js';
import { SERVICE } from './programs.js';

/** Limit of a start and of an end, ms: a machine with much else to do takes its time. */
const PATIENCE = 120_000;
/** How often is looked whether it has started, ms: more often takes the CPU from the one that starts. */
const LOOK = 100;

/** What the processes of one ledger share: a database, keys and a guard. */
export interface ServiceContext {
  database: Pick<TestDatabase, 'url' | 'ownerUrl' | 'superuserUrl'>;
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/** @param given a database; otherwise one of its own on the server of the run, dropped at the end. */
export async function newGround(given?: ServiceContext['database']): Promise<ServiceContext> {
  const own = given === undefined ? await testDatabase() : null;
  const database = given ?? (own as TestDatabase);
  const folder = mkdtempSync(join(tmpdir(), 'adit-faults-'));
  const environment = {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ADIT_ORIGIN: 'example.org/tin',
    ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
    ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
    ADIT_GUARD_FILE: join(folder, 'guard.json'),
    ADIT_ACCESS: 'open',
    ADIT_LOG_LEVEL: 'error',
    ADIT_VERIFY_THREADS: '1',
    ADIT_ENTRY_BUNDLES: 'on',
    ADIT_ROLE: 'api',
  };
  const config = loadConfig(environment);
  initKeys(config, config.origin);
  new Guard(config.guardFile, config.origin).create();
  return {
    database,
    environment,
    remove: async () => {
      await own?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Of a ledger on a database server of its own, which a test may kill or starve; @param folder for the server's passwords. */
export async function groundOn(postgres: EmbeddedPostgres, folder: string): Promise<ServiceContext> {
  const { appUrl, ownerUrl } = await prepareDatabase(postgres.superuserUrl, join(folder, 'logins.json'));
  const superuserUrl = new URL(postgres.superuserUrl);
  superuserUrl.pathname = new URL(appUrl).pathname;
  return newGround({ url: appUrl, ownerUrl, superuserUrl: superuserUrl.href });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** The service as a process of its own, which can be killed and started again on the same port, keys and guard. */
export class ServiceProcess {
  private child: ChildProcess | null = null;
  /** What it said on its way, to be shown when a start fails. */
  private said = '';

  private constructor(
    private readonly ground: ServiceContext,
    readonly url: string,
    readonly config: Config,
    private readonly environment: Record<string, string>,
    private readonly program: readonly string[],
  ) {}

  /**
   * @param first settings of the first start alone: later ones are without them.
   * @param program what node runs; by default the service in one process.
   */
  static async start(
    ground: ServiceContext,
    settings: Record<string, string> = {},
    first: Record<string, string> = {},
    program: readonly string[] = [SERVICE],
  ): Promise<ServiceProcess> {
    const port = await freePort();
    const environment = { ...ground.environment, ...settings, PORT: String(port) };
    const service = new ServiceProcess(
      ground,
      `http://127.0.0.1:${port}`,
      loadConfig(environment),
      environment,
      program,
    );
    await service.restart(first);
    return service;
  }

  get database(): ServiceContext['database'] {
    return this.ground.database;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('the service does not run');
    return pid;
  }

  /** What it ended with; null while it runs, or where a signal ended it. */
  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it, after a kill for example, and waits until it has started. */
  async restart(settings: Record<string, string> = {}): Promise<void> {
    this.said = '';
    const child = spawn(process.execPath, this.program, {
      env: { PATH: process.env.PATH, ...this.environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (text: Buffer) => this.keep(text));
    child.stderr.on('data', (text: Buffer) => this.keep(text));
    this.child = child;
    const deadline = Date.now() + PATIENCE;
    while (!(await this.answers('/startupz'))) {
      if (!this.running || Date.now() > deadline) throw new Error(`the service did not start: ${this.said}`);
      await sleep(LOOK);
    }
  }

  async answers(path: string): Promise<boolean> {
    return fetch(`${this.url}${path}`).then(
      (response) => response.ok,
      () => false,
    );
  }

  /** What it wrote since its start. */
  get output(): string {
    return this.said;
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  /** Waits until it is gone; throws if it lives longer than `patience` ms. */
  async gone(patience = PATIENCE): Promise<void> {
    if (this.child === null || !this.running) return;
    const signal = AbortSignal.timeout(patience);
    await once(this.child, 'exit', { signal }).catch((cause: unknown) => {
      throw new Error(`the service lives on: ${this.said}`, { cause });
    });
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.gone();
  }

  private keep(text: Buffer): void {
    this.said = (this.said + text.toString('utf8')).slice(-20_000);
  }
}
