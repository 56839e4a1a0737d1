import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { postBatches } from '../load.js';
import { startService } from '../service.js';
import { Chains } from '../verification/chains.js';

/**
 * Measures alerts for many findings at once: ten thousand of one root, which become one alert; and a thousand
 * independent ones, each delivered to a hundred subscribers. Service, database, receiver and client share the machine.
 */

const FROM_ONE_ROOT = 10_000;
const UNRELATED = 1_000;
const SUBSCRIBERS = 100;
const LIMIT = 300_000;
const BARE = 20_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);

interface Alert {
  count: number;
  rule: string;
}

async function json<T>(url: string, body?: object): Promise<T> {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, body === undefined ? {} : options);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function countsOf(receiver: ChildProcess): Promise<Record<string, number>> {
  receiver.send('count');
  return ((await once(receiver, 'message')) as [Record<string, number>])[0];
}

/** Measures the messages a second of a bare client to the same receiver, the limit for comparison. */
async function barePosts(port: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  const body = JSON.stringify({ filler: 'x'.repeat(1_700) });
  const started = performance.now();
  let left = BARE;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const headers = { 'content-type': 'application/json', 'webhook-id': `bare ${left}` };
      await (await pool.request({ path: '/bare', method: 'POST', body, headers })).body.dump();
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
  await pool.close();
  return BARE / ((performance.now() - started) / 1_000);
}

const receiver = fork(fileURLToPath(new URL('./receiver.js', import.meta.url)));
const [port] = (await once(receiver, 'message')) as [number];
const service = await startService({ ADIT_ROLE: 'all', ADIT_WEBHOOK_PRIVATE_TARGETS: 'on' });
try {
  say(
    `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const chains = await Chains.open(service.url, 2);
  const alerts = async (rule: string): Promise<Alert[]> =>
    (await json<{ items: Alert[] }>(`${service.url}/v1/alerts?limit=100&rule=${rule}`)).items;
  const verified = async (): Promise<boolean> =>
    /^adit_verification_lag_entries 0$/m.test(await (await fetch(`${service.url}/metrics`)).text());

  const declared = Array.from({ length: FROM_ONE_ROOT }, (_, i) => chains.declare(2 * i + 1).text);
  await postBatches(service.url, declared, 1_000, 1);
  await until(verified);
  const revoked = performance.now();
  await json(`${service.url}/v1/events`, { event: chains.compromised(1).text });
  await until(async () => (await alerts('key-compromised'))[0] !== undefined);
  say(`\n${FROM_ONE_ROOT} findings from one stolen key: told after ${seconds(revoked)} s`);
  await until(async () => (await alerts('key-compromised'))[0]?.count === FROM_ONE_ROOT);
  say(`  ${(await alerts('key-compromised')).length} alert, count ${FROM_ONE_ROOT} after ${seconds(revoked)} s`);

  for (let i = 0; i < SUBSCRIBERS; i += 1) {
    const path = `/${i}`;
    const url = `http://127.0.0.1:${port}${path}`;
    const asked = { channel: 'webhook', url, filters: { rules: ['tag-reused'] } };
    const { secret } = await json<{ secret: string }>(`${service.url}/v1/subscriptions`, asked);
    receiver.send({ path, secret });
  }
  const tagged = Array.from({ length: 2 * UNRELATED }, (_, i) => chains.declare(2 * i, `SYN-${i % UNRELATED}`).text);
  const posted = performance.now();
  await postBatches(service.url, tagged, 500, 1);
  const expected = UNRELATED * SUBSCRIBERS;
  await until(async () => ((await countsOf(receiver)).distinct ?? 0) >= expected);
  const took = (performance.now() - posted) / 1_000;
  const { received = 0, distinct, verified: sound, unsound } = await countsOf(receiver);
  say(
    `\n${UNRELATED} unrelated alerts to ${SUBSCRIBERS} subscribers: all there ${took.toFixed(1)} s after the first event was posted`,
  );
  say(
    `  ${distinct} messages, ${received - expected} of them twice; ${sound} of those looked at were signed well, ${unsound} not`,
  );
  const bare = await barePosts(port);
  const rate = expected / took;
  say(
    `  ${rate.toFixed(0)} messages a second; a bare client to the same receiver: ${bare.toFixed(0)} (${(rate / bare).toFixed(2)} of it)`,
  );
  say(`  service ${Math.round(service.memory() / 2 ** 20)} MiB`);
} finally {
  await service.stop();
  receiver.kill();
}
