import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { APPLICATION_ROLE } from './database.js';
import { sessionOptions } from './session.js';

/** Where TypeORM notes which migrations have run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

type Entities = NonNullable<DataSourceOptions['entities']>;

/** For the service: entities of what is read and written one row at a time. It never changes the schema by itself. */
export const applicationDataSource = (url: string, entities: Entities): DataSourceOptions => ({
  type: 'postgres',
  url,
  entities,
  synchronize: false,
  migrationsRun: false,
  extra: { max: 5, options: sessionOptions(APPLICATION_ROLE) },
});

/** For migrations: connects as the owner of the schema. @param only the names of those that are known; default: all. */
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
