import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import pg from 'pg';
import { jobKinds } from '../../src/server/queue/jobs.js';
import { openQueue } from '../../src/server/queue/prepare-queue.js';
import { HonestWorld } from '../support/honest-world.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

const KILLS = long ? 50 : 6;
/** Times that the same job is added at once. */
const REPEATS = 10;
/** How long two workers may take for what is left when nothing disturbs them any more, ms. */
const PATIENCE = 120_000;

const FINDINGS = `SELECT rule, version, severity, subject, cause, status, lots, events, measured, threshold, detail
                    FROM findings ORDER BY rule, subject, cause`;

/** Not in the short round: `kill-deliveries.spec.ts` kills a process there that judges, raises alerts and delivers. */
(whole ? describe : describe.skip)('workers that are killed, woken too often, or not at all', () => {
  let ground: ServiceContext;
  let api: ServiceProcess;
  let workers: ServiceProcess[];
  let world: HonestWorld;
  let db: pg.Client;
  const faulty: string[] = [];
  const twice: string[] = [];

  beforeAll(async () => {
    ground = await newGround();
    api = await ServiceProcess.start(ground, { ADIT_ROLE: 'api' });
    workers = await Promise.all([0, 1].map(() => ServiceProcess.start(ground, { ADIT_ROLE: 'worker' })));
    world = await HonestWorld.open(api.url);
    db = new pg.Client({ connectionString: ground.database.superuserUrl });
    await db.connect();
  }, upTo(180_000));

  afterAll(async () => {
    await db.end();
    for (const service of [api, ...workers]) await service.kill();
    await ground.remove();
  });

  async function send(events: readonly { event: string }[]): Promise<void> {
    const response = await fetch(`${api.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events.map(({ event }) => ({ event }))),
    });
    const { results } = (await response.json()) as { results: unknown[] };
    expect(results).toHaveLength(events.length);
  }

  /** Honest chains, among them a lot that gains a tenth on its way and one that is sold twice. */
  async function record(): Promise<void> {
    const heavy = world.declare();
    const [lot = ''] = heavy.lots;
    const sent = world.dispatch('coop', 'trader', lot, heavy.id);
    const mass = { value: '55', uom: 'KGM' };
    const received = world.sign('trader', 'custody.received', { from: 'coop', lots: [{ lot, prev: sent.id, mass }] });
    const sold = world.declare();
    const [other = ''] = sold.lots;
    const first = world.dispatch('coop', 'trader', other, sold.id);
    const second = world.dispatch('coop', 'rival', other, sold.id);
    await send([...world.batch(10), heavy, sent, received, sold, first, second]);
    faulty.push(lot);
    twice.push(other);
  }

  async function wakeOften(): Promise<void> {
    const backend = await openQueue({ appUrl: ground.database.url, redisUrl: null }, () => undefined);
    const queue = new Queue(jobKinds.verify.queue, { connection: backend.connection });
    try {
      await queue.addBulk(Array.from({ length: REPEATS }, () => ({ name: 'append', data: {} })));
    } finally {
      await queue.close();
      await backend.close();
    }
  }

  async function judgedAll(): Promise<void> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const { rows } = await db.query<{ left: string }>(
        `SELECT log_state.size - verification_cursor.next
                + (SELECT count(*) FROM revisits)
                + (SELECT count(*) FROM findings WHERE change > (SELECT change FROM alert_cursor)) AS left
           FROM log_state, verification_cursor`,
      );
      if (Number(rows[0]?.left) === 0) return;
      if (Date.now() > until) throw new Error(`not judged: ${rows[0]?.left}`);
      await sleep(100);
    }
  }

  it(
    `finds each fault once through ${KILLS} kills, an emptied queue and repeated jobs`,
    async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const recording = record();
        const worker = workers[kill % workers.length] as ServiceProcess;
        await sleep(Math.random() * 200);
        await worker.kill();
        await recording;
        if (kill % 3 === 0) await db.query('DELETE FROM bullmq.job WHERE true');
        if (kill % 3 === 1) await wakeOften();
        await worker.restart();
      }
      await record();
      await wakeOften();
      await judgedAll();
      const { rows } = await db.query<{ rule: string; lot: string; findings: string; alerts: string }>(
        `SELECT finding.rule, finding.lots[1] AS lot, count(DISTINCT finding.id) AS findings, count(alerts.id) AS alerts
         FROM findings AS finding LEFT JOIN alerts ON alerts.finding = finding.id
        WHERE finding.rule IN ('mass-gained', 'double-sale-attempt')
        GROUP BY finding.rule, finding.lots[1]`,
      );
      const expected = [
        ...faulty.map((lot) => ({ rule: 'mass-gained', lot, findings: '1', alerts: '1' })),
        ...twice.map((lot) => ({ rule: 'double-sale-attempt', lot, findings: '1', alerts: '1' })),
      ];
      const byLot = (a: { lot: string }, b: { lot: string }): number => (a.lot < b.lot ? -1 : 1);
      expect(rows.toSorted(byLot)).toEqual(expected.toSorted(byLot));
    },
    upTo(180_000),
  );

  it(
    'found just what one worker finds that nothing disturbs',
    async () => {
      const { rows: disturbed } = await db.query(FINDINGS);
      for (const worker of workers) await worker.kill();
      await db.query(
        'TRUNCATE findings, undecided, filings, totals, revisits, deadlines, site_production, site_days CASCADE',
      );
      await db.query('UPDATE verification_cursor SET next = 0');
      await workers[0]?.restart();
      await judgedAll();
      const { rows: calm } = await db.query(FINDINGS);
      expect(disturbed.length).toBeGreaterThanOrEqual(faulty.length + twice.length);
      expect(calm).toEqual(disturbed);
    },
    upTo(180_000),
  );
});
