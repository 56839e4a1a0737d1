import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HealthRegistry, type Readiness } from './health.js';

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('livez')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The process answers; asks nothing of the database' })
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests can be served, and which dependency is missing (503) if not' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    void reply.status(readiness.ready ? 200 : 503);
    return readiness;
  }

  @Get('startupz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the start is over (503 until then)' })
  startup(@Res({ passthrough: true }) reply: FastifyReply): { started: boolean } {
    void reply.status(this.health.up ? 200 : 503);
    return { started: this.health.up };
  }
}
