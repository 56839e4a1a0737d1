import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../../src/server/database/database.js';
import { HonestWorld } from '../../support/honest-world.js';
import { get, post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { until } from '../../support/until.js';

/** Longer than an event may wait, and shorter than the limit of a statement, seconds. */
const BUSY = 8;

describe('a service whose connections for readers are all at work', () => {
  let service: TestServer;
  let world: HonestWorld;

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    world = await HonestWorld.open(service.url);
    // So that no key, no root and nothing of the log's end is in memory.
    service = await service.restart();
  });
  afterAll(() => service.close());

  it('records events and batches all the same, also those that have to be looked up', async () => {
    const database = service.server.app.get(Database, { strict: false });
    const first = world.declare();
    const { most } = database.counts;
    const busy = Array.from({ length: most + 1 }, () => database.query('SELECT pg_sleep($1)', [BUSY]));
    await until(async () => (database.counts.busy === most && database.counts.waiting > 0 ? true : undefined));
    const began = performance.now();
    expect(await post(service.url, first.event)).toMatchObject({ status: 201 });
    const answer = await fetch(`${service.url}/v1/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ event: world.declare().event }, { event: `${first.event.slice(0, -4)}AAA~` }]),
    });
    expect(await answer.json()).toMatchObject({ results: [{ status: 'accepted' }, { status: 'duplicate' }] });
    expect(performance.now() - began).toBeLessThan((BUSY * 1_000) / 2);
    expect(database.counts.waiting).toBeGreaterThan(0);
    // The last of them waited for a connection longer than anybody has to.
    expect((await Promise.allSettled(busy)).filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  it('says of each pool what it does', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toMatch(/^adit_database_connections\{pool="append",state="idle"\} 1$/m);
    expect(text).toMatch(/^adit_database_connections\{pool="intake",state="idle"\} [12]$/m);
    expect(text).toMatch(/^adit_database_connections\{pool="general",state="busy"\} \d+$/m);
    expect(text).toMatch(/^adit_database_waiting\{pool="append"\} 0$/m);
    expect((await get(service.url, '/readyz')).status).toBe(200);
  });
});
