import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppendEvents } from './append-events.js';

/** The log's time enters the log at least this often, ms. */
const HOUR = 3_600_000;

/** Keeps the log's time moving when nobody records anything, so that what is overdue becomes so with nobody calling. */
@Injectable()
export class LogClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly append: AppendEvents,
    private readonly interval: number = HOUR,
  ) {}

  onApplicationBootstrap(): void {
    // A failure here is one that the next append meets too, and answers for.
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
