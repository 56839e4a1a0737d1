import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { HttpModule } from '../http/http.module.js';
import { QueueBackend } from '../queue/prepare-queue.js';
import { QueueModule } from '../queue/queue.module.js';

/** Resources that exist before Nest starts. */
export interface ProcessContext {
  config: Config;
  clock: Clock;
  queue: QueueBackend;
}

/** Provides the configuration, the clock and the queue's backend by their classes. */
@Module({})
class ContextModule {
  static of({ config, clock, queue }: ProcessContext): DynamicModule {
    return {
      module: ContextModule,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: QueueBackend, useValue: queue },
      ],
      exports: [Config, Clock, QueueBackend],
    };
  }
}

/** Assembles the service: the common modules and the features in order. */
@Module({})
export class AppModule {
  static of(ground: ProcessContext, features: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: AppModule,
      imports: [ContextModule.of(ground), HttpModule, QueueModule, ...features],
    };
  }
}
