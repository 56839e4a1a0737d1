import { Module } from '@nestjs/common';
import { QueueModule } from './queue.module.js';
import { ScheduleJobs } from './schedule-jobs.js';

/** Schedules the repeating jobs, in processes that run jobs. */
@Module({ imports: [QueueModule], providers: [ScheduleJobs] })
export class QueueJobsModule {}
