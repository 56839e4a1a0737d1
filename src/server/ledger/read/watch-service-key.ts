import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { HealthRegistry } from '../../http/health.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { ReadLog } from './read-log.js';

/** Reports in `/readyz` that the service key in force is missing: no clock entry and no refusal can be signed. */
@Injectable()
export class WatchServiceKey implements OnModuleInit {
  constructor(
    private readonly identity: LedgerIdentity,
    private readonly entries: ReadLog,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('service-key', () => this.whyMissing());
  }

  private async whyMissing(): Promise<string | null> {
    try {
      this.identity.signer((await this.entries.head()).serviceKid);
      return null;
    } catch (error) {
      if (error instanceof AditError) return error.detail;
      throw error;
    }
  }
}
