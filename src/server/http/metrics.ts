import { Injectable } from '@nestjs/common';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { mergeMetrics } from './merge-metrics.js';

/** Upper bounds of the latency buckets, seconds; a receipt is due within 0.1. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * The Prometheus registry of this process, with its memory, CPU, event-loop lag and the duration of every request. A
 * feature adds metrics by `new Counter({ …, registers: [metrics.registry] })`. Labels are names of routes and codes,
 * never ids of lots, actors or events: those are unbounded and would reveal who trades with whom.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly duration = new Histogram({
    name: 'adit_http_request_duration_seconds',
    help: 'Time to answer a request, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });

  /** Reads the metrics of processes that do not listen. */
  private readonly others: (() => Promise<string | null>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.duration.observe({ method, route, status: String(status) }, seconds);
  }

  /** Adds the metrics of another process, in the same format; null while it gives none. */
  include(read: () => Promise<string | null>): void {
    this.others.push(read);
  }

  async text(): Promise<string> {
    const texts = await Promise.all([this.registry.metrics(), ...this.others.map((read) => read())]);
    return mergeMetrics(texts.filter((text) => text !== null));
  }
}
