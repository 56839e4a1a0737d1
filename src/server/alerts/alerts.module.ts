import { type DynamicModule, Module } from '@nestjs/common';
import { AlertFeed } from './alert-feed.js';
import { AlertMetrics } from './alert-metrics.js';
import { AlertsController } from './alerts.controller.js';
import { ChangeAlert } from './change-alert.js';
import { ListAlerts } from './list-alerts.js';
import { RaiseAlerts } from './raise-alerts.js';
import { RaiseAlertsProcessor } from './raise-alerts.processor.js';
import { SilenceAlerts } from './silence-alerts.js';
import { SilencesController } from './silences.controller.js';
import { StreamPlaces } from './stream-places.js';
import { NotifyAlerts } from './notify-alerts.js';

export interface AlertsOptions {
  runsJobs: boolean;
  answersHttp: boolean;
}

/** Groups findings into alerts, silences, inhibits, notifies, lists and streams them. */
@Module({})
export class AlertsModule {
  static forRoot({ runsJobs, answersHttp }: AlertsOptions): DynamicModule {
    return {
      module: AlertsModule,
      global: true,
      controllers: answersHttp ? [AlertsController, SilencesController] : [],
      providers: [
        ChangeAlert,

        ...(answersHttp ? [AlertFeed, AlertMetrics, ListAlerts, SilenceAlerts, StreamPlaces] : []),
        ...(runsJobs ? [RaiseAlerts, NotifyAlerts, RaiseAlertsProcessor] : []),
      ],
      exports: [ChangeAlert],
    };
  }
}
