import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asSuperuser } from '../support/database.js';
import { CollectCosignatures } from '../../src/server/transparency/collect-cosignatures.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';
import { TestWitness } from '../support/test-witness.js';

const OLDER = 'an older copy of the database has been put back';
const OTHER = 'this is not the log that was signed';

const cosigned = ({ server }: TestServer): Promise<void> =>
  server.app.get(CollectCosignatures, { strict: false }).collect();

/** A service, and a copy of its database as it was after the world was opened. */
class Restorable {
  copy = '';
  private name = '';
  private server = '';

  private constructor(
    public service: TestServer,
    readonly world: HonestWorld,
  ) {}

  static async start(settings: Parameters<typeof startTestServer>[0]): Promise<Restorable> {
    const service = await startTestServer(settings);
    const made = new Restorable(service, await HonestWorld.open(service.url, () => cosigned(service)));
    const url = new URL(service.database.superuserUrl);
    made.name = url.pathname.slice(1);
    made.copy = `${made.name}_copy`;
    url.pathname = '/postgres';
    made.server = url.href;
    await service.server.close();
    await asSuperuser(made.server, `CREATE DATABASE ${made.copy} TEMPLATE ${made.name}`);
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
    await asSuperuser(this.server, `CREATE DATABASE ${this.name} TEMPLATE ${this.copy} OWNER ledger_owner`);
  }

  /** Stops the service, puts the copy in the place of the database, and starts again. */
  async putBack(): Promise<void> {
    await this.service.server.close();
    await this.replaceDatabase();
    this.service = await this.service.restart();
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

describe('a copy of the database that is put back', () => {
  let ledger: Restorable;

  beforeEach(async () => {
    ledger = await Restorable.start({ ADIT_ROLE: 'api' });
  });

  afterEach(() => ledger.remove());

  it('is signed on if nothing was signed since it was taken', async () => {
    await ledger.putBack();
    await ledger.record(1);
    expect((await get(ledger.service.url, '/log/checkpoint')).status).toBe(200);
  });

  it('is not signed if the log had grown, and the service says why', async () => {
    await ledger.record(3);
    await ledger.putBack();
    await ledger.expectHalted(OLDER);
  });

  it('is noticed by a service that runs on while it is put back', async () => {
    await ledger.record(3);
    await ledger.replaceDatabase();
    await ledger.expectHalted(OLDER);
  });

  it('is not signed even if it has grown past what was signed, under a guard of its own', async () => {
    await ledger.record(3);
    await ledger.service.server.close();
    const guard = readFileSync(ledger.service.config.guardFile, 'utf8');
    await ledger.replaceDatabase();
    // Somebody who holds the keys lets the copy grow elsewhere, with a guard that knows no better.
    const { size, root } = await headOf(ledger.service.database.superuserUrl);
    writeFileSync(
      ledger.service.config.guardFile,
      `${JSON.stringify({ origin: ledger.service.config.origin, size, root })}\n`,
    );
    ledger.service = await ledger.service.restart();
    await ledger.record(6);
    await ledger.service.server.close();
    writeFileSync(ledger.service.config.guardFile, guard);
    ledger.service = await ledger.service.restart();
    await ledger.expectHalted(OTHER);
  });
});

describe('a copy of the database that is put back together with its guard', () => {
  let witness: TestWitness;
  let ledger: Restorable;

  beforeEach(async () => {
    witness = new TestWitness('north');
    await witness.start();
    ledger = await Restorable.start((vkey) => {
      const file = join(witness.folder, 'policy.txt');
      writeFileSync(file, `log ${vkey}\n${witness.line}\nquorum north\n`);
      witness.store.add(vkey);
      return { ADIT_WITNESS_POLICY_FILE: file, ADIT_ROLE: 'api' };
    });
  });

  afterEach(async () => {
    await ledger.remove();
    await witness.remove();
  });

  it('is not signed, because a witness remembers', async () => {
    const { guardFile } = ledger.service.config;
    const guard = readFileSync(guardFile, 'utf8');
    await ledger.record(3);
    await cosigned(ledger.service);
    await ledger.service.server.close();
    writeFileSync(guardFile, guard);
    await ledger.putBack();
    await ledger.expectHalted(OLDER);
  });
});

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
