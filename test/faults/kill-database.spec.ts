import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { Acknowledged } from '../support/acknowledged.js';
import { copyPreparedServer } from '../support/database.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { long, upTo } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, groundOn } from '../support/service-process.js';

describe('a database server that is killed', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let ground: ServiceContext;
  let service: ServiceProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adit-postmaster-'));
    copyPreparedServer(folder);
    postgres = await startEmbeddedPostgres({ dataDir: folder });
    ground = await groundOn(postgres, folder);
    service = await ServiceProcess.start(ground);
  });

  afterEach(async () => {
    await service.kill();
    await ground.remove();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function killPostmaster(): Promise<void> {
    const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    // The server is gone already; this gives its folder free.
    await postgres.stop();
  }

  const cycles = long ? 50 : 1;
  it(
    `costs no promise and no restart of the service, ${cycles} times`,
    async () => {
      const world = await HonestWorld.open(service.url);
      const acknowledged = new Acknowledged();
      acknowledged.recordAll(world.setUp);
      for (let cycle = 1; cycle <= cycles; cycle += 1) {
        const { port } = postgres;
        const clients = ingest([service.url], world, acknowledged, { patient: true });
        await sleep(300 + Math.random() * 300);
        await killPostmaster();
        const down = await fetch(`${service.url}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ event: world.declare().event }),
        });
        expect([down.status, down.headers.get('retry-after'), await down.json()]).toMatchObject([
          503,
          '1',
          { code: 'overloaded' },
        ]);
        expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
        postgres = await startEmbeddedPostgres({ dataDir: folder });
        expect(postgres.port).toBe(port);
        const back = Date.now();
        while (!(await service.answers('/readyz'))) await sleep(50);
        expect(Date.now() - back).toBeLessThan(5_000);
        await clients.stop();
        await acknowledged.settle(service.url);
        expect(service.running).toBe(true);
        if (cycles === 1 || cycle % 10 === 0) await expectLedgerIntact(service, acknowledged);
      }
      expect([...acknowledged.statuses].toSorted((a, b) => a - b)).toEqual([200, 201, 503]);
    },
    upTo(180_000),
  );
});
