import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Readiness, liveShape, readinessShape, startupShape } from '../../core/api/health.js';
import { HealthRegistry } from './health.js';

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('livez')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The process answers; asks nothing of the database' })
  @ApiOkResponse({ standardSchema: liveShape })
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests can be served, and which dependency is missing (503) if not' })
  @ApiOkResponse({ standardSchema: readinessShape })
  @ApiServiceUnavailableResponse({
    description: 'Not ready; `checks` gives the reasons',
    standardSchema: readinessShape,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    void reply.status(readiness.ready ? 200 : 503);
    return readiness;
  }

  @Get('startupz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the start is over (503 until then)' })
  @ApiOkResponse({ standardSchema: startupShape })
  @ApiServiceUnavailableResponse({ description: 'Not started yet', standardSchema: startupShape })
  startup(@Res({ passthrough: true }) reply: FastifyReply): { started: boolean } {
    void reply.status(this.health.up ? 200 : 503);
    return { started: this.health.up };
  }
}
