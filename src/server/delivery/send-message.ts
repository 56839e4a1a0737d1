import type { Language } from '../../core/api/alerts/subscription.js';
import { maskUrls } from '../http/mask-urls.js';
import type { ClaimedDelivery, Endpoint } from './claim-deliveries.js';
import type { Attempt } from './record-attempts.js';
import { type SafeRequest, failureOf } from './safe-request.js';
import type { WebhookKeys } from './subscriptions/webhook-keys.js';

export type AttemptResult = Pick<Attempt, 'target' | 'status' | 'failure' | 'retryAfter' | 'outcome'>;

/** A message with its body. */
export type Message = ClaimedDelivery & { body: string };

/** Sends mail; null without an SMTP server. */
export interface MailChannel {
  send(to: string, language: Language, message: Message): Promise<AttemptResult>;
  close(): void;
}

/** Status of an endpoint that no longer exists. */
const GONE = 410;

/** Sends one message by its subscription's channel and returns the result. Never throws. */
export class SendMessage {
  constructor(
    private readonly requests: SafeRequest,
    private readonly keys: WebhookKeys,
    private readonly mail: MailChannel | null,
  ) {}

  async send(endpoint: Endpoint, message: Message, contact: string | null): Promise<AttemptResult> {
    if (message.type === 'subscription.disabled') return this.byMail(contact, endpoint.language, message);
    if (endpoint.channel === 'mail') return this.byMail(endpoint.address, endpoint.language, message);
    return this.byWebhook(endpoint, message);
  }

  /** Aborts running requests. */
  async close(): Promise<void> {
    await this.requests.close();
    this.mail?.close();
  }

  private async byMail(to: string | null, language: Language, message: Message): Promise<AttemptResult> {
    if (this.mail === null || to === null)
      return { outcome: 'failed', target: to, status: null, failure: 'no SMTP server', retryAfter: null };
    return this.mail.send(to, language, message);
  }

  private async byWebhook(endpoint: Endpoint, { id, body }: Message): Promise<AttemptResult> {
    const url = endpoint.url ?? '';
    const target = maskUrls(url);
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'adit',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': this.keys.sign(endpoint.id, endpoint.secrets, id, timestamp, body),
    };
    try {
      const { status, retryAfter, failure } = await this.requests.post(url, body, headers);
      const delivered = failure === null && status >= 200 && status < 300;
      const outcome = delivered ? 'delivered' : status === GONE ? 'gone' : 'failed';
      return { outcome, target, status, failure, retryAfter };
    } catch (error) {
      return { outcome: 'failed', target, status: null, failure: failureOf(error), retryAfter: null };
    }
  }
}
