import { rmSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import pg from 'pg';
import { SimulatedClock } from '../../src/server/clock.js';
import { Guard } from '../../src/server/transparency/guard.js';
import { asSuperuser, copyOf } from './database.js';
import { HonestWorld } from './honest-world.js';
import { get, post } from './outside-client.js';
import { type TestServer, startTestServer } from './running-server.js';

/** A service, and a copy of its database as it was after the world was opened. */
export class Restorable {
  copy = '';
  private name = '';
  private server = '';

  private constructor(
    public service: TestServer,
    readonly world: HonestWorld,
  ) {}

  /** @param shown waits until readers see what was recorded, where that takes witnesses. */
  static async start(
    settings: Parameters<typeof startTestServer>[0],
    shown: (service: TestServer) => Promise<void> = () => Promise.resolve(),
  ): Promise<Restorable> {
    // Time stands still: the log grows by what is recorded alone, however long that takes.
    const service = await startTestServer(settings, { clock: new SimulatedClock(Date.now()) });
    const made = new Restorable(service, await HonestWorld.open(service.url, () => shown(service)));
    const url = new URL(service.database.superuserUrl);
    made.name = url.pathname.slice(1);
    made.copy = `${made.name}_copy`;
    url.pathname = '/postgres';
    made.server = url.href;
    await service.server.close();
    await asSuperuser(made.server, copyOf(made.name, made.copy));
    made.service = await service.restart();
    return made;
  }

  async remove(): Promise<void> {
    await this.service.close();
    await asSuperuser(this.server, `DROP DATABASE IF EXISTS ${this.copy} WITH (FORCE)`);
  }

  async record(events: number): Promise<void> {
    for (let i = 0; i < events; i += 1)
      expect(await post(this.service.url, this.world.declare().event)).toMatchObject({ status: 201 });
  }

  /** Puts the copy in the place of the database, under the feet of the service if it runs. */
  async replaceDatabase(): Promise<void> {
    await asSuperuser(this.server, `DROP DATABASE ${this.name} WITH (FORCE)`);
    await asSuperuser(this.server, copyOf(this.copy, this.name));
  }

  /** Stops the service, puts the copy in the place of the database, and starts again. */
  async putBack(): Promise<void> {
    await this.service.server.close();
    await this.replaceDatabase();
    this.service = await this.service.restart();
  }

  /**
   * Puts the copy back under a guard that vouches for it, whatever a test did to database, guard or service.
   * @param settings those of the service, where a test may have changed them.
   */
  async reset(settings?: Record<string, string>): Promise<void> {
    await this.service.server.close();
    await this.replaceDatabase();
    await this.blindGuard();
    this.forgetEvidence();
    this.service = await this.service.restart(settings);
  }

  /** Removes what the service keeps of a contradiction, so that it has to find it again. */
  forgetEvidence(): void {
    const { guardFile, origin } = this.service.config;
    rmSync(new Guard(guardFile, origin).evidencePath, { force: true });
  }

  /** Has the guard say that what stands in the database is what was signed last: its owner can write what he likes. */
  async blindGuard(): Promise<void> {
    const { size, root } = await headOf(this.service.database.superuserUrl);
    const { origin, guardFile } = this.service.config;
    writeFileSync(guardFile, `${JSON.stringify({ origin, size, root })}\n`);
  }

  async expectHalted(reason: string): Promise<void> {
    const { url } = this.service;
    const halted = { status: 503, body: { code: 'log-halted', detail: expect.stringContaining(reason) } };
    expect(await post(url, this.world.declare().event)).toMatchObject(halted);
    expect(await get(url, '/log/checkpoint')).toMatchObject(halted);
    expect(await get(url, '/readyz')).toMatchObject({
      status: 503,
      body: { ready: false, checks: { log: expect.stringContaining(reason) } },
    });
    expect((await get(url, '/v1/ledger')).status).toBe(200);
  }
}

async function headOf(url: string): Promise<{ size: number; root: string }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ size: string; root: Buffer }>('SELECT size, root FROM log_state');
    return { size: Number(rows[0]?.size), root: rows[0]?.root.toString('base64') ?? '' };
  } finally {
    await client.end();
  }
}
