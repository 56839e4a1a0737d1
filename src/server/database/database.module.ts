import { Injectable, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '../http/health.js';
import { HttpModule } from '../http/http.module.js';
import { type Entities, openDatabase } from './data-source.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Database } from './database.js';

/** The database of the service: its address for the role of the service, and the entities of the features. */
export abstract class DatabaseSource {
  abstract readonly url: string;
  /** URL of a streaming replica; null: there is none. */
  abstract readonly replicaUrl: string | null;
  abstract readonly entities: Entities;
  /** Whether this process works in the background only. */
  abstract readonly background: boolean;
}

const logger = new Logger('database');
const failed = (err: Error): void => logger.error({ msg: 'an idle database connection was lost', err });

/** Reports in `/readyz` whether the database answers and accepts writes, and why reads do not go to its replica. */
@Injectable()
class DatabaseHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('database', () => this.database.whyReadOnly());
    const { replica } = this.database;
    if (replica !== null) this.health.registerWarning('replica', () => Promise.resolve(replica.whyUnused()));
  }
}

/** Provides the `Database`, with repositories of the entities. */
@Module({
  imports: [HttpModule],
  providers: [
    {
      provide: Database,
      inject: [DatabaseSource],
      useFactory: ({ url, replicaUrl, entities, background }: DatabaseSource) =>
        openDatabase({ url, replicaUrl, failed, background }, entities),
    },
    DatabaseHealth,
    DatabaseMetrics,
  ],
  exports: [Database],
})
export class DatabaseModule {}
