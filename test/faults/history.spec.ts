import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acknowledged } from '../support/acknowledged.js';
import { expectLedgerIntact } from '../support/expect-ledger-intact.js';
import { HonestWorld, type SignedEvent } from '../support/honest-world.js';
import { get } from '../support/outside-client.js';
import { long, upTo, whole } from '../support/rounds.js';
import { type ServiceContext, ServiceProcess, newGround } from '../support/service-process.js';

const CLIENTS = 8;
const OPERATIONS = long ? 100_000 : 1_200;
const KILLS = long ? 50 : 3;

/** One client of a history: it alone writes to its lot, so it knows what the lot's head may be. */
class Client {
  /** What contradicts that the ledger is one thing that only grows. */
  readonly anomalies: string[] = [];
  operations = 0;
  private size = 0;
  private lot: string | null = null;
  /** The last event that was acknowledged, and those since whose answer was lost. */
  private head: SignedEvent | null = null;
  private doubtful: SignedEvent[] = [];

  constructor(
    private readonly url: string,
    private readonly world: HonestWorld,
    private readonly acknowledged: Acknowledged,
  ) {}

  async step(): Promise<void> {
    this.operations += 1;
    const choice = Math.random();
    try {
      if (choice < 0.4) await this.append();
      else if (choice < 0.6) await this.readHead();
      else if (choice < 0.8) await this.readCheckpoint();
      else await this.readReceipt();
    } catch (error) {
      // The service is being killed: the connection is lost, and nothing was answered.
      if ((error as Error).name !== 'TypeError') throw error;
      await sleep(50);
    }
  }

  /** A declaration, or one more weighing of the lot on top of what is certainly its head. */
  private async append(): Promise<void> {
    const open = this.doubtful.length === 0 ? this.head : null;
    const signed =
      open === null || this.lot === null
        ? this.world.declare()
        : this.world.sign('coop', 'lot.measured', {
            lots: [{ lot: this.lot, prev: open.id, mass: { value: '50', uom: 'KGM' } }],
          });
    const fresh = signed.lots.length > 0;
    const ending = await this.acknowledged.sendOne(this.url, signed);
    if (ending === 'unknown') {
      if (!fresh) this.doubtful.push(signed);
      return;
    }
    [this.lot, this.head, this.doubtful] = [fresh ? (signed.lots[0] ?? null) : this.lot, signed, []];
  }

  private async readHead(): Promise<void> {
    if (this.lot === null || this.head === null) return;
    const allowed = [this.head, ...this.doubtful];
    const { status, body } = await get(this.url, `/v1/lots/${this.lot}`);
    if (status === 503) return;
    const seen = allowed.findIndex(({ id }) => id === body.head);
    if (seen < 0)
      this.anomalies.push(`lot ${this.lot}: head ${String(body.head)} (${status}), allowed ${allowed.length}`);
    // What has been seen once is settled.
    else if (seen > 0) [this.head, this.doubtful] = [allowed[seen] as SignedEvent, []];
  }

  private async readCheckpoint(): Promise<void> {
    const response = await fetch(`${this.url}/log/checkpoint`);
    const note = await response.text();
    if (response.status === 503) return;
    this.acknowledged.checkpoints.push(note);
    const size = Number(note.split('\n')[1]);
    if (!(size >= this.size)) this.anomalies.push(`the log shrank from ${this.size} to ${size}`);
    this.size = size;
  }

  private async readReceipt(): Promise<void> {
    if (this.head === null) return;
    const response = await fetch(`${this.url}/v1/events/${this.head.id}/receipt`);
    const text = await response.text();
    if (response.status !== 200 && response.status !== 503)
      this.anomalies.push(`no receipt for ${this.head.id}: ${response.status} ${text.slice(0, 100)}`);
  }
}

/** Not in the short round: `kill-service.spec.ts` kills the service there. */
(whole ? describe : describe.skip)('what eight clients see of one ledger, while it is killed', () => {
  let ground: ServiceContext;
  let service: ServiceProcess;
  let world: HonestWorld;
  const acknowledged = new Acknowledged();

  beforeAll(async () => {
    ground = await newGround();
    service = await ServiceProcess.start(ground);
    world = await HonestWorld.open(service.url);
    acknowledged.recordAll(world.setUp);
  });

  afterAll(async () => {
    await service.kill();
    await ground.remove();
  });

  it(
    `is one history, in ${OPERATIONS} operations`,
    async () => {
      const clients = Array.from({ length: CLIENTS }, () => new Client(service.url, world, acknowledged));
      const done = (): number => clients.reduce((sum, { operations }) => sum + operations, 0);
      const running = Promise.all(
        clients.map(async (client) => {
          while (done() < OPERATIONS) await client.step();
        }),
      );
      // A client that fails ends the waiting for the others.
      const failed = running.then(() => sleep(20));
      failed.catch(() => undefined);
      for (let kill = 1; kill <= KILLS; kill += 1) {
        while (done() < (OPERATIONS * kill) / (KILLS + 1)) await Promise.race([sleep(20), failed]);
        await service.kill();
        await service.restart();
      }
      await running;
      expect(clients.flatMap(({ anomalies }) => anomalies)).toEqual([]);
      await acknowledged.settle(service.url);
      await expectLedgerIntact(service, acknowledged);
    },
    upTo(180_000),
  );
});
