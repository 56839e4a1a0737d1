import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '../http/health.js';
import { AuditOutcome } from './audit/audit-outcome.js';
import { WatchCatalogue } from './audit/watch-catalogue.js';

/** Reports in `/readyz` what audits and the comparison of the schema found. */
@Injectable()
export class VerificationHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly outcome: AuditOutcome,
    private readonly catalogue: WatchCatalogue,
  ) {}

  onModuleInit(): void {
    this.health.registerWarning('record', () => this.outcome.whyDegraded());
    this.health.registerWarning('catalogue', () => this.catalogue.whyDegraded());
  }
}
