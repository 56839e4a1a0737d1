import { Logger, type ModuleMetadata } from '@nestjs/common';
import type { Config } from './config.js';
import { DatabaseModule } from './database/database.module.js';

type Modules = NonNullable<ModuleMetadata['imports']>;

/**
 * The features of the service, in their line: registry, ledger, transparency, verification, alerts, and provenance
 * beside them. Each is one module; what belongs to one role alone (a processor, a controller) asks `config.role`.
 */
export function featureModules(_config: Config, databaseUrl: string): Modules {
  const logger = new Logger('database');
  const failed = (err: Error): void => logger.error({ msg: 'an idle connection was lost', err });
  return [DatabaseModule.forRoot({ url: databaseUrl, failed })];
}
