import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppendEvents } from './append-events.js';

/** Longest interval between clock entries of the log, ms. */
const HOUR = 3_600_000;

/** Appends clock entries while no events arrive, so that deadlines pass. */
@Injectable()
export class LogClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly append: AppendEvents,
    private readonly interval: number = HOUR,
  ) {}

  onApplicationBootstrap(): void {
    // The next append has the same failure and reports it.
    this.timer = setInterval(() => void this.tick().catch(() => undefined), this.interval);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Appends `log.clock` if the ledger is open and the last one is older than ten seconds. */
  async tick(): Promise<void> {
    await this.append.append([]);
  }
}
