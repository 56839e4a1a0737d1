import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asSuperuser } from '../support/database.js';
import { HonestWorld } from '../support/honest-world.js';
import { get, post } from '../support/outside-client.js';
import { type TestServer, startTestServer } from '../support/running-server.js';

const OLDER = 'an older copy of the database has been put back';
const OTHER = 'this is not the log that was signed';

describe('a copy of the database that is put back', () => {
  let service: TestServer;
  let world: HonestWorld;
  let copy: string;
  let name: string;
  let server: string;

  beforeEach(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(service.url);
    const url = new URL(service.database.superuserUrl);
    name = url.pathname.slice(1);
    copy = `${name}_copy`;
    url.pathname = '/postgres';
    server = url.href;
    await service.server.close();
    await asSuperuser(server, `CREATE DATABASE ${copy} TEMPLATE ${name}`);
    service = await service.restart();
  });

  afterEach(async () => {
    await service.close();
    await asSuperuser(server, `DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`);
  });

  async function record(events: number): Promise<void> {
    for (let i = 0; i < events; i += 1)
      expect(await post(service.url, world.declare().event)).toMatchObject({ status: 201 });
  }

  /** Stops the service, puts the copy in the place of the database, and starts again. */
  async function putBack(): Promise<void> {
    await service.server.close();
    await asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await asSuperuser(server, `CREATE DATABASE ${name} TEMPLATE ${copy} OWNER ledger_owner`);
    service = await service.restart();
  }

  async function expectHalted(reason: string): Promise<void> {
    const halted = { status: 503, body: { code: 'log-halted', detail: expect.stringContaining(reason) } };
    expect(await post(service.url, world.declare().event)).toMatchObject(halted);
    expect(await get(service.url, '/log/checkpoint')).toMatchObject(halted);
    expect(await get(service.url, '/readyz')).toMatchObject({
      status: 503,
      body: { ready: false, checks: { log: expect.stringContaining(reason) } },
    });
    expect((await get(service.url, '/v1/ledger')).status).toBe(200);
  }

  it('is signed on if nothing was signed since it was taken', async () => {
    await putBack();
    await record(1);
    expect((await get(service.url, '/log/checkpoint')).status).toBe(200);
  });

  it('is not signed if the log had grown, and the service says why', async () => {
    await record(3);
    await putBack();
    await expectHalted(OLDER);
  });

  it('is noticed by a service that runs on while it is put back', async () => {
    await record(3);
    await asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await asSuperuser(server, `CREATE DATABASE ${name} TEMPLATE ${copy} OWNER ledger_owner`);
    await expectHalted(OLDER);
  });

  it('is not signed even if it has grown past what was signed, under a guard of its own', async () => {
    await record(3);
    await service.server.close();
    const guard = readFileSync(service.config.guardFile, 'utf8');
    await asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await asSuperuser(server, `CREATE DATABASE ${name} TEMPLATE ${copy} OWNER ledger_owner`);
    // Somebody who holds the keys lets the copy grow elsewhere, with a guard that knows no better.
    const { size, root } = await headOf(service.database.superuserUrl);
    writeFileSync(service.config.guardFile, `${JSON.stringify({ origin: service.config.origin, size, root })}\n`);
    service = await service.restart();
    await record(6);
    await service.server.close();
    writeFileSync(service.config.guardFile, guard);
    service = await service.restart();
    await expectHalted(OTHER);
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
