import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

const CLIENTS = whole ? 4 : 2;
/** Events in a request: so many that most requests are older than what is still on its way when the signal comes. */
const BATCH = whole ? 150 : 100;
/** A request sent less than this before the signal may not have been taken yet, ms. */
const ON_THE_WAY = 250;
const cycles = long ? 50 : whole ? 3 : 1;

describe('a service that is asked to stop while it is recording', () => {
  const acknowledged = new Acknowledged();
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;

  beforeAll(async () => {
    ground = await newGround();
    service = await ServiceProcess.start(ground, { ADIT_ROLE: whole ? 'all' : 'api' });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(async () => {
    await service.kill();
    await ground.remove();
  });

  /** Those of the events that are in the log. */
  async function recordedOf(ids: string[]): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: ground.database.url });
    await client.connect();
    const { rows } = await client.query('SELECT id FROM entries WHERE id = ANY($1::text[])', [ids]);
    await client.end();
    return rows;
  }

  /** Records until an answer is lost; gives when that request was sent. */
  async function recordUntilLost(): Promise<number> {
    for (;;) {
      const sent = Date.now();
      if ((await acknowledged.sendBatch(service.url, world.batch(BATCH))) !== 'answered') return sent;
    }
  }

  it(
    `answers what it has taken, and is gone within ten seconds, ${cycles} times`,
    async () => {
      for (let cycle = 1; cycle <= cycles; cycle += 1) {
        const lost = Array.from({ length: CLIENTS }, recordUntilLost);
        await sleep(300 + Math.random() * 300);
        const asked = Date.now();
        service.signal('SIGTERM');
        await service.gone(10_000);
        expect(service.exitCode).toBe(0);
        for (const sent of await Promise.all(lost)) expect(sent).toBeGreaterThan(asked - ON_THE_WAY);
        expect(await recordedOf([...acknowledged.unknown.keys()])).toEqual([]);
        await service.restart();
        await acknowledged.settle(service.url);
      }
      expect([...acknowledged.statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
      await expectLedgerIntact(service, acknowledged);
    },
    upTo(180_000),
  );
});
