import pg from 'pg';
import type { DataSource } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { MIGRATIONS_TABLE, ownerDataSource } from './data-source.js';
import { sessionOptions } from './session.js';
import { takeTurn } from './take-turn.js';

/** Advisory lock of migrations, so that only one of several starting processes migrates. */
export const MIGRATION_LOCK = 0x61646974;

const known = migrations.map((migration) => new migration().name);

/** Runs one statement and returns its rows. */
type Ask = (sql: string, values?: string[]) => Promise<unknown>;

/** Returns the names of the applied migrations in order; empty for a new database. */
async function applied(ask: Ask): Promise<string[]> {
  const [{ present }] = (await ask('SELECT to_regclass($1) IS NOT NULL AS present', [
    `public.${MIGRATIONS_TABLE}`,
  ])) as [{ present: boolean }];
  if (!present) return [];
  const rows = (await ask(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`)) as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Reads the names of the applied migrations by one connection, which costs less than a data source of TypeORM. */
async function appliedIn(ownerUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, options: sessionOptions('ledger_owner') });
  // A lost connection is reported by its statement.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await applied(async (sql, values) => (await client.query<object>(sql, values)).rows);
  } finally {
    await client.end();
  }
}

function refuseNewer(names: string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `The database is newer than this program: it has the migrations ${unknown.join(', ')}, which this build does not know. Run the newer build, or restore a backup from before.`,
    );
}

async function withOwner<T>(
  ownerUrl: string,
  work: (source: DataSource) => Promise<T>,
  only?: readonly string[],
): Promise<T> {
  const source = await ownerDataSource(ownerUrl, only).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/**
 * Runs the missing migrations and returns their names. Throws if the database is newer than this build, or
 * `DatabaseBusyError` after `limit` ms.
 */
export async function migrate(ownerUrl: string, limit?: number): Promise<string[]> {
  // Most starts find nothing missing. They need no lock: each migration commits together with its name.
  if ((await pendingMigrations(ownerUrl)).length === 0) return [];
  return migrateTo(ownerUrl, undefined, limit);
}

/**
 * Migrates an empty database to the schema of an older release by the given migrations. Throws if the database has
 * other migrations, or if this build lacks one.
 */
export async function migrateOnly(ownerUrl: string, only: readonly string[]): Promise<void> {
  refuseNewer([...only]);
  const more = (await appliedIn(ownerUrl)).filter((name) => !only.includes(name));
  if (more.length > 0)
    throw new Error(
      `The database has the migrations ${more.join(', ')}, which the backup does not have. Use a new database.`,
    );
  await migrateTo(ownerUrl, only);
}

function migrateTo(ownerUrl: string, only?: readonly string[], limit?: number): Promise<string[]> {
  const run = async (source: DataSource): Promise<string[]> => {
    const runner = source.createQueryRunner();
    try {
      // This transaction holds the lock; each migration runs in a transaction of another connection.
      await runner.startTransaction();
      await takeTurn((sql, values) => runner.query(sql, values), MIGRATION_LOCK, limit);
      refuseNewer(await applied((sql, values) => source.query(sql, values)));
      const done = await source.runMigrations();
      return done.map(({ name }) => name);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  };
  return withOwner(ownerUrl, run, only);
}

/** Returns the names of the missing migrations. Throws if the database is newer than this build. */
export async function pendingMigrations(ownerUrl: string): Promise<string[]> {
  const names = await appliedIn(ownerUrl);
  refuseNewer(names);
  return known.filter((name) => !names.includes(name));
}
