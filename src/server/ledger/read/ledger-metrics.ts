import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../http/metrics.js';
import { ReadLog } from './read-log.js';
import { ReceiveEvents } from '../intake/receive-events.js';

/** Metrics of the log's size and of events in flight. */
@Injectable()
export class LedgerMetrics {
  constructor(metrics: Metrics, door: ReceiveEvents, log: ReadLog) {
    new Gauge({
      name: 'adit_events_in_flight',
      help: 'Events between the door and their answer',
      registers: [metrics.registry],
      collect() {
        this.set(door.depth);
      },
    });
    new Gauge({
      name: 'adit_log_size',
      help: 'Entries in the log',
      registers: [metrics.registry],
      async collect() {
        this.set(await log.size());
      },
    });
  }
}
