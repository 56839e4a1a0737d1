import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (whole && !hasRedis) process.stderr.write('No redis-server is installed: its failures are not tried.\n');
/** After Redis is back, what was missed is judged within this time, ms. */
const RESUMED_WITHIN = 30_000;

class Redis {
  private child: ChildProcess | null = null;

  constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    this.child = spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    while (!(await this.says('PING', '+PONG'))) await sleep(50);
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    if (this.child !== null) await once(this.child, 'exit');
    this.child = null;
  }

  /** Sends one command as a person would by telnet, and compares the answer. */
  says(command: string, answer: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(this.port, '127.0.0.1', () => socket.write(`${command}\r\n`));
      socket.once('data', (text) => {
        socket.destroy();
        resolve(text.toString().startsWith(answer));
      });
      socket.once('error', () => resolve(false));
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

(whole && hasRedis ? describe : describe.skip)('a service whose Redis fails', () => {
  let folder: string;
  let redis: Redis;
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-redis-'));
    redis = new Redis(folder, await freePort());
    await redis.start();
    ground = await newGround();
    const settings = { REDIS_URL: `redis://127.0.0.1:${redis.port}`, ADIT_ROLE: 'all' };
    service = await ServiceProcess.start(ground, settings);
    world = await HonestWorld.open(service.url);
  });

  afterAll(async () => {
    await service.kill();
    await redis.kill();
    await ground.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A lot that gains 10 % on its way; gives the lot. Every event must be accepted. */
  async function faultyHandover(): Promise<string> {
    const declared = world.declare();
    const [lot = ''] = declared.lots;
    const sent = world.dispatch('coop', 'trader', lot, declared.id);
    const mass = { value: '55', uom: 'KGM' };
    const received = world.sign('trader', 'custody.received', { from: 'coop', lots: [{ lot, prev: sent.id, mass }] });
    for (const { event } of [declared, sent, received]) expect((await post(service.url, event)).status).toBe(201);
    return lot;
  }

  async function alertsOf(lot: string): Promise<number> {
    const { body } = await get(service.url, `/v1/alerts?lot=${lot}&rule=mass-gained`);
    return (body.items as unknown[]).length;
  }

  async function alerted(lots: readonly string[]): Promise<void> {
    const until = Date.now() + RESUMED_WITHIN;
    for (;;) {
      const counts = await Promise.all(lots.map(alertsOf));
      if (counts.every((count) => count === 1)) return;
      if (Date.now() > until) throw new Error(`alerts by lot: ${counts.join(', ')}`);
      await sleep(250);
    }
  }

  it('judges and alerts before anything happens', async () => {
    await alerted([await faultyHandover()]);
  });

  it('loses no alert when all of Redis is emptied', async () => {
    const before = await faultyHandover();
    expect(await redis.says('FLUSHALL', '+OK')).toBe(true);
    await alerted([before, await faultyHandover()]);
  });

  it('goes on recording while Redis is down, and judges all of it when it is back', async () => {
    await redis.kill();
    const lots: string[] = [];
    for (let i = 0; i < 5; i += 1) lots.push(await faultyHandover());
    expect((await get(service.url, '/v1/ledger')).status).toBe(200);
    await redis.start();
    await alerted(lots);
  });

  it('goes on recording while Redis takes nothing more, and judges all of it when it does again', async () => {
    expect(await redis.says('CONFIG SET maxmemory 1', '+OK')).toBe(true);
    const lots = [await faultyHandover(), await faultyHandover()];
    expect(await redis.says('CONFIG SET maxmemory 0', '+OK')).toBe(true);
    await alerted(lots);
  });
});
