import { Injectable } from '@nestjs/common';
import { type Arrival, type Outcome, AppendEvents } from './append-events.js';

/** Events in one transaction at most; more gains nothing and delays the first of them. */
const BATCH_LIMIT = 1_024;

interface Waiting {
  arrival: Arrival;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Queues the arrivals of this process. Group commit without a timer: all events that wait when a transaction ends share
 * the next one, so a single event never waits for others. Exactly one append runs at a time. `ReceiveEvents` limits the
 * queue.
 */
@Injectable()
export class Sequencer {
  private queue: Waiting[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly append: AppendEvents) {}

  /** Resolves once the event is durable and sealed, waiting, or refused; rejects if its result is unknown. */
  sequence(arrival: Arrival): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.queue.push({ arrival, resolve, reject });
      this.running ??= this.drain();
    });
  }

  /** Waits until all queued events are answered. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async drain(): Promise<void> {
    // Events that arrive in the same tick of the event loop join the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, BATCH_LIMIT);
      this.queue = this.queue.slice(BATCH_LIMIT);
      await this.appendBatch(batch);
    }
    this.running = null;
  }

  private async appendBatch(batch: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.append.append(batch.map(({ arrival }) => arrival));
      batch.forEach(({ resolve, reject }, i) => {
        const outcome = outcomes[i];
        if (outcome === undefined) reject(new Error('An arrival was left without an outcome.'));
        else resolve(outcome);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
