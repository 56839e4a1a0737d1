import { Injectable } from '@nestjs/common';
import { type Arrival, AppendEvents } from './append-events.js';
import { beginStep, endSteps } from '../../tracing/steps.js';
import type { EventResult } from './event-result.js';

/** Events in one transaction at most; more gains nothing and delays the first of them. */
const BATCH_LIMIT = 1_024;

interface Waiting {
  arrival: Arrival;
  /** When it was queued, for tracing; null: without tracing. */
  queuedAt: number | null;
  resolve: (result: EventResult) => void;
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
  sequence(arrival: Arrival): Promise<EventResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ arrival, queuedAt: beginStep(), resolve, reject });
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
    let answerLast = (): void => undefined;
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, BATCH_LIMIT);
      this.queue = this.queue.slice(BATCH_LIMIT);
      const appended = this.append.append(batch.map(({ arrival }) => arrival));
      // The answers of the last batch are written while the database reads for this one.
      answerLast();
      answerLast = await appended.then(
        (results) => () => answer(batch, results),
        (error: unknown) => () => batch.forEach(({ reject }) => reject(error)),
      );
    }
    answerLast();
    this.running = null;
  }
}

function answer(batch: readonly Waiting[], results: readonly EventResult[]): void {
  batch.forEach(({ queuedAt, resolve, reject }, i) => {
    const result = results[i];
    if (result?.status === 'accepted')
      endSteps(queuedAt, [result.id], { name: 'append', attributes: { 'adit.index': result.index } });
    if (result === undefined) reject(new Error('An arrival was left without a result.'));
    else resolve(result);
  });
}
