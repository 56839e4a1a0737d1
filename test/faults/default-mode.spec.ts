import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Readiness } from '../../src/core/api/health.js';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ADIT } from '../support/programs.js';
import { upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { until } from '../support/until.js';

/** Limit of a stop, and of what the service does by itself, ms: other suites may use the machine too. */
const STOP = 15_000;
const PATIENCE = 60_000;
/** Batches sent before the worker is killed, and after. */
const BATCHES = 4;

describe('adit serve, which runs the API and a worker', () => {
  const acknowledged = new Acknowledged();
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;
  let db: pg.Client;

  const settings = { ADIT_ROLE: 'all', ADIT_LOG_LEVEL: 'info' };

  beforeAll(async () => {
    ground = await newGround();
    service = await ServiceProcess.start(ground, settings, {}, [ADIT, 'serve']);
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
    db = new pg.Client({ connectionString: ground.database.superuserUrl });
    await db.connect();
  }, upTo(180_000));

  afterAll(async () => {
    await db.end();
    await service.kill();
    await ground.remove();
  });

  const readiness = async (): Promise<Readiness> => (await (await fetch(`${service.url}/readyz`)).json()) as Readiness;

  /** What the log of the service says of its workers, oldest first. */
  const workers = (): number[] =>
    [...service.output.matchAll(/"pid":([0-9]+),"msg":"the worker runs"/g)].map(([, pid]) => Number(pid));

  const runs = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  /** Waits for one more worker than the log has named; gives its process. */
  const nextWorker = (known: number): Promise<number> =>
    until(() => (workers().length > known ? workers().at(-1) : undefined), PATIENCE);

  async function record(): Promise<void> {
    for (let batch = 0; batch < BATCHES; batch += 1)
      expect(await acknowledged.sendBatch(service.url, world.batch(20))).toBe('answered');
  }

  const judged = (): Promise<boolean> =>
    until(async () => {
      const { rows } = await db.query<{ done: boolean }>(
        'SELECT verification_cursor.next = log_state.size AS done FROM log_state, verification_cursor',
      );
      return rows[0]?.done;
    }, PATIENCE);

  it(
    'starts a killed worker again, records meanwhile, and judges everything',
    async () => {
      const killed = await nextWorker(0);
      await record();
      process.kill(killed, 'SIGKILL');
      await until(async () => (await readiness()).degraded?.['worker'] === 'restarting: it ended with SIGKILL');
      const { ready } = await readiness();
      expect(ready).toBe(true);
      expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/^adit_worker_up 0$/m);
      await record();

      expect(await nextWorker(1)).not.toBe(killed);
      await judged();
      await until(async () => (await readiness()).degraded?.['worker'] === undefined);
      expect(service.output).toMatch(/"how":"SIGKILL","pause":1000,"msg":"the worker ended, and is started again"/);
      await expectLedgerIntact(service, acknowledged);
    },
    upTo(180_000),
  );

  it('shows the metrics of both processes, each metric described once', async () => {
    // On a busy machine the worker, which has a low priority, may not answer at first.
    const text = await until(async () => {
      const shown = await (await fetch(`${service.url}/metrics`)).text();
      return shown.includes('{process="worker"}') ? shown : undefined;
    }, PATIENCE);
    expect(text).toMatch(/^adit_worker_up 1$/m);
    expect(text).toMatch(/^adit_worker_restarts_total 1$/m);
    const memory = [...text.matchAll(/^process_resident_memory_bytes(\S*) [0-9]+$/gm)].map(([, labels]) => labels);
    expect(memory).toEqual(['', '{process="worker"}']);
    const described = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
    expect(new Set(described).size).toBe(described.length);
  });

  it(
    'judges nothing in the process that answers',
    async () => {
      const { checks } = await readiness();
      expect(Object.keys(checks)).not.toContain('jobs');
    },
    upTo(30_000),
  );

  it('runs the worker and its database processes at a lower priority', async () => {
    const worker = workers().at(-1) ?? 0;
    expect(getPriority(worker)).toBe(Math.min(19, getPriority(service.pid) + 10));
    const { rows } = await db.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'adit' AND datname = current_database()",
    );
    const priorities = new Set(rows.map(({ pid }) => getPriority(pid)));
    expect([...priorities].toSorted((a, b) => a - b)).toEqual([getPriority(service.pid), getPriority(worker)]);
  });

  it(
    'stops both processes when it is told to',
    async () => {
      const worker = workers().at(-1) ?? 0;
      service.signal('SIGTERM');
      await service.gone(STOP);
      expect(service.exitCode).toBe(0);
      expect(runs(worker)).toBe(false);
    },
    upTo(60_000),
  );

  // It waits for the limit of a stop: tried in CI.
  (whole ? it : it.skip)(
    'kills a worker that does not stop, and then fails',
    async () => {
      await service.restart();
      const worker = await nextWorker(0);
      process.kill(worker, 'SIGSTOP');
      service.signal('SIGTERM');
      await service.gone(STOP);
      expect(service.exitCode).toBe(1);
      expect(service.output).toMatch(/The worker did not stop within 8000 ms/);
      await until(() => !runs(worker));
    },
    upTo(120_000),
  );

  it(
    'ends its worker when the process that answers is killed',
    async () => {
      await service.restart();
      const worker = await nextWorker(0);
      await service.kill();
      await until(() => !runs(worker), STOP);
    },
    upTo(120_000),
  );

  it(
    'runs both in one process if told to',
    async () => {
      const single = await ServiceProcess.start(ground, settings, {}, [ADIT, 'serve', '--single']);
      try {
        const { checks, degraded } = (await (await fetch(`${single.url}/readyz`)).json()) as Readiness;
        expect(Object.keys(checks)).toContain('jobs');
        expect(degraded?.['worker']).toBeUndefined();
        expect(single.output).not.toMatch(/the worker runs/);
        single.signal('SIGTERM');
        await single.gone(STOP);
        expect(single.exitCode).toBe(0);
      } finally {
        await single.kill();
      }
    },
    upTo(120_000),
  );
});
