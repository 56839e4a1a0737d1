import { type DynamicModule, Module } from '@nestjs/common';
import { ListRegistry } from './list-registry.js';
import { RegistryController } from './registry.controller.js';

/** Lists actors, keys, sites, facilities and tags from the log. */
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
