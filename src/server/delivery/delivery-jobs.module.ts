import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { ComposeBody } from './compose-body.js';
import { DeliverDue } from './deliver-due.js';
import { DeliverMail } from './mail/deliver-mail.js';
import { DeliverProcessor } from './deliver.processor.js';
import { DeliveryModule } from './delivery.module.js';
import { RecordAttempts } from './record-attempts.js';
import { SafeRequest } from './safe-request.js';
import { SendMail } from './mail/send-mail.js';
import { SendMessage } from './send-message.js';
import { WebhookKeys } from './subscriptions/webhook-keys.js';

/** Returns null without an SMTP server. */
const mailOf = ({ smtpUrl, mailFrom, origin, publicUrl }: Config): DeliverMail | null =>
  smtpUrl === null || mailFrom === null
    ? null
    : new DeliverMail(new SendMail({ url: smtpUrl, from: mailFrom }), origin, publicUrl);

/** Delivers notifications to subscribers by webhook and mail. */
@Module({
  imports: [AlertsModule, DatabaseModule, DeliveryModule, JournalModule, QueueModule],
  providers: [
    ComposeBody,
    DeliverDue,
    DeliverProcessor,
    RecordAttempts,
    {
      provide: SendMessage,
      inject: [Config, WebhookKeys],
      useFactory: (config: Config, keys: WebhookKeys) =>
        new SendMessage(new SafeRequest({ privateTargets: config.webhookPrivateTargets }), keys, mailOf(config)),
    },
  ],
})
export class DeliveryJobsModule {}
