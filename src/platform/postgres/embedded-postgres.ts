import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lockDataFolder } from './data-folder-lock.js';
import { packagedBinaries, preparePostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { databaseUser, makeTraversable, runAs, type User } from './run-as.js';

export interface EmbeddedPostgresOptions {
  /** Folder of data, passwords, port and log; created if missing. */
  dataDir: string;
  log?: (message: string) => void;
  /**
   * Default true. False is several times faster but may lose or damage data if the machine crashes; only for tests,
   * scenarios and the demo.
   */
  durable?: boolean;
  /** Folder with `bin`, `lib` and `share`; default: the package for this platform. */
  binaries?: string;
}

/** An embedded PostgreSQL that listens on 127.0.0.1. */
export interface EmbeddedPostgres {
  superuserUrl: string;
  port: number;
  /** False if another process started the server that runs in this folder; `stop` then leaves it running. */
  startedByUs: boolean;
  /** Stops the server if Adit started it, and releases the folder. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
/** Time limit for orphans of a killed server to exit and for a server to recover, ms. */
const PATIENCE = 60_000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** Arguments of commands on the server of one folder. */
interface Site {
  dataDir: string;
  cluster: string;
  binaries: PostgresBinaries;
  user: User | null;
  password: string;
  durable: boolean;
  log: (message: string) => void;
}

/**
 * Starts PostgreSQL in `dataDir`, or takes over a server that still runs after its process was killed. Throws
 * `DataFolderHeldError` if another running process of Adit uses the folder.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const lock = await lockDataFolder(dataDir);
  try {
    const site = await prepareSite(dataDir, options.binaries ?? packagedBinaries(), options.durable ?? true, log);
    const running = await runningServer(site);
    const { port, pid } = running ?? (await startServer(site));
    if (running === null) await writeFile(startedFile(dataDir), String(pid));
    else log(`Reusing the PostgreSQL that runs in ${dataDir} (process ${pid}, port ${port})`);
    const startedByUs = running === null || (await textOf(startedFile(dataDir))) === String(pid);
    const onExit = (): void => {
      if (startedByUs) stopInPassing(site);
      lock.release();
    };
    process.once('exit', onExit);
    return {
      superuserUrl: urlOf(site, port),
      port,
      startedByUs,
      stop: async () => {
        process.off('exit', onExit);
        try {
          if (startedByUs) await stopServer(site);
        } finally {
          lock.release();
        }
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

const startedFile = (dataDir: string): string => join(dataDir, 'postmaster.started');
const urlOf = (site: Site, port: number): string =>
  `postgres://${SUPERUSER}:${site.password}@127.0.0.1:${port}/postgres`;
const textOf = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );

async function prepareSite(
  dataDir: string,
  native: string,
  durable: boolean,
  log: (message: string) => void,
): Promise<Site> {
  const cluster = join(dataDir, 'postgres');
  const user = await databaseUser(cluster);
  if (user !== null) {
    const opened = await makeTraversable(dataDir);
    if (opened.length > 0) log(`PostgreSQL runs as ${user.name}: made ${opened.join(', ')} passable (o+x)`);
    if (user.shared)
      log(
        `PostgreSQL runs as ${user.name}: whatever else runs as that user can write ${cluster}. A user adit, made before the first start, keeps it apart.`,
      );
  }
  const binaries = await preparePostgresBinaries(native, join(dataDir, 'postgres-18'), user);
  const passwordFile = join(dataDir, 'superuser.password');
  const known = await textOf(passwordFile);
  const initialised = (await textOf(join(cluster, 'PG_VERSION'))) !== null;
  if (initialised && known === null)
    throw new Error(`${passwordFile} is missing, and ${cluster} cannot be entered without it. Put it back.`);
  const password = known ?? randomBytes(24).toString('base64url');
  if (known === null) await writeAtOnce(passwordFile, password, 0o600);
  const site = { dataDir, cluster, binaries, user, password, durable, log };
  if (!initialised) await initialise(site);
  return site;
}

async function writeAtOnce(file: string, text: string, mode: number): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, text, { mode });
  await rename(part, file);
}

/** Runs initdb in a temporary folder and renames it, so that an interrupted one is never used. */
async function initialise(site: Site): Promise<void> {
  site.log(`Preparing a PostgreSQL in ${site.dataDir}`);
  for (const name of await readdir(site.dataDir))
    if (name.startsWith('initdb-')) await removeFolder(join(site.dataDir, name));
  const room = join(site.dataDir, `initdb-${process.pid}-${Date.now()}`);
  await mkdir(room, { mode: 0o700 });
  const passwordFile = join(room, 'password');
  await writeFile(passwordFile, site.password, { mode: 0o600 });
  if (site.user !== null) {
    await chown(room, site.user.uid, site.user.gid);
    await chown(passwordFile, site.user.uid, site.user.gid);
  }
  const fresh = join(room, 'postgres');
  const args = ['-D', fresh, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums');
  // Throw-away databases have many short connections, whose cost would be mostly the derivation of the password's key.
  if (!site.durable) args.push('--no-sync', '-c', 'scram_iterations=1');
  const { code, output } = await runAs(site.user, site.binaries.initdb, args, room);
  if (code !== 0) throw new Error(`initdb failed (${code}): ${output}`);
  await removeFolder(site.cluster);
  await rename(fresh, site.cluster);
  await chmod(site.cluster, 0o700);
  await removeFolder(room);
}

const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

interface Server {
  port: number;
  pid: number;
}

/** Reads the postmaster's file: its pid in line 1, its port in line 4 (PostgreSQL, src/include/utils/pidfile.h). */
async function postmasterFile(site: Site): Promise<Server | null> {
  const lines = (await textOf(join(site.cluster, 'postmaster.pid')))?.split('\n');
  if (lines === undefined) return null;
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

/** Returns the server that `pg_ctl status` finds and that accepts our password, or null. */
async function runningServer(site: Site): Promise<Server | null> {
  await forgetForeignProcess(site);
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const { code } = await pgCtl(site, ['status']);
    if (code !== 0) return null;
    const server = await postmasterFile(site);
    if (server !== null && server.port > 0) {
      const refusal = await tryToConnect(urlOf(site, server.port));
      if (refusal === null) return server;
      if (refusal === 'wrong-password')
        throw new Error(`The PostgreSQL in ${site.dataDir} refuses the password in superuser.password`);
    }
    if (Date.now() > deadline) throw new Error(`The PostgreSQL that runs in ${site.dataDir} does not answer`);
    await sleep(100);
  }
}

/**
 * Removes a stale postmaster.pid: after a reboot its pid may belong to another program, which pg_ctl takes for a
 * server.
 */
async function forgetForeignProcess(site: Site): Promise<void> {
  const server = await postmasterFile(site);
  if (server === null || process.platform !== 'linux') return;
  const name = await textOf(`/proc/${server.pid}/comm`);
  if (name !== null && name !== 'postgres') await rm(join(site.cluster, 'postmaster.pid'), { force: true });
}

async function tryToConnect(url: string): Promise<null | 'wrong-password' | 'not-yet'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return (error as { code?: string }).code === '28P01' ? 'wrong-password' : 'not-yet';
  } finally {
    await client.end().catch(() => undefined);
  }
}

const pgCtl = (site: Site, args: string[]) =>
  runAs(site.user, site.binaries.pgCtl, [...args, '-D', site.cluster], site.cluster);

/**
 * Starts the server; uses another port if the remembered one is taken, and retries while orphans of a killed server
 * run.
 */
async function startServer(site: Site): Promise<Server> {
  const deadline = Date.now() + PATIENCE;
  let remembered = Number(await textOf(join(site.dataDir, 'port')));
  for (;;) {
    const port = await freePort(remembered);
    await writeAtOnce(join(site.dataDir, 'port'), String(port), 0o644);
    await writeSettings(site, port);
    const logFile = join(site.cluster, 'server.log');
    const before = await trimLog(logFile);
    const { code, output } = await pgCtl(site, ['start', '-w', '-t', String(PATIENCE / 1000), '-l', logFile]);
    const server = code === 0 ? await postmasterFile(site) : null;
    if (server !== null) return server;
    const said = `${output}\n${((await textOf(logFile)) ?? '').slice(before)}`.trim();
    const portTaken = /could not bind|Address already in use/.test(said);
    const lingering = /another server might be running|pre-existing shared memory|lock file .* already exists/.test(
      said,
    );
    if ((!portTaken && !lingering) || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start in ${site.dataDir}: ${said}`);
    if (portTaken) remembered = 0;
    await sleep(100);
  }
}

/** Returns the size of the log file; empties it above the limit. */
async function trimLog(file: string): Promise<number> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size <= LOG_LIMIT_BYTES) return size;
  await truncate(file);
  return 0;
}

/** Writes the settings that differ from PostgreSQL's defaults at each start, because the port may change. */
async function writeSettings(site: Site, port: number): Promise<void> {
  const settings = join(site.cluster, 'adit.conf');
  const text = [
    `listen_addresses = '127.0.0.1'`,
    `port = ${port}`,
    `unix_socket_directories = ''`,
    'max_connections = 100',
    'shared_buffers = 128MB',
    ...['fsync', 'synchronous_commit', 'full_page_writes'].map((name) => `${name} = ${site.durable ? 'on' : 'off'}`),
    'wal_compression = on',
    'max_wal_size = 1GB',
    'checkpoint_completion_target = 0.9',
    `log_timezone = 'UTC'`,
    `timezone = 'UTC'`,
    '',
  ].join('\n');
  await rm(settings, { force: true });
  await writeFile(settings, text, { mode: 0o600 });
  if (site.user !== null) await chown(settings, site.user.uid, site.user.gid);
  const main = join(site.cluster, 'postgresql.conf');
  const conf = await readFile(main, 'utf8');
  if (!conf.includes(`include = 'adit.conf'`)) await writeFile(main, `${conf}\ninclude = 'adit.conf'\n`);
}

/** Returns `wanted` if it is free, else a free port. */
async function freePort(wanted: number): Promise<number> {
  const usable = Number.isInteger(wanted) && wanted > 0 && wanted < 65_536;
  return (usable ? await bind(wanted) : null) ?? (await bind(0)) ?? Promise.reject(new Error('no free port'));
}

function bind(port: number): Promise<number | null> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

async function stopServer(site: Site): Promise<void> {
  const { code, output } = await pgCtl(site, ['stop', '-m', 'fast', '-w', '-t', String(PATIENCE / 1000)]);
  // A server that was killed meanwhile need not be stopped.
  const gone = code === 0 || (await pgCtl(site, ['status'])).code !== 0;
  if (!gone) throw new Error(`PostgreSQL in ${site.dataDir} did not stop: ${output}`);
  await rm(startedFile(site.dataDir), { force: true });
}

/** Signals the server to stop without waiting, because no asynchronous code runs at the exit of the process. */
function stopInPassing(site: Site): void {
  try {
    readFileSync(join(site.cluster, 'postmaster.pid'));
  } catch {
    return;
  }
  spawnSync(site.binaries.pgCtl, ['stop', '-m', 'fast', '-W', '-D', site.cluster], { ...site.user, stdio: 'ignore' });
}
