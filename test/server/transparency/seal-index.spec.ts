import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SealIndex } from '../../../src/server/transparency/seal-index.js';
import { HonestWorld } from '../../support/honest-world.js';
import { post } from '../../support/outside-client.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';

describe('sealing the index of a service that stops', () => {
  let service: TestServer;
  const index = (): SealIndex => service.server.app.get(SealIndex, { strict: false });

  beforeAll(async () => {
    service = await startTestServer({ ADIT_ROLE: 'api' });
    const world = await HonestWorld.open(service.url);
    expect((await post(service.url, world.declare().event)).status).toBe(201);
  });

  afterAll(async () => {
    await service.close();
  });

  it('reckons no further, says so, and is done by the next process', async () => {
    index().onModuleDestroy();
    await expect(index().seal()).rejects.toMatchObject({ code: 'overloaded' });
    service = await service.restart();
    const sealed = await index().seal();
    expect(sealed?.entry).toBe(sealed?.size);
  });
});
