import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { HealthRegistry } from '../http/health.js';
import { AppendEvents } from '../ledger/append/append-events.js';
import { CollectCosignatures } from './witnesses/collect-cosignatures.js';
import { SealLog } from './seal-log.js';

/** Gives the append its signer of checkpoints, and signs what an earlier process did not. */
@Injectable()
export class StartSealing implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('transparency');

  constructor(
    private readonly append: AppendEvents,
    private readonly sealed: SealLog,
    private readonly cosignatures: CollectCosignatures,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.append.sealWith(this.sealed);
    this.health.register('log', () => this.sealed.whyHalted());
  }

  /** A halted log can still be read: the service stays up and reports the reason. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      // A witness may remember a checkpoint that both the restored database and the restored guard lack, so it is asked
      // before anything is signed.
      await this.cosignatures.collect(true);
      await this.sealed.sealPending();
    } catch (error) {
      if (!(error instanceof AditError)) throw error;
      if (!this.sealed.isHalted) this.logger.error({ msg: 'the log is halted', reason: error.detail });
    }
  }
}
