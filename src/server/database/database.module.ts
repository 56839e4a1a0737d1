import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { applicationDataSource } from './data-source.js';
import { Database, type DatabaseOptions } from './database.js';

export interface DatabaseModuleOptions extends DatabaseOptions {
  entities?: NonNullable<DataSourceOptions['entities']>;
}

/** Gives every feature the `Database` and TypeORM's repositories, both as the role `ledger_app`. */
@Module({})
export class DatabaseModule {
  static forRoot({ entities = [], ...options }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [TypeOrmModule.forRootAsync({ useFactory: () => applicationDataSource(options.url, entities) })],
      providers: [{ provide: Database, useFactory: () => new Database(options) }],
      exports: [Database, TypeOrmModule],
    };
  }
}
