import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { ListRegistry } from './list-registry.js';
import { RegistryController } from './registry.controller.js';

/** Lists actors, keys, sites, facilities and tags from the log. */
@Module({
  imports: [DatabaseModule],
  controllers: [RegistryController],
  providers: [ListRegistry],
  exports: [ListRegistry],
})
export class RegistryHttpModule {}
