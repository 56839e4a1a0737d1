import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { QueueModule } from './queue.module.js';
import { ScheduleJobs } from './schedule-jobs.js';

/** Schedules the repeating jobs, in processes that run jobs. */
@Module({ imports: [HttpModule, QueueModule], providers: [ScheduleJobs] })
export class QueueJobsModule {}
