import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../http/metrics.js';
import { VerifyEntries } from './verify-entries.js';

/** Reports the memory that this process keeps for judging. */
@Injectable()
export class JudgingMetrics {
  constructor(entries: VerifyEntries, { registry }: Metrics) {
    new Gauge({
      name: 'adit_judging_cache_bytes',
      help: 'Estimated memory of the entries, chains and filings that judging keeps between its steps',
      registers: [registry],
      collect() {
        this.set(entries.cachedBytes);
      },
    });
  }
}
