import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../src/server/database/database.js';
import { Database as DatabaseToken } from '../../../src/server/database/database.js';
import { type TestServer, startTestServer } from '../../support/running-server.js';
import { whole } from '../../support/rounds.js';
import { StreamClient } from '../../support/stream-client.js';

const READERS = whole ? 2_000 : 200;

async function until(look: () => boolean, limit = 20_000): Promise<void> {
  const end = Date.now() + limit;
  while (!look()) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('the live stream', () => {
  let service: TestServer;

  beforeAll(async () => {
    // No workers: their audit would find the notices that are made by hand here.
    service = await startTestServer({ ADIT_ROLE: 'api' });
  });
  afterAll(() => service.close());

  /** Notices as the workers write them, numbered on; @param more columns that differ. */
  async function notices(
    count: number,
    more: { rule?: string; severity?: string; site?: string; bytes?: number } = {},
  ): Promise<number[]> {
    const { rule = 'mass-gained', severity = 'critical', site = 'hill', bytes = 10 } = more;
    const database: Database = service.server.app.get(DatabaseToken, { strict: false });
    const rows = await database.rows<{ number: number }>(
      `WITH held AS (SELECT FROM alert_cursor FOR UPDATE)
       INSERT INTO notices (number, alert, type, rule, severity, minerals, sites, countries, lots, ordering_key, data)
       SELECT nextval('alert_numbers'), gen_random_uuid(), 'alert.opened', $2, $3, '{}', ARRAY[$4], '{}', '{}', '',
              '{"filler":"' || repeat('x', $5) || '"}' FROM held, generate_series(1, $1) RETURNING number`,
      [count, rule, severity, site, bytes],
    );
    return rows.map(({ number }) => number);
  }

  it(`serves ${READERS} readers, and each resumes after a restart with nothing missed or doubled`, async () => {
    const readers = Array.from({ length: READERS }, () => new StreamClient());
    const connectAll = async (): Promise<void> => {
      for (let i = 0; i < readers.length; i += 200)
        await Promise.all(readers.slice(i, i + 200).map((reader) => reader.open(service.url)));
    };
    await connectAll();
    const before = await notices(3);
    await until(() => readers.every(({ numbers }) => numbers.length >= 3));
    service = await service.restart({ ADIT_ROLE: 'api' });
    const away = await notices(4);
    await connectAll();
    const after = await notices(2);
    await until(() => readers.every(({ numbers }) => numbers.length >= 9));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const all = [...before, ...away, ...after];
    expect(readers.filter(({ numbers }) => numbers.join() !== all.join())).toEqual([]);
    for (const reader of readers) reader.close();
  });

  it('gives a reader what it asked for, and nothing else', async () => {
    const [byRule, bySite, grave, all] = [
      new StreamClient(),
      new StreamClient(),
      new StreamClient(),
      new StreamClient(),
    ];
    await byRule.open(service.url, '?rule=tag-reused,seal-mismatch');
    await bySite.open(service.url, '?site=ridge&group=mass');
    await grave.open(service.url, '?minimumSeverity=high');
    await all.open(service.url);
    const [tag = 0] = await notices(1, { rule: 'tag-reused', severity: 'critical' });
    const [ridge = 0] = await notices(1, { rule: 'mass-lost', severity: 'medium', site: 'ridge' });
    const [seal = 0] = await notices(1, { rule: 'seal-mismatch', severity: 'high' });
    await until(() => all.numbers.length === 3);
    await until(() => byRule.numbers.length === 2 && bySite.numbers.length === 1 && grave.numbers.length === 2);
    expect([byRule.numbers, bySite.numbers, grave.numbers]).toEqual([[tag, seal], [ridge], [tag, seal]]);
    // What a reader did not ask for is behind it all the same: it does not come again.
    for (const reader of [byRule, bySite, grave, all]) reader.close();
    const bad = await fetch(`${service.url}/v1/alerts/stream?minimumSeverity=grim`);
    expect(bad.status).toBe(400);
  });

  it('lets a reader go that does not read, and keeps nothing of it', async () => {
    const slow = new StreamClient();
    await slow.open(service.url);
    slow.stall();
    const quick = new StreamClient();
    await quick.open(service.url);
    let sent = 0;
    const open = async (): Promise<number> => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^adit_alert_readers ([0-9]+)$/m.exec(text)?.[1]);
    };
    for (let n = 0; n !== 2; n = await open()) await new Promise((resolve) => setTimeout(resolve, 50));
    // More than the system's own buffers hold.
    while (sent < 1_000) {
      await notices(100, { bytes: 15_000 });
      sent += 100;
      await until(() => quick.numbers.length === sent);
    }
    for (let n = 2; n !== 1; n = await open()) await new Promise((resolve) => setTimeout(resolve, 250));
    expect(slow.numbers.length).toBeLessThan(sent);
    const again = new StreamClient();
    again.last = String(slow.last);
    await again.open(service.url);
    await until(() => again.numbers.length + slow.numbers.length === sent);
    again.close();
    quick.close();
    slow.close();
  });

  it('begins at once, is not kept back by proxies, and refuses an address more than its share', async () => {
    service = await service.restart({ ADIT_ROLE: 'api', ADIT_STREAMS_PER_ADDRESS: '2' });
    const streams = [new AbortController(), new AbortController()];
    const open = (signal?: AbortSignal): Promise<Response> =>
      fetch(`${service.url}/v1/alerts/stream`, signal === undefined ? {} : { signal });
    // Headers come although there is no notice to send.
    for (const { signal } of streams) {
      const { status, headers } = await open(signal);
      expect([status, headers.get('x-accel-buffering'), headers.get('content-type')]).toEqual([
        200,
        'no',
        'text/event-stream',
      ]);
    }
    const third = await open();
    expect([third.status, await third.json()]).toMatchObject([429, { code: 'rate-limited' }]);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    streams[0]?.abort();
    const left = new AbortController();
    let answer = await open(left.signal);
    while (answer.status === 429) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      answer = await open(left.signal);
    }
    expect(answer.status).toBe(200);
    left.abort();
    streams[1]?.abort();
  });
});
