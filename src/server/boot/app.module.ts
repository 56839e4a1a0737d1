import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { ContextModule, type ContextValue } from './context.module.js';

/** Assembles the service: the context, the common modules and the features in order. */
@Module({})
export class AppModule {
  static of(context: readonly ContextValue[], features: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: AppModule, imports: [ContextModule.of(context), HttpModule, QueueModule, ...features] };
  }
}
