import { createHash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';
import {
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import { STEPS, type Step } from './steps.js';

/**
 * Exports the steps of the work on events as OpenTelemetry spans, over OTLP/HTTP. Loaded before the service:
 *   node --import ./dist/src/server/tracing/export-steps.js dist/src/cli/main.js serve
 * The usual variables configure it: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER.
 *
 * The id of a trace follows from the id of its event, so that the API, the worker and the one who delivers write one trace
 * without handing anything on: a step is part of it whenever and wherever it runs.
 */

/** Returns the ids of the trace of an event, and of its first span. */
function idsOf(event: string): { traceId: string; spanId: string } {
  const hash = createHash('sha256').update(`trace:${event}`).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** Gives the first span of a trace the ids that follow from its event, every other span a random one. */
class DerivedIds extends RandomIdGenerator {
  private next: ReturnType<typeof idsOf> | null = null;
  private readonly random = new RandomIdGenerator();

  override generateTraceId = (): string => this.next?.traceId ?? this.random.generateTraceId();
  override generateSpanId = (): string => this.next?.spanId ?? this.random.generateSpanId();

  /** Calls a function that starts the first span of a trace. */
  first<T>(ids: ReturnType<typeof idsOf>, begin: () => T): T {
    this.next = ids;
    try {
      return begin();
    } finally {
      this.next = null;
    }
  }
}

const TRACEPARENT = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;

/** Links a trace to the one of the client, which named it in its request. */
function linksTo(traceparent: string | undefined): Link[] {
  const { traceId, spanId, flags } = TRACEPARENT.exec(traceparent ?? '')?.groups ?? {};
  if (traceId === undefined || spanId === undefined) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16) & TraceFlags.SAMPLED } }];
}

const kinds: Readonly<Record<Step['name'], SpanKind>> = {
  receive: SpanKind.SERVER,
  append: SpanKind.INTERNAL,
  judge: SpanKind.CONSUMER,
  alert: SpanKind.CONSUMER,
  deliver: SpanKind.CLIENT,
};

function start(): void {
  const ids = new DerivedIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'adit', 'process.pid': process.pid }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('adit');

  const record = ({ name, event, from, to, failure, traceparent, attributes }: Step): void => {
    const own = idsOf(event);
    const options = {
      startTime: from,
      kind: kinds[name],
      links: linksTo(traceparent),
      attributes: { 'adit.event': event, ...attributes },
    };
    const parent: SpanContext = { ...own, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const span =
      name === 'receive'
        ? ids.first(own, () => tracer.startSpan(name, { ...options, root: true }))
        : tracer.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, parent));
    if (typeof failure === 'string') span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    span.end(to);
  };
  subscribe(STEPS, (step) => record(step as Step));
  // What is left goes out while the service stops, which takes longer.
  const flush = (): void => void provider.forceFlush().catch(() => undefined);
  process.once('SIGTERM', flush).once('SIGINT', flush).once('beforeExit', flush);
}

// Threads inherit the option that loads this; they publish nothing.
if (isMainThread) start();
