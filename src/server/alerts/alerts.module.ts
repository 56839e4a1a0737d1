import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { AlertFeed } from './alert-feed.js';
import { AlertsController } from './alerts.controller.js';
import { ChangeAlert } from './change-alert.js';
import { DeliverAlert } from './deliver-alert.js';
import { DeliverAlertProcessor } from './deliver-alert.processor.js';
import { ListAlerts } from './list-alerts.js';
import { ListDeliveries } from './list-deliveries.js';
import { QueueDeliveries } from './queue-deliveries.js';
import { RaiseAlerts } from './raise-alerts.js';
import { RaiseAlertsProcessor } from './raise-alerts.processor.js';
import { Subscribe } from './subscribe.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { WebhookSecrets } from './webhook-secrets.js';

const policyOf = ({ webhookPrivateTargets }: Config): { privateTargets: boolean } => ({
  privateTargets: webhookPrivateTargets,
});

const shown: Provider[] = [
  AlertFeed,
  ChangeAlert,
  ListAlerts,
  ListDeliveries,
  {
    provide: Subscribe,
    inject: [Database, WebhookSecrets, Config],
    useFactory: (database: Database, secrets: WebhookSecrets, config: Config) =>
      new Subscribe(database, secrets, policyOf(config)),
  },
];

const told: Provider[] = [
  RaiseAlerts,
  QueueDeliveries,
  RaiseAlertsProcessor,
  DeliverAlertProcessor,
  {
    provide: DeliverAlert,
    inject: [Database, WebhookSecrets, Config],
    useFactory: (database: Database, secrets: WebhookSecrets, config: Config) =>
      new DeliverAlert(database, secrets, policyOf(config)),
  },
];

export interface AlertsOptions {
  secrets: WebhookSecrets;
  runsJobs: boolean;
  answersHttp: boolean;
}

/** Findings as alerts, and alerts on their way to whoever subscribed. */
@Module({})
export class AlertsModule {
  static forRoot({ secrets, runsJobs, answersHttp }: AlertsOptions): DynamicModule {
    return {
      module: AlertsModule,
      controllers: answersHttp ? [AlertsController, SubscriptionsController] : [],
      providers: [
        { provide: WebhookSecrets, useValue: secrets },
        ...(answersHttp ? shown : []),
        ...(runsJobs ? told : []),
      ],
    };
  }
}
