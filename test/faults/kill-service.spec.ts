import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendPoints } from '../../src/server/ledger/append/crash-points.js';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { until } from '../support/until.js';

/** Passages of a crash point before it kills: more than opening the world takes, and than the check after a kill takes. */
const WORLD_PASSAGES = 24;
const FIRST_PASSAGE = 8;

/**
 * The kill points. The short round has the one after which a restart has most to repair: the log has an event that
 * neither guard nor signature covers. CI and `npm run test:faults` have all.
 */
const points = whole ? appendPoints : (['after-commit'] as const);

/** How long a client may need to drive the append to its end, ms. */
const KILLED_WITHIN = 60_000;

describe('a service that is killed', () => {
  const acknowledged = new Acknowledged();
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;

  beforeAll(async () => {
    ground = await newGround();
    service = await ServiceProcess.start(ground, {}, { ADIT_CRASH_AT: `${points[0]}:${WORLD_PASSAGES}` });
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  }, upTo(180_000));

  afterAll(async () => {
    await service.kill();
    await ground.remove();
  });

  async function recordUntilKilled(): Promise<void> {
    const clients = ingest([service.url], world, acknowledged, { patient: true, clients: 4, size: 5 });
    await service.gone(KILLED_WITHIN);
    await clients.stop();
  }

  /** A second failure, at the same point, before anything of the first is mended: at the start, or with the first event. */
  async function dieAgain(point: string): Promise<void> {
    const started = await service.restart({ ADIT_CRASH_AT: `${point}:1` }).then(
      () => true,
      () => false,
    );
    if (started) await recordUntilKilled();
    expect(service.running).toBe(false);
  }

  const rounds = long ? 20 : 1;
  const times = rounds === 1 ? 'once' : `${rounds} times`;
  it(
    `keeps every promise when killed at ${points.length} named points of the append, twice in a row, ${times} each`,
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        for (const [i, point] of points.entries()) {
          // The first process was started so that it ends at the first point.
          if (round + i > 0) {
            await service.kill();
            await service.restart({ ADIT_CRASH_AT: `${point}:${FIRST_PASSAGE + round}` });
            await expectLedgerIntact(service, acknowledged, true);
          }
          await recordUntilKilled();
          await dieAgain(point);
        }
        await service.restart();
        await expectLedgerIntact(service, acknowledged);
      }
    },
    upTo(600_000),
  );

  const cycles = long ? 100 : 3;
  (whole ? it : it.skip)(`keeps every promise through ${cycles} kills in the midst of recording`, async () => {
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const before = acknowledged.stored.size;
      const clients = ingest([service.url], world, acknowledged);
      await until(() => (acknowledged.stored.size > before ? true : undefined));
      await sleep(Math.random() * 200);
      await service.kill();
      await clients.stop();
      await service.restart();
      await expectLedgerIntact(service, acknowledged, cycle !== cycles && cycle % 10 !== 0);
    }
    expect(acknowledged.statuses).not.toContain(500);
  });
});
