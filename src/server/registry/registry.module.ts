import { type DynamicModule, Module } from '@nestjs/common';
import { ListRegistry } from './list-registry.js';
import { RegistryController } from './registry.controller.js';

/** Actors, keys, sites, facilities and tags, as the log has them. */
@Module({})
export class RegistryModule {
  static forRoot(answersHttp: boolean): DynamicModule {
    return {
      module: RegistryModule,
      controllers: answersHttp ? [RegistryController] : [],
      providers: [ListRegistry],
    };
  }
}
