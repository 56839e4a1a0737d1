import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { APPLICATION_ROLE } from './database.js';
import { sessionOptions } from './session.js';

/** Table in which TypeORM records the migrations that have run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

type Entities = NonNullable<DataSourceOptions['entities']>;

/**
 * Options for the service, with entities for rows that are read and written one at a time. It never changes the schema.
 */
export const applicationDataSource = (url: string, entities: Entities): DataSourceOptions => ({
  type: 'postgres',
  url,
  entities,
  synchronize: false,
  migrationsRun: false,
  extra: { max: 5, options: sessionOptions(APPLICATION_ROLE) },
});

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
