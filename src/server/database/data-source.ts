import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { Database } from './database.js';
import { type DatabaseOptions, POOL_SIZE, QuietPool, poolConfig } from './pools.js';
import { sessionOptions } from './session.js';

/** Table in which TypeORM records the migrations that have run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

export type Entities = NonNullable<DataSourceOptions['entities']>;

/**
 * Returns the data source of the service, with entities for rows that are created, listed and changed one at a time. Its
 * pool is the one that `Database` shares. It never changes the schema.
 */
export const applicationDataSource = (options: DatabaseOptions, entities: Entities): DataSource =>
  new DataSource({
    type: 'postgres',
    entities,
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    // Generated ids come from PostgreSQL's own gen_random_uuid().
    uuidExtension: 'pgcrypto',
    poolErrorHandler: options.failed,
    driver: { ...pg, Pool: QuietPool },
    extra: { ...poolConfig(options, options.poolSize ?? POOL_SIZE, false), background: options.background ?? false },
  });

/** Opens the database of a process that has entities. */
export const openDatabase = async (options: DatabaseOptions, entities: Entities): Promise<Database> =>
  new Database(options, await applicationDataSource(options, entities).initialize());

/**
 * Returns the data source for migrations, which connects as the owner of the schema.
 * @param only names of the migrations to load; default: all.
 */
export const ownerDataSource = (url: string, only?: readonly string[]): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    migrations: migrations.filter((migration) => only?.includes(new migration().name) ?? true),
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    extra: { max: 2, options: sessionOptions('ledger_owner') },
  });
