import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APP_ROLE, Database } from './database.js';
import { dataSourceOptions, type Entity } from './data-source.js';

export interface DatabaseModuleOptions {
  /** The application's login. */
  url: string;
  entities?: Entity[];
  max?: number;
}

/** Closes the pool last, when nothing uses it any more. */
class DatabaseShutdown implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** Gives every feature the `Database` and TypeORM's repositories, both as the role `ledger_app`. */
@Module({})
export class DatabaseModule {
  static forRoot({ url, entities = [], max }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [TypeOrmModule.forRootAsync({ useFactory: () => dataSourceOptions(url, APP_ROLE, entities) })],
      providers: [
        { provide: Database, useFactory: () => new Database({ url, ...(max === undefined ? {} : { max }) }) },
        {
          provide: DatabaseShutdown,
          useFactory: (database: Database) => new DatabaseShutdown(database),
          inject: [Database],
        },
      ],
      exports: [Database, TypeOrmModule],
    };
  }
}
