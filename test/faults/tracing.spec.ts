import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HonestWorld } from '../support/honest-world.js';
import { HookReceiver } from '../support/hook-receiver.js';
import { ADIT } from '../support/programs.js';
import { upTo } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { until } from '../support/until.js';

/** Limit of what the service does by itself, ms: other suites may use the machine too. */
const PATIENCE = 90_000;
const EXPORT = pathToFileURL(join(process.cwd(), 'dist/src/server/tracing/export-steps.js')).href;

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, string | number> }[];
  links?: { traceId: string; spanId: string }[];
}

interface Exported {
  resourceSpans: { resource: Pick<Span, 'attributes'>; scopeSpans: { spans: Span[] }[] }[];
}

let ground: ServiceContext;
let service: ServiceProcess;
let world: HonestWorld;
let hooks: HookReceiver;

const attributeOf = ({ attributes }: Pick<Span, 'attributes'>, name: string): string =>
  String(Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]);

/** Returns the spans exported so far, each with the process that made it. */
const spans = (): (Span & { pid: string })[] =>
  hooks
    .at('/v1/traces')
    .flatMap(({ body }) =>
      (JSON.parse(body) as Exported).resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap((scope) =>
          scope.spans.map((span) => ({ ...span, pid: attributeOf(resource, 'process.pid') })),
        ),
      ),
    );

beforeAll(async () => {
  hooks = await HookReceiver.start();
  hooks.answer('/v1/traces', (response) => void response.writeHead(200).end('{}'));
  ground = await newGround();
  const settings = {
    ADIT_ROLE: 'all',
    ADIT_WEBHOOK_PRIVATE_TARGETS: 'on',
    OTEL_EXPORTER_OTLP_ENDPOINT: hooks.base,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
  service = await ServiceProcess.start(ground, settings, {}, ['--import', EXPORT, ADIT, 'serve']);
  world = await HonestWorld.open(service.url);
  const response = await fetch(`${service.url}/v1/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'webhook', url: `${hooks.base}/hook`, filters: { rules: ['mass-gained'] } }),
  });
  expect(response.status).toBe(201);
}, upTo(180_000));

afterAll(async () => {
  await service.kill();
  await ground.remove();
  await hooks.stop();
});

/** Posts an event as a client does that has a trace of its own. */
const post = async (event: string, traceparent: string): Promise<number> =>
  (
    await fetch(`${service.url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ event }),
    })
  ).status;

it(
  'follows an event from its request to the notification, through both processes, in one trace',
  async () => {
    const client = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const declared = world.declare();
    const [lot = ''] = declared.lots;
    const sent = world.dispatch('coop', 'trader', lot, declared.id);
    const lots = [{ lot, prev: sent.id, mass: { value: '55', uom: 'KGM' } }];
    const received = world.sign('trader', 'custody.received', { from: 'coop', lots });
    for (const { event } of [declared, sent, received])
      expect(await post(event, `00-${client.traceId}-${client.spanId}-01`)).toBe(201);

    const of = () => spans().filter((span) => attributeOf(span, 'adit.event') === received.id);
    const trace = await until(() => (of().some(({ name }) => name === 'deliver') ? of() : undefined), PATIENCE);

    expect(new Set(trace.map(({ traceId }) => traceId)).size).toBe(1);
    const first = trace.find(({ name }) => name === 'receive');
    expect(first?.parentSpanId ?? '').toBe('');
    expect(first?.links).toEqual([expect.objectContaining(client)]);
    const children = trace.filter(({ name }) => name !== 'receive');
    expect(new Set(children.map(({ name }) => name))).toEqual(new Set(['append', 'judge', 'alert', 'deliver']));
    expect(new Set(children.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([first?.spanId]));
    // The API answers, the worker judges and delivers.
    const pidOf = (name: string) => trace.find((span) => span.name === name)?.pid;
    expect(pidOf('receive')).toBe(String(service.pid));
    expect(pidOf('deliver')).not.toBe(pidOf('receive'));
    expect(attributeOf(trace.find(({ name }) => name === 'deliver') as Span, 'http.response.status_code')).toBe('204');
    for (const span of trace)
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));

    // Another event has another trace, and no alert where nothing names it.
    const other = spans().find((span) => attributeOf(span, 'adit.event') === sent.id);
    expect(other?.traceId).not.toBe(first?.traceId);
  },
  upTo(180_000),
);

it('exports nothing of what an event contains', () => {
  const text = hooks
    .at('/v1/traces')
    .map(({ body }) => body)
    .join('');
  for (const secret of ['cassiterite', 'coop', 'trader', 'hill', 'Bearer']) expect(text).not.toContain(secret);
});
