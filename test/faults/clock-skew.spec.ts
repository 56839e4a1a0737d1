import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../src/server/clock.js';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

const HOUR = 3_600_000;

/** The clock of a machine that somebody sets wrong. */
class WrongClock extends Clock {
  offset = 0;

  now(): number {
    return Date.now() + this.offset;
  }
}

/** Every time that the log has written, ms since 1970 UTC. */
async function clocksOf({ database }: { database: { superuserUrl: string } }): Promise<number[]> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ time: string }>('SELECT time FROM clocks ORDER BY index');
    return rows.map(({ time }) => Number(time));
  } finally {
    await client.end();
  }
}

describe('a machine whose clock is set wrong in the midst of recording', () => {
  const clock = new WrongClock();
  const acknowledged = new Acknowledged();
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' }, { clock });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(async () => {
    await service.close();
  });

  it('never writes a time below the last one, and keeps the order of events', async () => {
    // Two hours back, a year on, back again, and then forward bit by bit.
    for (const offset of [0, -2 * HOUR, 365 * 24 * HOUR, HOUR, 0, 366 * 24 * HOUR]) {
      clock.offset = offset;
      const batch = world.batch(10);
      expect(await acknowledged.sendBatch(service.url, batch)).toBe('answered');
      const places = batch.map(({ id }) => acknowledged.stored.get(id)?.index ?? -1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
    const times = await clocksOf(service);
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    await expectLedgerIntact(service, acknowledged, true);
  });

  it('goes on from the last time in the log after a restart with the clock two hours back', async () => {
    clock.offset = -2 * HOUR;
    const before = (await clocksOf(service)).at(-1) ?? 0;
    service = await service.restart();
    expect(await acknowledged.sendBatch(service.url, world.batch(5))).toBe('answered');
    expect((await clocksOf(service)).at(-1)).toBeGreaterThanOrEqual(before);
    await expectLedgerIntact(service, acknowledged);
  });
});

const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
if (whole && FAKETIME === undefined)
  process.stderr.write('No libfaketime is installed: a process is not given another time.\n');

(whole && FAKETIME !== undefined ? describe : describe.skip)(
  'a service whose whole process lives in another time',
  () => {
    const acknowledged = new Acknowledged();
    const folder = mkdtempSync(join(tmpdir(), 'adit-faketime-'));
    const file = join(folder, 'offset');
    let ground: ServiceContext;
    let service: ServiceProcess;
    let world: HonestWorld;

    /** The library reads the file at every request for the time. */
    function itIs(offset: string): void {
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
    }

    beforeAll(async () => {
      itIs('+0');
      ground = await newGround();
      service = await ServiceProcess.start(ground, {
        ADIT_ROLE: 'all',
        ADIT_CLOCK_INTERVAL_SECONDS: '1',
        LD_PRELOAD: FAKETIME ?? '',
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      });
      world = await HonestWorld.open(service.url);
      acknowledged.recordAll(world.setUp);
    });

    afterAll(async () => {
      await service.kill();
      await ground.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('records on, in order, as its time goes back, ahead, fast, and back again', async () => {
      for (const offset of ['-2h', '+1y', '+0 x2', '-1h', '+0']) {
        itIs(offset);
        const clients = ingest([service.url], world, acknowledged, { rest: 20 });
        await sleep(1_500);
        await clients.stop();
        await acknowledged.settle(service.url);
        expect(await service.answers('/readyz')).toBe(true);
      }
      expect([...acknowledged.statuses].toSorted((a, b) => a - b)).toEqual([200, 201]);
      const times = await clocksOf(service);
      const year = 365 * 24 * HOUR;
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(year - HOUR);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      await expectLedgerIntact(service, acknowledged);
    });
  },
);
