import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Admission } from '../../http/admission.js';
import { ReceiveEvents } from './receive-events.js';

/** Refuses events before their bodies are read where none could be received, and all of them once the process stops. */
@Injectable()
export class GateRoutes implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly admission: Admission,
    private readonly receiving: ReceiveEvents,
  ) {}

  onModuleInit(): void {
    for (const route of ['POST /v1/events', 'POST /v1/events/check', 'POST /v1/events/check/batch'])
      this.admission.register(route, () => this.receiving.refusal());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.receiving.close();
  }
}
