import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { HealthRegistry } from '../http/health.js';
import { type Entities, openDatabase } from './data-source.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Database, type DatabaseOptions } from './database.js';

export interface DatabaseModuleOptions extends DatabaseOptions {
  entities: Entities;
}

/** Reports in `/readyz` whether the database answers and accepts writes. */
@Injectable()
class DatabaseHealth {
  constructor(database: Database, health: HealthRegistry) {
    health.register('database', () => database.whyReadOnly());
  }
}

/** Provides the `Database`, with repositories of the given entities. */
@Module({})
export class DatabaseModule {
  static forRoot({ entities, ...options }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => openDatabase(options, entities) },
        DatabaseHealth,
        DatabaseMetrics,
      ],
      exports: [Database],
    };
  }
}
