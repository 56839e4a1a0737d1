import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { Admission } from './admission.js';
import { HeavyReads } from './heavy-reads.js';
import { HealthController } from './health.controller.js';
import { HealthRegistry } from './health.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { ProblemFilter } from './problem.filter.js';
import { validation } from './validation.js';

/** Provides problems, validation, health and metrics. */
@Module({
  controllers: [HealthController, MetricsController],
  providers: [
    Admission,
    HealthRegistry,
    HeavyReads,
    Metrics,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: validation },
  ],
  exports: [Admission, HealthRegistry, HeavyReads, Metrics],
})
export class HttpModule {}
