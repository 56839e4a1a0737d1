import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../src/server/clock.js';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const HOUR = 3_600_000;

/** The clock of a machine that somebody sets wrong. */
class WrongClock extends Clock {
  offset = 0;

  now(): number {
    return Date.now() + this.offset;
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

  async function clocks(): Promise<number[]> {
    const client = new pg.Client({ connectionString: service.database.superuserUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ time: string }>('SELECT time FROM clocks ORDER BY index');
      return rows.map(({ time }) => Number(time));
    } finally {
      await client.end();
    }
  }

  it('never writes a time below the last one, and keeps the order of events', async () => {
    // Two hours back, a year on, back again, and then forward bit by bit.
    for (const offset of [0, -2 * HOUR, 365 * 24 * HOUR, HOUR, 0, 366 * 24 * HOUR]) {
      clock.offset = offset;
      const batch = world.batch(10);
      expect(await acknowledged.sendBatch(service.url, batch)).toBe('answered');
      const places = batch.map(({ id }) => acknowledged.stored.get(id)?.index ?? -1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
    const times = await clocks();
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    await expectLedgerIntact(service, acknowledged);
  });

  it('goes on from the last time in the log after a restart with the clock two hours back', async () => {
    clock.offset = -2 * HOUR;
    const before = (await clocks()).at(-1) ?? 0;
    service = await service.restart();
    expect(await acknowledged.sendBatch(service.url, world.batch(5))).toBe('answered');
    expect((await clocks()).at(-1)).toBeGreaterThanOrEqual(before);
    await expectLedgerIntact(service, acknowledged);
  });
});
