import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { HonestWorld } from '../support/honest-world.js';
import { HookReceiver } from '../support/hook-receiver.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { until } from '../support/until.js';

const KILLS = long ? 50 : whole ? 5 : 1;
const FAULTS = 6;
const SUBSCRIBERS = 3;
/** How long what is left may take when nothing disturbs it any more, ms: a lease has to run out. */
const PATIENCE = 150_000;

interface Message {
  type: string;
  data: { rule: string; lots: string[] };
}

describe('deliveries while workers are killed, connections cut and the queue emptied', () => {
  let ground: ServiceContext;
  let api: ServiceProcess;
  let workers: ServiceProcess[];
  let world: HonestWorld;
  let db: pg.Client;
  let hooks: HookReceiver;
  const faulty: string[] = [];

  beforeAll(async () => {
    hooks = await HookReceiver.start();
    ground = await newGround();
    const settings = { ADIT_WEBHOOK_PRIVATE_TARGETS: 'on' };
    // In the short round one process does everything.
    api = await ServiceProcess.start(ground, { ...settings, ADIT_ROLE: whole ? 'api' : 'all' });
    const worker = (): Promise<ServiceProcess> => ServiceProcess.start(ground, { ...settings, ADIT_ROLE: 'worker' });
    workers = whole ? await Promise.all([worker(), worker()]) : [api];
    world = await HonestWorld.open(api.url);
    db = new pg.Client({ connectionString: ground.database.superuserUrl });
    await db.connect();
    for (let i = 0; i < SUBSCRIBERS; i += 1) {
      // A receiver that takes its time: a kill finds messages under way.
      hooks.answer(`/${i}`, (response) => void setTimeout(() => response.writeHead(204).end(), Math.random() * 60));
      const response = await fetch(`${api.url}/v1/subscriptions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel: 'webhook', url: `${hooks.base}/${i}`, filters: { rules: ['mass-gained'] } }),
      });
      expect(response.status).toBe(201);
    }
  }, upTo(180_000));

  afterAll(async () => {
    await db.end();
    for (const service of [api, ...workers]) await service.kill();
    await ground.remove();
    await hooks.stop();
  });

  /** Lots that gain a tenth on their way: one alert each. */
  async function record(): Promise<void> {
    const events = Array.from({ length: FAULTS }, () => {
      const declared = world.declare();
      const [lot = ''] = declared.lots;
      const sent = world.dispatch('coop', 'trader', lot, declared.id);
      const mass = { value: '55', uom: 'KGM' };
      const lots = [{ lot, prev: sent.id, mass }];
      faulty.push(lot);
      return [declared, sent, world.sign('trader', 'custody.received', { from: 'coop', lots })];
    }).flat();
    for (;;) {
      // A batch whose answer was lost is sent again: it gives what it gave before.
      const response = await fetch(`${api.url}/v1/events/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events.map(({ event }) => ({ event }))),
      }).catch(() => null);
      if (response?.ok === true) return;
      await sleep(200);
    }
  }

  const cutConnections = (): Promise<unknown> =>
    db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );

  const told = (path: string): Set<string> =>
    new Set(
      hooks.at(path).flatMap(({ body }) => {
        const { type, data } = JSON.parse(body) as Message;
        return type === 'alert.opened' ? data.lots : [];
      }),
    );

  it(
    `reach every subscriber through ${KILLS} kills, and twice only under the same id`,
    async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = hooks.received.length;
        await record();
        // The one kill of the short round finds messages under way; of many kills, some do.
        await (whole ? sleep(300 + Math.random() * 1_500) : until(() => hooks.received.length > before, PATIENCE));
        const worker = workers[kill % workers.length] as ServiceProcess;
        await worker.kill();
        if (!whole || kill % 3 === 1) await db.query('DELETE FROM bullmq.job WHERE true');
        await worker.restart();
        if (!whole || kill % 3 === 2) await cutConnections();
      }
      // In CI and in the long round the leases of the dead have to run out.
      if (!whole) await db.query('UPDATE subscriptions SET claimed_until = now() WHERE claim IS NOT NULL');
      const paths = Array.from({ length: SUBSCRIBERS }, (_, i) => `/${i}`);
      const end = Date.now() + PATIENCE;
      // What came before its worker died is sent again, because nobody noted that it had come.
      const open = async (): Promise<number> =>
        Number((await db.query(`SELECT count(*) AS open FROM deliveries WHERE status <> 'delivered'`)).rows[0]?.open);
      const isTold = (): boolean => paths.every((path) => faulty.every((lot) => told(path).has(lot)));
      while ((!isTold() || (await open()) > 0) && Date.now() < end) await sleep(250);
      for (const path of paths) expect(faulty.filter((lot) => !told(path).has(lot))).toEqual([]);
      const { rows } = await db.query<{ messages: string }>('SELECT count(*) AS messages FROM deliveries');
      const ids = new Map<string, Set<string>>();
      for (const { headers, body } of hooks.received) {
        const id = String(headers['webhook-id']);
        ids.set(id, (ids.get(id) ?? new Set()).add(body));
      }
      expect({ messages: ids.size, open: await open() }).toEqual({ messages: Number(rows[0]?.messages), open: 0 });
      expect([...ids.values()].filter((bodies) => bodies.size !== 1)).toEqual([]);
    },
    upTo(600_000),
  );
});
