import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { CollectCosignaturesProcessor } from './witnesses/collect-cosignatures.processor.js';
import { SealIndexProcessor } from './seal-index.processor.js';
import { TransparencyModule } from './transparency.module.js';

/** Seals the index and asks the witnesses. */
@Module({
  imports: [QueueModule, TransparencyModule],
  providers: [SealIndexProcessor, CollectCosignaturesProcessor],
})
export class TransparencyJobsModule {}
