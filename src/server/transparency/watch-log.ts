import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../http/metrics.js';
import { SealLog } from './seal-log.js';

/** Interval between comparisons of guard and log while nothing is appended, ms. */
const INTERVAL = 5_000;

/**
 * Compares guard and log also while nothing is appended. So the log, the metrics and `/readyz` report a halted log
 * before an event is refused, and signing resumes soon after the guard is restored.
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

  /** The comparison logs its result; other code reports a database that does not answer. */
  private async look(): Promise<void> {
    await this.sealed
      .whyHalted()
      .catch((err: unknown) => this.logger.debug({ msg: 'guard and log could not be compared', err }));
  }
}
