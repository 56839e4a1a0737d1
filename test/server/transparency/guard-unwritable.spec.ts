import { mkdirSync, rmdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

describe('a guard that cannot be written for a while', () => {
  let server: TestServer;
  let world: HonestWorld;
  let obstacle: string;

  beforeAll(async () => {
    server = await startTestServer();
    world = await HonestWorld.open(server.url);
    // Where the lock of the guard is drafted; a full or read-only disk would do the same.
    obstacle = `${server.config.guardFile}.lock.${process.pid}`;
  });

  afterAll(() => server.close());

  it('makes the service say that it is not ready, until it can be written again; then all is signed', async () => {
    expect((await get(server.url, '/readyz')).status).toBe(200);
    mkdirSync(obstacle);
    const { event } = world.declare();
    const reason = expect.stringContaining('The guard cannot be moved');
    const halted = { status: 503, body: { code: 'log-halted', detail: reason } };
    expect(await post(server.url, event)).toMatchObject(halted);
    const unready = { status: 503, body: { ready: false, checks: { log: reason } } };
    expect(await get(server.url, '/readyz')).toMatchObject(unready);
    // A second question finds it as it is, and not as the first has left it.
    expect(await get(server.url, '/readyz')).toMatchObject(unready);

    rmdirSync(obstacle);
    // Nobody has sent anything meanwhile: who asks whether it is ready is enough.
    expect(await get(server.url, '/readyz')).toMatchObject({ status: 200, body: { checks: { log: 'ready' } } });
    expect(await post(server.url, event)).toMatchObject({ status: 200 });
  });
});
