import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { HealthRegistry } from '../http/health.js';
import { applicationDataSource } from './data-source.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Database, type DatabaseOptions } from './database.js';

export interface DatabaseModuleOptions extends DatabaseOptions {
  entities?: NonNullable<DataSourceOptions['entities']>;
}

/** Reports in `/readyz` whether the database answers and accepts writes. */
@Injectable()
class DatabaseHealth {
  constructor(database: Database, health: HealthRegistry) {
    health.register('database', () => database.whyReadOnly());
  }
}

/** Provides the `Database` and TypeORM's repositories, both as the role `ledger_app`. */
@Module({})
export class DatabaseModule {
  static forRoot({ entities = [], ...options }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [TypeOrmModule.forRootAsync({ useFactory: () => applicationDataSource(options.url, entities) })],
      providers: [{ provide: Database, useFactory: () => new Database(options) }, DatabaseHealth, DatabaseMetrics],
      exports: [Database, TypeOrmModule],
    };
  }
}
