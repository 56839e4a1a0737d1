import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { type Config, loadConfig } from '../../src/server/config/config.js';
import { Clock, SimulatedClock } from '../../src/server/clock.js';
import { JsonLogger } from '../../src/server/boot/logger.js';
import { auditNow, backUp, initialise, replayProjections } from '../../src/server/operator.js';
import { type RunningServer, startServer } from '../../src/server/boot/start.js';

@Controller('time')
class TimeController {
  constructor(private readonly clock: Clock) {}

  @Get()
  now(): { now: number } {
    return { now: this.clock.now() };
  }
}

@Module({ controllers: [TimeController] })
class TimeModule {}

const NOW = Date.UTC(2026, 4, 12);

describe('starting the service', () => {
  let folder: string;
  let config: Config;
  let server: RunningServer;
  const lines: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adit-start-'));
    config = loadConfig({
      PORT: '0',
      ADIT_ACCESS: 'open',
      ADIT_DATA_DIR: join(folder, 'data'),
      ADIT_LOG_KEY_FILE: join(folder, 'log.key'),
      ADIT_SERVICE_KEY_FILE: join(folder, 'service.jwk'),
      ADIT_SECRET_FILE: join(folder, 'secret'),
      ADIT_GUARD_FILE: join(folder, 'guard.json'),
    });
    initialise(config);
    const clock: Clock = new SimulatedClock(NOW);
    const logger = new JsonLogger('info', { write: (line) => lines.push(line) });
    server = await startServer(config, { clock, logger, modules: [TimeModule] });
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings up database, queue and HTTP, on a clock that can be driven', async () => {
    const answer = await fetch(`${server.url}/time`);
    expect(await answer.json()).toEqual({ now: NOW });
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, checks: { queue: 'ready' } }]);
    expect((await fetch(`${server.url}/startupz`)).status).toBe(200);
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200);
  });

  it('logs JSON without the passwords of the database', () => {
    expect(lines.length).toBeGreaterThan(0);
    lines.forEach((line) => expect(() => JSON.parse(line) as unknown).not.toThrow());
    const passwords = [server.database.appUrl, server.database.ownerUrl].map((url) => new URL(url).password);
    expect(passwords.filter((password) => lines.join('').includes(password))).toEqual([]);
  });

  it('lets commands work on its embedded database beside it: audit, replay, backup', async () => {
    const quietly = (): void => undefined;
    expect(await auditNow(config, 'everything', quietly)).toMatchObject({ entries: 0, faults: [] });
    expect(await replayProjections(config, {})).toMatchObject({ size: 0, entries: [], differences: [] });
    await expect(auditNow(config, { lot: 'RW-A000001' }, quietly)).rejects.toThrow('There is no lot RW-A000001');
    const { header } = await backUp(config, join(folder, 'running.backup'), quietly);
    expect(header.size).toBe(0);
    expect((await fetch(`${server.url}/time`)).status).toBe(200);
  });

  it('stops in order, and more than once without harm', async () => {
    await server.close();
    await server.close();
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
  });
});
