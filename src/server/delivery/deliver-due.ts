import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import {
  type Claim,
  type ClaimedDelivery,
  claimDeliveries,
  giveBack,
  subscribersDue,
  withoutWaiting,
} from './claim-deliveries.js';
import { beginStep } from '../tracing/steps.js';
import { ComposeBody } from './compose-body.js';
import { type Attempt, RecordAttempts } from './record-attempts.js';
import { BREAK_AFTER } from './retry-schedule.js';
import { type AttemptResult, SendMessage } from './send-message.js';
import { endDelivery } from './trace-delivery.js';

/** Concurrent messages to one subscriber. */
const AT_ONCE = 8;
/** Time after which no further message of a batch is started, ms, so that the lease outlasts every attempt. */
const BATCH_LIMIT = 45_000;

/**
 * Sends the due messages, those of each subscriber separately: a slow endpoint delays no other one. The database
 * decides what is due; a wake-up only starts the query. Delivery is at least once: an attempt without a recorded result
 * is repeated under the same id.
 */
@Injectable()
export class DeliverDue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('delivery');
  /** Subscribers that this process serves, and whether to serve each once more when done. */
  private readonly lines = new Map<string, { again: boolean; done: Promise<void> }>();
  private stopping = false;
  /** Schedules the next attempt for a subscriber after so many ms. */
  private later: (subscription: string, wait: number) => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly sender: SendMessage,
    private readonly bodies: ComposeBody,
    private readonly records: RecordAttempts,
  ) {}

  onLater(later: (subscription: string, wait: number) => void): void {
    this.later = later;
  }

  /** Starts serving every subscriber that has due messages; does not wait for the end. */
  async serveDue(): Promise<void> {
    for (const subscription of await subscribersDue(this.database)) this.serve(subscription);
  }

  serve(subscription: string): void {
    const line = this.lines.get(subscription);
    if (line !== undefined) line.again = true;
    else if (!this.stopping) this.lines.set(subscription, { again: false, done: this.serveOne(subscription) });
  }

  /** Resolves when no subscriber is being served. */
  async idle(): Promise<void> {
    while (this.lines.size > 0) await Promise.all([...this.lines.values()].map(({ done }) => done));
  }

  /** Starts nothing more and aborts running requests; they are retried later. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.sender.close();
    await this.idle();
  }

  private async serveOne(subscription: string): Promise<void> {
    // The map has this line only after the current tick.
    await Promise.resolve();
    try {
      for (let more = true; more && !this.stopping;) {
        more = await this.serveBatch(subscription);
        const line = this.lines.get(subscription);
        if (line?.again === true) {
          line.again = false;
          more = true;
        }
      }
    } catch (err) {
      this.logger.warn({ msg: 'deliveries failed; they are retried', subscription, err });
    } finally {
      this.lines.delete(subscription);
    }
  }

  /** Returns whether there may be more messages. */
  private async serveBatch(subscription: string): Promise<boolean> {
    const claim = await this.database.transaction(async (db) => {
      await withoutWaiting(db);
      return claimDeliveries(db, subscription);
    });
    if (claim === null) return false;
    const attempts = await this.tryAll(await this.bodies.ofNotices(claim));
    if (attempts.length === 0) {
      await giveBack(this.database, claim);
      return false;
    }
    const contact = this.contactOf(claim);
    const { next, disabled } = await this.records.record(claim, attempts, contact);
    if (disabled !== null) this.logger.warn({ msg: 'a subscription was disabled', subscription, reason: disabled });
    if (disabled !== null && contact !== null) this.later(subscription, 0);
    if (next !== null) this.later(subscription, next);
    return true;
  }

  private contactOf({ endpoint }: Claim): string | null {
    if (this.config.smtpUrl === null) return null;
    return endpoint.contact ?? this.config.operatorMail;
  }

  /** Sends several messages at once; stops when the endpoint takes none. */
  private async tryAll(claim: Claim): Promise<Attempt[]> {
    const waiting = [...claim.deliveries];
    const attempts: Attempt[] = [];
    const until = Date.now() + BATCH_LIMIT;
    let failed = 0;
    const work = async (): Promise<void> => {
      while (failed < BREAK_AFTER && Date.now() < until && !this.stopping) {
        const delivery = waiting.shift();
        if (delivery === undefined) return;
        const attempt = await this.tryOne(claim, delivery);
        if (attempt === null) return;
        attempts.push(attempt);
        failed = attempt.outcome === 'delivered' ? 0 : failed + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return attempts;
  }

  /** Returns null if the service's stop aborted the attempt, which then does not count. */
  private async tryOne(claim: Claim, delivery: ClaimedDelivery): Promise<Attempt | null> {
    const at = Date.now();
    const sent = await this.send(claim, delivery);
    if (sent.outcome === 'failed' && this.stopping) return null;
    return {
      delivery: delivery.id,
      attempt: delivery.attempt,
      step: delivery.step,
      at,
      milliseconds: Date.now() - at,
      ...sent,
    };
  }

  private async send(claim: Claim, delivery: ClaimedDelivery): Promise<AttemptResult> {
    const { endpoint } = claim;
    const { body } = delivery;
    const composed = body === null ? await this.bodies.compose(endpoint.owner, delivery) : { body };
    if (typeof composed === 'object') {
      const [began, message] = [beginStep(), { ...delivery, ...composed }];
      const sent = await this.sender.send(endpoint, message, this.contactOf(claim));
      endDelivery(began, endpoint, message, sent);
      return sent;
    }
    const failure = composed === 'withheld' ? 'its owner may no longer see what it is about' : null;
    return { outcome: composed, target: null, status: null, failure, retryAfter: null };
  }
}
