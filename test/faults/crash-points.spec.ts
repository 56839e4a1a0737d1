import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AditError } from '../../src/core/errors.js';
import { Crash, appendPoints } from '../../src/server/ledger/append/crash-points.js';
import { Acknowledged } from '../support/acknowledged.js';
import { asSuperuser } from '../support/database.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

/** Passages of a point before an append ends there: so many that something has been acknowledged. */
const FIRST_PASSAGE = 8;

const CUT = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** The matrix in one process; `kill-service.spec.ts` kills real processes, at every point twice in a row in CI. */
describe('an append that ends in its midst', () => {
  const acknowledged = new Acknowledged();
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(() => service.close());

  /** Lets clients record until the append ends at a point; then nothing of that service goes on, and another starts. */
  async function endAt(point: string, passage: number): Promise<void> {
    const crash = service.server.app.get(Crash, { strict: false });
    const ended = new Promise<void>((resolve) => {
      crash.arm(`${point}:${passage}`, () => {
        resolve();
        throw new AditError('overloaded', 'The process has ended.');
      });
    });
    const clients = ingest([service.url], world, acknowledged, { patient: true, clients: 4, size: 5 });
    await ended;
    await asSuperuser(service.database.superuserUrl, CUT);
    await clients.stop();
    service = await service.restart();
  }

  it.each(appendPoints)('keeps every promise, %s', async (point) => {
    const before = acknowledged.stored.size;
    await endAt(point, FIRST_PASSAGE);
    expect(acknowledged.stored.size).toBeGreaterThan(before);
    await expectLedgerIntact(service, acknowledged, true);
  });

  it('keeps every promise when it ends again before anything of the first end is mended', async () => {
    await endAt('after-commit', FIRST_PASSAGE);
    await endAt('after-guard', 1);
    await expectLedgerIntact(service, acknowledged);
  });
});
