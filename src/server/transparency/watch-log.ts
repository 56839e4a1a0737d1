import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../http/metrics.js';
import { SealLog } from './seal-log.js';

/** How often guard and log are compared while nothing is recorded, ms. */
const INTERVAL = 5_000;

/**
 * Compares guard and log also while nothing is recorded, so that a log that is halted is said by the log, the metrics and
 * `/readyz` before somebody's event is refused, and so that it goes on soon after the guard was put back.
 */
@Injectable()
export class WatchLog implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('transparency');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly sealed: SealLog,
    metrics: Metrics,
  ) {
    new Gauge({
      name: 'adit_log_halted',
      help: '1 while nothing is signed because guard, key and database do not agree; else 0',
      registers: [metrics.registry],
      collect() {
        this.set(sealed.isHalted ? 1 : 0);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = null;
      });
    }, INTERVAL).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** The seal logs what it finds; a database that does not answer is reported by whoever needs it. */
  private async look(): Promise<void> {
    await this.sealed.whyHalted().catch((err: unknown) => this.logger.debug({ msg: 'the log was not looked at', err }));
  }
}
