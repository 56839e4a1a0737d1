import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCheckpoint } from '../../src/core/log/checkpoint.js';
import { checkQuorum, parsePolicy } from '../../src/core/log/policy.js';
import { loadConfig } from '../../src/server/config/config.js';
import { witnessPoints } from '../../src/server/ledger/append/crash-points.js';
import { loadKeys } from '../../src/server/transparency/keys.js';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld } from '../support/honest-world.js';
import { ingest } from '../support/ingest.js';
import { get } from '../support/outside-client.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';
import { TestWitness } from '../support/test-witness.js';

/** A job that the killed process held is free again after 15 s; a machine with much to do takes its time besides. */
const KILLED_WITHIN = 60_000;

/** Not in the short round: a restart waits until the job of the process before is free. */
(whole ? describe : describe.skip)('a service that is killed on the way to its witnesses', () => {
  let witness: TestWitness;
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;
  let acknowledged: Acknowledged;
  let policy: string;

  beforeEach(async () => {
    witness = new TestWitness('north');
    await witness.start();
    ground = await newGround();
    const { vkey } = loadKeys(loadConfig(ground.environment), 'example.org/tin');
    witness.store.add(vkey);
    policy = `log ${vkey}\n${witness.line}\nquorum north\n`;
    const file = join(witness.folder, 'policy.txt');
    writeFileSync(file, policy);
    Object.assign(ground.environment, {
      ADIT_ROLE: 'all',
      ADIT_POLICY_FILE: file,
      ADIT_WITNESS_INTERVAL_SECONDS: '1',
    });
    service = await ServiceProcess.start(ground);
    world = await HonestWorld.open(service.url, () => shownAll());
    acknowledged = new Acknowledged();
    acknowledged.recordAll(world.setUp);
  });

  afterEach(async () => {
    await service.kill();
    await ground.remove();
    await witness.remove();
  });

  /** Waits until readers see all that is in the log, under the witness's signature. */
  async function shownAll(): Promise<void> {
    const until = Date.now() + KILLED_WITHIN;
    for (;;) {
      const response = await fetch(`${service.url}/log/checkpoint`);
      const note = await response.text();
      const { size } = (await get(service.url, '/v1/ledger')).body;
      if (response.status === 200 && readCheckpoint(note).size === size) {
        expect(checkQuorum(note, parsePolicy(policy)).met).toBe(true);
        return;
      }
      if (Date.now() > until) throw new Error(`readers do not see all ${String(size)} entries: ${note}`);
      await sleep(100);
    }
  }

  async function dieAt(point: string, passage: number): Promise<void> {
    const started = await service.restart({ ADIT_CRASH_AT: `${point}:${passage}` }).then(
      () => true,
      () => false,
    );
    if (!started) return;
    const clients = ingest([service.url], world, acknowledged, { patient: true, clients: 2, size: 5, rest: 20 });
    await service.gone(KILLED_WITHIN);
    await clients.stop();
  }

  const rounds = long ? 20 : 1;
  it(
    'shows one history and loses nothing, also when it is killed twice in a row on its way',
    async () => {
      for (let round = 0; round < rounds; round += 1)
        for (const point of witnessPoints) {
          await service.kill();
          await dieAt(point, 3);
          await dieAt(point, 1);
          await service.restart();
          await acknowledged.settle(service.url);
          await shownAll();
          await expectLedgerIntact(service, acknowledged);
        }
      expect((await get(service.url, '/log/witnesses')).body).toMatchObject({ witnesses: [{ outcome: 'cosigned' }] });
    },
    upTo(600_000),
  );
});
