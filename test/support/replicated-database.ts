import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase } from '../../src/server/database/prepare.js';
import { copyPreparedServer } from './database.js';
import { until } from './until.js';

/** Name under which the replica connects to the primary. */
const NAME = 'replica';
/** What names the process or the start of a folder, and is not copied with it. */
const OWN_FILES = ['adit.lock', 'port', 'postmaster.started', 'postgres/postmaster.pid'];

interface Addresses {
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
}

/**
 * A primary and a streaming replica of it, both from the embedded binaries. Those have no pg_basebackup: the copy is made by
 * the functions that it uses (pg_backup_start, the files, pg_backup_stop).
 */
export class ReplicatedDatabase {
  private constructor(
    private readonly folder: string,
    private readonly primary: EmbeddedPostgres,
    private replica: EmbeddedPostgres,
    readonly addresses: Addresses,
  ) {}

  /** @param durable as of the embedded server: false where no server is killed. */
  static async start(durable = false): Promise<ReplicatedDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'adit-replicated-'));
    const [from, to] = [join(folder, 'primary'), join(folder, 'replica')];
    copyPreparedServer(from);
    const primary = await startEmbeddedPostgres({ dataDir: from, durable });
    const { appUrl, ownerUrl } = await prepareDatabase(primary.superuserUrl, join(from, 'logins.json'));
    const superuserUrl = withPath(primary.superuserUrl, new URL(appUrl).pathname);
    await copyCluster(primary.superuserUrl, from, to);
    const replica = await startEmbeddedPostgres({ dataDir: to, durable });
    const pair = new ReplicatedDatabase(folder, primary, replica, { appUrl, ownerUrl, superuserUrl });
    await until(() => pair.isStreaming());
    return pair;
  }

  /** URL of the replica for the service. */
  get readUrl(): string {
    return this.onReplica(this.addresses.appUrl);
  }

  /** The addresses of the replica, which the service uses when it is the primary. */
  get promoted(): Addresses {
    const { appUrl, ownerUrl, superuserUrl } = this.addresses;
    return {
      appUrl: this.onReplica(appUrl),
      ownerUrl: this.onReplica(ownerUrl),
      superuserUrl: this.onReplica(superuserUrl),
    };
  }

  /** Lets the primary wait at each commit until the replica has flushed it. */
  async commitTogether(): Promise<void> {
    await run(this.addresses.superuserUrl, `ALTER SYSTEM SET synchronous_standby_names = '${NAME}'`);
    await run(this.addresses.superuserUrl, 'SELECT pg_reload_conf()');
    await until(async () => (await this.replication()) === 'sync');
  }

  /** Stops replaying on the replica; it still receives. */
  async pause(): Promise<void> {
    await run(this.promoted.superuserUrl, 'SELECT pg_wal_replay_pause()');
    await until(
      async () =>
        (await run(this.promoted.superuserUrl, 'SELECT pg_get_wal_replay_pause_state() AS is'))[0]?.is === 'paused',
    );
  }

  async resume(): Promise<void> {
    await run(this.promoted.superuserUrl, 'SELECT pg_wal_replay_resume()');
  }

  /** Waits until the replica has replayed what the primary has written. */
  async catchUp(): Promise<void> {
    const [written] = await run(this.addresses.superuserUrl, 'SELECT pg_current_wal_flush_lsn()::text AS is');
    await until(async () => {
      const [row] = await run(
        this.promoted.superuserUrl,
        `SELECT (pg_last_wal_replay_lsn() >= '${written?.is ?? ''}')::text AS is`,
      );
      return row?.is === 'true';
    });
  }

  /** Stops receiving on the replica, as a network between the two that is cut. */
  async cut(): Promise<void> {
    await run(this.promoted.superuserUrl, "ALTER SYSTEM SET primary_conninfo = ''");
    await run(this.promoted.superuserUrl, 'SELECT pg_reload_conf()');
    await until(async () => (await this.replication()) === null);
  }

  killPrimary(): Promise<void> {
    return kill(this.primary, join(this.folder, 'primary'));
  }

  killReplica(): Promise<void> {
    return kill(this.replica, join(this.folder, 'replica'));
  }

  async startReplica(): Promise<void> {
    this.replica = await startEmbeddedPostgres({ dataDir: join(this.folder, 'replica'), durable: false });
  }

  /** Makes the replica the primary, and waits until it accepts writes. */
  async promote(): Promise<void> {
    await run(this.promoted.superuserUrl, 'SELECT pg_promote(true)');
  }

  async close(): Promise<void> {
    await this.replica.stop();
    await this.primary.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private onReplica(url: string): string {
    const address = new URL(url);
    address.port = String(this.replica.port);
    return address.href;
  }

  private async isStreaming(): Promise<boolean> {
    return (await this.replication()) !== null;
  }

  private async replication(): Promise<string | null> {
    const rows = await run(
      this.addresses.superuserUrl,
      `SELECT sync_state AS is FROM pg_stat_replication WHERE application_name = '${NAME}' AND state = 'streaming'`,
    );
    return rows[0]?.is ?? null;
  }
}

function withPath(url: string, path: string): string {
  const address = new URL(url);
  address.pathname = path;
  return address.href;
}

async function run(url: string, statement: string): Promise<{ is?: string }[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<{ is?: string }>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Copies a running server into another folder, as a standby of it. */
async function copyCluster(superuserUrl: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query("SELECT pg_backup_start('replica', true)");
  execFileSync('cp', ['-a', from, to]);
  const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  await client.end();
  for (const own of OWN_FILES) rmSync(join(to, own), { force: true });
  const cluster = join(to, 'postgres');
  cpSync(join(from, 'postgres', 'pg_wal'), join(cluster, 'pg_wal'), { recursive: true });
  const { hostname, port, username, password } = new URL(superuserUrl);
  const source = `host=${hostname} port=${port} user=${username} password=${password} application_name=${NAME}`;
  const files = {
    backup_label: rows[0]?.labelfile ?? '',
    'standby.signal': '',
    'postgresql.auto.conf': `primary_conninfo = '${source}'\nhot_standby_feedback = on\n`,
  };
  // As root, PostgreSQL runs as another user, who must be able to read them.
  const { uid, gid } = statSync(cluster);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(cluster, name), text, { mode: 0o600 });
    chownSync(join(cluster, name), uid, gid);
  }
  execFileSync('chown', ['-R', `${uid}:${gid}`, join(cluster, 'pg_wal')]);
}

/** Kills the postmaster of a server, as the failure of its machine does. */
async function kill(server: EmbeddedPostgres, folder: string): Promise<void> {
  const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  // The server is gone already; this releases its folder.
  await server.stop();
}
