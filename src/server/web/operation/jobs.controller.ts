import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as z from 'zod';
import { type JobName, jobKinds } from '../../queue/jobs.js';
import { QueuedJobs } from '../../queue/queued-jobs.js';

const jobName = z.enum(Object.keys(jobKinds) as [JobName, ...JobName[]]);

/** Lets the operator run background work again that failed. */
@ApiTags('operation')
@Controller('v1/jobs')
export class JobsController {
  constructor(private readonly jobs: QueuedJobs) {}

  @Post(':name/retry')
  @HttpCode(204)
  @ApiOperation({ summary: 'Runs the failed jobs of one kind again' })
  @ApiNoContentResponse({ description: 'Done' })
  retry(@Param('name', { schema: jobName }) name: JobName): Promise<void> {
    return this.jobs.retry(name);
  }
}
