import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { hasCode } from '../../src/platform/system-error.js';
import { Acknowledged } from '../support/acknowledged.js';
import { copyPreparedServer } from '../support/database.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { post } from '../support/outside-client.js';
import { whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, groundOn } from '../support/service-process.js';
import { until } from '../support/until.js';

const MEGABYTES = 220;
const disk = mkdtempSync(join(tmpdir(), 'adit-disk-'));
const isMounted =
  whole && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=777`, 'tmpfs', disk]).status === 0;
if (!isMounted) rmSync(disk, { recursive: true });
if (whole && !isMounted) process.stderr.write('No file system can be mounted here: a full disk is not tried.\n');

/** Leaves nothing of the disk to anybody else. */
function fill(): void {
  const file = openSync(join(disk, 'filler'), 'a');
  try {
    for (const size of [1 << 20, 1 << 12]) {
      const zeros = Buffer.alloc(size);
      try {
        while (writeSync(file, zeros) > 0);
      } catch (error) {
        if (!hasCode(error, 'ENOSPC')) throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

(isMounted ? describe : describe.skip)('a disk of the database that is full', () => {
  const acknowledged = new Acknowledged();
  let postgres: EmbeddedPostgres;
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;

  beforeAll(async () => {
    copyPreparedServer(join(disk, 'data'));
    postgres = await startEmbeddedPostgres({ dataDir: join(disk, 'data') });
    ground = await groundOn(postgres, disk);
    service = await ServiceProcess.start(ground, { ADIT_ROLE: 'all' });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(async () => {
    await service.kill();
    await ground.remove();
    await postgres.stop();
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it('makes nobody a promise that is not kept, and is no trouble once there is room again', async () => {
    // What the database has set aside for itself is used up first.
    const refused = await until(async () => {
      fill();
      await acknowledged.sendBatch(service.url, world.batch(100));
      const single = world.declare();
      acknowledged.sending([single]);
      const answer = await post(service.url, single.event);
      return answer.status === 201 ? undefined : answer;
    }, 60_000);
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    for (let i = 0; i < 20; i += 1) await acknowledged.sendBatch(service.url, world.batch(20));
    expect(acknowledged.unknown.size).toBeGreaterThan(0);
    expect(service.running).toBe(true);

    rmSync(join(disk, 'filler'));
    const freed = Date.now();
    while ((await acknowledged.sendOne(service.url, world.declare())) !== 'answered') await sleep(100);
    expect(Date.now() - freed).toBeLessThan(10_000);
    await acknowledged.settle(service.url);
    await expectLedgerIntact(service, acknowledged);
  }, 180_000);
});
