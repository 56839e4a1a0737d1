import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createHash, randomBytes } from 'node:crypto';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { AditError } from '../../../src/core/errors.js';
import type { Database } from '../../../src/server/database/database.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import type { LedgerIdentity } from '../../../src/server/ledger/ledger-identity.js';
import type { ReadEvent } from '../../../src/server/ledger/read/read-event.js';
import { FindNamed, NAMING, namingValues } from '../../../src/server/provenance/find-named.js';
import { post } from '../../support/outside-client.js';
import { TradingWorld } from '../../support/trading-world.js';

let world: TradingWorld;
let dispatch = '';

/** Where a search of an actor leads, or how many things it lists. */
async function found(who: string, query: string): Promise<string | number> {
  const { status, headers, text } = await world.page(who, `/search?q=${encodeURIComponent(query)}`);
  return status === 303 ? (headers.get('location') ?? '') : [...text.matchAll(/<dt>/g)].length;
}

beforeAll(async () => {
  world = await TradingWorld.open({ ADIT_ROLE: 'all' });
  const { head = '' } = (await world.read('coop', `/v1/lots/${world.kept}`)).body as { head?: string };
  const salt = randomBytes(16).toString('base64url');
  const vehicle = Buffer.from(JSON.stringify([salt, 'vehicle', 'RAB 123 C'])).toString('base64url');
  const digest = createHash('sha256').update(vehicle).digest('base64url');
  const { event, id } = await world.actor('coop').sign('custody.dispatched', {
    to: 'stranger',
    seals: ['SL-4711'],
    lots: [{ lot: world.kept, prev: head }],
    _sd: [digest],
    _sd_alg: 'sha-256',
  });
  const sent = await post(world.service.url, `${event}${vehicle}~`);
  expect([sent.status, sent.body]).toEqual([201, expect.anything()]);
  dispatch = id;
  const authority = world.actor('authority');
  await authority.must('certificate.issued', {
    serial: 'RW-1',
    exporter: 'coop',
    lots: [world.kept],
    mass: { value: '50', uom: 'KGM' },
    originCountries: ['RW'],
    issuedOn: '2026-05-01',
    expiresOn: '2026-08-01',
  });
  await authority.must('certificate.revoked', { serial: 'RW-1', reason: 'written with a wrong mass' });
  for (const end = Date.now() + 20_000; ;) {
    const { asOf } = (await world.read('coop', `/v1/lots/${world.kept}`)).body as {
      asOf: { size: number; verified: number };
    };
    if (asOf.verified >= asOf.size) return;
    if (Date.now() > end) throw new Error('The workers did not judge in time.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

afterAll(() => world.close());

describe('a search by what goods travel with', () => {
  it('opens the page of a seal or a vehicle, for those who may see an event that names it', async () => {
    for (const who of ['coop', 'stranger'])
      for (const [query, path] of [
        ['SL-4711', '/seals/SL-4711'],
        ['RAB 123 C', '/vehicles/RAB%20123%20C'],
      ] as const) {
        expect([who, query, await found(who, query)]).toEqual([who, query, path]);
        const { status, text } = await world.page(who, path);
        expect([status, text.includes(`/events/${dispatch}`), text.includes(`/lots/${world.kept}`)]).toEqual([
          200,
          true,
          true,
        ]);
      }
    for (const query of ['SL-4711', 'RAB 123 C', 'SL-4712'])
      expect([query, await found('buyer', query)]).toEqual([query, 0]);
  });

  it('shows a vehicle only to those to whom it is disclosed', async () => {
    // The authority sees the event, but not what it withholds.
    expect(await found('authority', 'SL-4711')).toBe('/seals/SL-4711');
    expect(await found('authority', 'RAB 123 C')).toBe(0);
    const hidden = await world.page('authority', '/vehicles/RAB%20123%20C');
    const none = await world.page('authority', '/vehicles/RAB%20123%20D');
    expect([hidden.status, none.status]).toEqual([404, 404]);
    expect((await world.page('buyer', '/seals/SL-4711')).status).toBe(404);
  });

  it('has a certificate with what it says, its lots and its findings, each as a file', async () => {
    for (const who of ['coop', 'authority']) {
      const { status, text } = await world.page(who, '/certificates/RW-1');
      expect([who, status]).toEqual([who, 200]);
      expect(text).toContain('was revoked on');
      expect(text.includes('written with a wrong mass')).toBe(who === 'authority');
      expect(text).toContain('Exporter');
      expect(text).toContain(`/lots/${world.kept}`);
    }
    const files = new Map<string, string>();
    for (const table of ['events', 'lots', 'findings']) {
      const { headers, text } = await world.page('authority', `/certificates/RW-1?format=csv&table=${table}`);
      expect(headers.get('content-type')).toContain('text/csv');
      files.set(table, text);
    }
    expect(files.get('events')?.trim().split('\r\n')).toHaveLength(3);
    expect(files.get('lots')).toContain(world.kept);
    expect((await world.page('buyer', '/certificates/RW-1')).status).toBe(404);
    expect(await found('coop', 'RW-1')).toBe('/certificates/RW-1');
    expect((await world.page('coop', `/certificates/${'x'.repeat(65)}`)).status).toBe(400);
  });

  it('refuses an event for every identifier, so that the time does not show hidden ones', async () => {
    const stranger: Viewer = { kind: 'actor', actor: 'stranger', scopes: ['read'] };
    for (const rows of [[], [{ subject: 'seal:SL-1', id: dispatch }]]) {
      let refused = 0;
      const named = new FindNamed(
        { reads: { query: () => Promise.resolve({ rows }) } } as unknown as Database,
        {
          event: (): Promise<never> => {
            refused += 1;
            return Promise.reject(new AditError('not-found', 'There is no event.'));
          },
        } as unknown as ReadEvent,
        { origin: 'x' } as LedgerIdentity,
      );
      expect(await asViewer(stranger, () => named.naming('SL-1'))).toEqual([]);
      expect([rows.length, refused]).toEqual([rows.length, rows.length + 1]);
    }
  });

  it('reads an index, however many entries are filed', async () => {
    const client = new pg.Client({ connectionString: world.service.database.superuserUrl });
    await client.connect();
    try {
      await client.query(`INSERT INTO filings SELECT 'seal:X-' || n, n, 0 FROM generate_series(1000, 101000) AS n`);
      await client.query('ANALYZE filings');
      const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(
        `EXPLAIN (FORMAT JSON) ${NAMING}`,
        namingValues('SL-4711'),
      );
      const plan = JSON.stringify(rows[0]?.['QUERY PLAN']);
      expect(plan).toContain('filings_pkey');
      expect(plan).not.toMatch(/"Node Type":"Seq Scan"[^}]*"Relation Name":"filings"/);
    } finally {
      await client.end();
    }
  });
});
