import type { Language } from '../../../core/api/alerts/subscription.js';
import {
  type AlertKind,
  type MailAlert,
  type DigestPeriod,
  type DisabledEndpoint,
  type MailOptions,
  composeAlertMail,
  composeDigestMail,
  composeDisabledMail,
  composeTestMail,
} from './compose-mail.js';
import type { Mail } from './render-mail.js';
import { type SendMail, messageIdOf } from './send-mail.js';
import type { MailChannel, Message, AttemptResult } from '../send-message.js';

/** A stored message, the same for every channel. */
interface Body {
  type: string;
  data: unknown;
}

interface DigestData extends DigestPeriod {
  alerts: MailAlert[];
}

function composeMail(body: Body, options: MailOptions): Mail {
  if (body.type === 'subscription.test') return composeTestMail(options);
  if (body.type === 'subscription.disabled') return composeDisabledMail(body.data as DisabledEndpoint, options);
  if (body.type === 'alert.digest') {
    const { alerts, ...period } = body.data as DigestData;
    return composeDigestMail(alerts, period, options);
  }
  return composeAlertMail(body.type as AlertKind, body.data as MailAlert, options);
}

/** Outcome of a delivery for each result of a mail. */
const outcomes = { accepted: 'delivered', refused: 'refused', failed: 'failed' } as const;

/** Composes a message as a mail in the subscriber's language and sends it. */
export class DeliverMail implements MailChannel {
  /**
   * @param origin of the log.
   * @param publicUrl the public URL of the service.
   */
  constructor(
    private readonly mails: SendMail,
    private readonly origin: string,
    private readonly publicUrl: string,
  ) {}

  async send(to: string, language: Language, { id, body }: Message): Promise<AttemptResult> {
    const mail = composeMail(JSON.parse(body) as Body, { language, ledger: this.origin });
    const messageId = messageIdOf(id, this.publicUrl);
    const { outcome, code, reason } = await this.mails.send({ to, ...mail, messageId, language });
    const failure = outcome === 'accepted' ? null : reason;
    return { outcome: outcomes[outcome], target: to, status: code, failure, retryAfter: null };
  }

  close(): void {
    this.mails.close();
  }
}
