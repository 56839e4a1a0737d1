import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { get, post } from '../support/outside-client.js';
import { ReplicatedDatabase } from '../support/replicated-database.js';
import { upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

/** F19: the machine of the primary is lost under load, and its streaming replica becomes the primary. */
(whole ? describe : describe.skip)('a primary that is killed, and a replica that takes its place', () => {
  let pair: ReplicatedDatabase;
  let ground: ServiceContext;
  let service: ServiceProcess;

  beforeEach(async () => {
    pair = await ReplicatedDatabase.start(true);
    const { appUrl: url, ownerUrl, superuserUrl } = pair.addresses;
    ground = await newGround({ url, ownerUrl, superuserUrl });
    service = await ServiceProcess.start(ground);
  }, upTo(120_000));

  afterEach(async () => {
    await service.kill();
    await ground.remove();
    await pair.close();
  }, upTo(60_000));

  /** Starts the service on the promoted replica, with the same keys and guard. */
  async function failOver(): Promise<void> {
    await service.kill();
    await pair.promote();
    const { appUrl: url, ownerUrl, superuserUrl } = pair.promoted;
    ground.database = { url, ownerUrl, superuserUrl };
    ground.environment.DATABASE_URL = url;
    ground.environment.DATABASE_OWNER_URL = ownerUrl;
    service = await ServiceProcess.start(ground);
  }

  it(
    'loses nothing that was acknowledged, where each commit waits for the replica',
    async () => {
      await pair.commitTogether();
      const world = await HonestWorld.open(service.url);
      const acknowledged = new Acknowledged();
      acknowledged.recordAll(world.setUp);
      const clients = ingest([service.url], world, acknowledged);
      await sleep(1_000);
      await pair.killPrimary();
      await clients.stop();
      const before = acknowledged.stored.size;
      expect(before).toBeGreaterThan(world.setUp.length);
      await failOver();
      await expectLedgerIntact(service, acknowledged);
      const after = ingest([service.url], world, acknowledged);
      await sleep(500);
      await after.stop();
      await expectLedgerIntact(service, acknowledged);
      expect(acknowledged.stored.size).toBeGreaterThan(before);
    },
    upTo(180_000),
  );

  it(
    'is not signed on by the service, where the replica lacks what was acknowledged',
    async () => {
      const world = await HonestWorld.open(service.url);
      const acknowledged = new Acknowledged();
      acknowledged.recordAll(world.setUp);
      await pair.catchUp();
      await pair.cut();
      // Commits do not wait for a replica that is asynchronous: these entries are acknowledged, signed, and nowhere else.
      for (let batch = 0; batch < 3; batch += 1) await acknowledged.sendBatch(service.url, world.batch(8));
      const newest = await acknowledged.see(service.url);
      await pair.killPrimary();
      await failOver();
      const detail = expect.stringContaining('an older copy of the database was restored');
      expect(await get(service.url, '/log/checkpoint')).toMatchObject({
        status: 503,
        body: { code: 'log-halted', detail },
      });
      expect(await post(service.url, world.declare().event)).toMatchObject({
        status: 503,
        body: { code: 'log-halted', detail },
      });
      const { size } = (await get(service.url, '/v1/ledger')).body;
      expect(Number(size)).toBeLessThan(Number(newest.split('\n')[1]));
    },
    upTo(180_000),
  );
});
