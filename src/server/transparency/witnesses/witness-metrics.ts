import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../../clock.js';
import { Metrics } from '../../http/metrics.js';
import { ShowCheckpoint } from '../show-checkpoint.js';

/** Metric of the age of the checkpoint that readers see. */
@Injectable()
export class WitnessMetrics {
  constructor(metrics: Metrics, shown: ShowCheckpoint, clock: Clock) {
    new Gauge({
      name: 'adit_witnessed_checkpoint_age_seconds',
      help: 'Seconds since enough witnesses cosigned the checkpoint that readers see',
      registers: [metrics.registry],
      async collect() {
        const at = (await shown.witnesses().catch(() => null))?.shown?.at;
        if (at === undefined) this.reset();
        else this.set((clock.now() - Date.parse(at)) / 1_000);
      },
    });
  }
}
