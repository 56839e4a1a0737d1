import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DeliverDue } from './deliver-due.js';
import { DeliverMail } from './deliver-mail.js';
import { DeliverProcessor } from './deliver.processor.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { ListDeliveries } from './list-deliveries.js';
import { Redeliver } from './redeliver.js';
import { RouteNotices } from './route-notices.js';
import { SafeRequest } from './safe-request.js';
import { SendMail } from './send-mail.js';
import { SendMessage } from './send-message.js';
import { Subscribe } from './subscribe.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { WebhookKeys } from './webhook-keys.js';

/** Returns null without an SMTP server. */
const mailOf = ({ smtpUrl, mailFrom, origin, publicUrl }: Config): DeliverMail | null =>
  smtpUrl === null || mailFrom === null
    ? null
    : new DeliverMail(new SendMail({ url: smtpUrl, from: mailFrom }), origin, publicUrl);

const told: Provider[] = [
  DeliverDue,
  DeliverProcessor,
  {
    provide: SendMessage,
    inject: [Config, WebhookKeys],
    useFactory: (config: Config, keys: WebhookKeys) =>
      new SendMessage(new SafeRequest({ privateTargets: config.webhookPrivateTargets }), keys, mailOf(config)),
  },
];

export interface DeliveryOptions {
  keys: WebhookKeys;
  runsJobs: boolean;
  answersHttp: boolean;
}

/** Delivers notifications to subscribers by webhook and mail. */
@Module({})
export class DeliveryModule {
  static forRoot({ keys, runsJobs, answersHttp }: DeliveryOptions): DynamicModule {
    return {
      module: DeliveryModule,
      controllers: answersHttp ? [SubscriptionsController, DeliveriesController] : [],
      providers: [
        { provide: WebhookKeys, useValue: keys },
        RouteNotices,
        DeliveryMetrics,
        ...(answersHttp ? [Subscribe, ListDeliveries, Redeliver] : []),
        ...(runsJobs ? told : []),
      ],
    };
  }
}
