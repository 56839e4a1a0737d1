import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '../../../src/core/access/viewer.js';
import type pg from 'pg';
import { readerPoolOf } from '../../../src/server/database/pools.js';
import { Reader } from '../../../src/server/database/reader.js';
import { fillWorld } from '../../support/full-world.js';
import { whole } from '../../support/rounds.js';
import { TestLedger } from '../../support/test-ledger.js';

/** Requests that run interleaved, and connections that they share. */
const REQUESTS = whole ? 10_000 : 2_000;
const CONNECTIONS = 2;
/** Requests that wait or run at once: many more than connections. */
const CLIENTS = 100;

const LOTS = 'SELECT id::text AS id FROM lots UNION ALL SELECT lot::text FROM lot_events ORDER BY 1';

describe(`${REQUESTS} interleaved requests of several viewers over ${CONNECTIONS} connections`, () => {
  let ledger: TestLedger;
  let pool: pg.Pool;
  let reader: Reader;
  let viewers: Viewer[];

  beforeAll(async () => {
    ledger = await TestLedger.open();
    await fillWorld(ledger);
    pool = readerPoolOf({ url: ledger.behind.url, failed: () => undefined }, CONNECTIONS);
    reader = new Reader(pool, ledger.database);
    const actors = await ledger.database.rows<{ id: string }>(
      'SELECT DISTINCT party AS id FROM lot_parties ORDER BY id',
    );
    const [lot] = await ledger.database.rows<{ id: string }>('SELECT id FROM lots ORDER BY born_index LIMIT 1');
    viewers = [
      ...actors
        .filter(({ id }) => !id.startsWith('@'))
        .map(({ id }): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] })),
      { kind: 'actor', actor: 'not-registered', scopes: ['read'] },
      { kind: 'operator', scopes: ['admin'] },
      { kind: 'nobody' },
      {
        kind: 'share',
        share: 's',
        by: 'coop',
        lot: lot?.id ?? '',
        until: null,
        disclosures: false,
        expiresAt: '2099-01-01T00:00:00.000Z',
      },
    ];
  });

  afterAll(async () => {
    await pool.end();
    await ledger.close();
  });

  /** Returns the lots that a viewer reads. */
  const read = async (viewer: Viewer): Promise<string> =>
    (await reader.for(viewer).query<{ id: string }>(LOTS)).rows.map(({ id }) => id).join();

  it('show each viewer its own rows, also where statements of others fail between them', async () => {
    const own = new Map<Viewer, string>();
    for (const viewer of viewers) own.set(viewer, await read(viewer));
    // The viewers see different things, or the comparison would show nothing.
    expect(new Set(own.values()).size).toBeGreaterThanOrEqual(4);
    expect(
      viewers.filter(({ kind }) => kind === 'nobody' || kind === 'operator').map((viewer) => own.get(viewer)),
    ).toEqual(['', '']);
    let foreign = 0;
    let failed = 0;
    const send = async (n: number): Promise<void> => {
      const viewer = viewers[(n * 7 + (n % 3)) % viewers.length] as Viewer;
      if (n % 11 === 0) {
        await reader
          .for(viewer)
          .query(n % 2 === 0 ? 'SELECT 1 / 0' : 'SELECT * FROM entries')
          .catch(() => (failed += 1));
        return;
      }
      if ((await read(viewer)) !== own.get(viewer)) foreign += 1;
    };
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < REQUESTS) await send(next++);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    expect({ foreign, failed }).toEqual({ foreign: 0, failed: Math.ceil(REQUESTS / 11) });
    // Connections that are idle have no viewer.
    const idle = await Promise.all([1, 2].map(() => pool.query<{ id: string }>(LOTS)));
    expect(idle.map(({ rows }) => rows)).toEqual([[], []]);
  });
});
