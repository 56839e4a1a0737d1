import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { backfillParties } from '../../../migrations/0077-parties.js';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { READER_ROLE } from '../../../src/server/database/pools.js';
import { sessionOptions } from '../../../src/server/database/session.js';
import { viewerContext } from '../../../src/server/database/viewer-context.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { asSuperuser } from '../../support/database.js';
import { fillWorld } from '../../support/full-world.js';
import { TestLedger } from '../../support/test-ledger.js';

const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] });

let ledger: TestLedger;
/** A connection of the readers' role, as of somebody who has its password. */
let raw: pg.Client;
let key: Buffer;

/** Returns the rows of a statement in a transaction with this context. */
async function seen<T extends object = { lot: string }>(
  context: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  await raw.query('BEGIN');
  try {
    await raw.query(`SELECT set_config('adit.viewer', $1, true)`, [context]);
    return (await raw.query<T>(text, values)).rows;
  } finally {
    await raw.query('ROLLBACK');
  }
}

const as = (viewer: Viewer): string => viewerContext(viewer, key, Date.now());
const lotsOf = async (viewer: Viewer): Promise<string[]> =>
  (await seen(as(viewer), 'SELECT id AS lot FROM lots ORDER BY id')).map(({ lot }) => lot);

beforeAll(async () => {
  ledger = await TestLedger.open();
  await fillWorld(ledger);
  raw = new pg.Client({ connectionString: ledger.behind.url, options: sessionOptions(READER_ROLE) });
  await raw.connect();
  const [row] = await ledger.database.rows<{ key: Buffer }>('SELECT key FROM viewer_key');
  key = row?.key ?? Buffer.alloc(0);
});

afterAll(async () => {
  await raw.end();
  await ledger.close();
});

describe('the parties of lots', () => {
  it('are what a replay makes of the log, and what the migration makes of an older ledger', async () => {
    const made = await ledger.database.rows('SELECT * FROM lot_parties ORDER BY lot, party');
    expect(made.length).toBeGreaterThan(30);
    await asSuperuser(ledger.behind.superuserUrl, `TRUNCATE lot_parties; ${backfillParties}`);
    expect(await ledger.database.rows('SELECT * FROM lot_parties ORDER BY lot, party')).toEqual(made);
    const { differences } = await replayLog(ledger.database, ledger.identity);
    expect(differences.filter(({ table }) => table === 'lot_parties')).toEqual([]);
  });

  it('see a lot while their part lasts, and its chain up to the end of their part', async () => {
    const lot = await ledger.declare('50');
    const declared = ledger.head(lot);
    expect(await lotsOf(actor('coop'))).toContain(lot);
    for (const other of ['trader', 'mallory', 'registrar']) expect(await lotsOf(actor(other))).not.toContain(lot);
    await ledger.dispatch(lot);
    expect(await lotsOf(actor('trader'))).toContain(lot);
    await ledger.receive(lot, '50');
    expect(await lotsOf(actor('coop'))).not.toContain(lot);
    await ledger.record('lot.measured', 'trader', { lots: [{ lot, moisturePercent: '4' }] });
    const chain = (viewer: Viewer): Promise<{ seq: number }[]> =>
      seen(as(viewer), 'SELECT seq FROM lot_events WHERE lot = $1 ORDER BY seq', [lot]);
    expect((await chain(actor('coop'))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await chain(actor('trader'))).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await chain(actor('mallory'))).toEqual([]);
    expect(declared).not.toBe(ledger.head(lot));
  });
});

describe('the role of readers', () => {
  const count = async (context: string): Promise<number> =>
    (await seen(context, 'SELECT FROM lots UNION ALL SELECT FROM findings UNION ALL SELECT FROM alerts')).length;

  it('sees nothing by a context that is missing, forged, expired, or of a viewer without lots', async () => {
    const good = as(actor('coop'));
    expect(await count(good)).toBeGreaterThan(10);
    const [kind, , until, expiry, mac] = good.split('|');
    const forged = [kind, 'trader', until, expiry, mac].join('|');
    const old = viewerContext(actor('coop'), key, Date.now() - 3_600_000);
    const others: Viewer[] = [{ kind: 'nobody' }, { kind: 'operator', scopes: ['read'] }, actor('stranger')];
    const contexts = [
      '',
      'x',
      '|',
      '||||',
      forged,
      `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      old,
      ...others.map(as),
    ];
    for (const context of contexts) expect([context, await count(context).catch(() => 0)]).toEqual([context, 0]);
  });

  it('forgets the viewer at the end of the transaction', async () => {
    expect(await count(as(actor('coop')))).toBeGreaterThan(0);
    expect((await raw.query('SELECT FROM lots')).rowCount).toBe(0);
  });

  it('sees of the authority of a country what was ever there, and nothing of a suspended actor', async () => {
    await ledger.record('actor.statusChanged', 'registrar', { actor: 'mallory', status: 'suspended', reason: 'fraud' });
    expect(await count(as(actor('mallory')))).toBe(0);
    const [all] = await ledger.database.rows<{ count: number }>(
      `SELECT count(DISTINCT lot) FROM lot_parties WHERE party = '@RW'`,
    );
    const [authority] = await ledger.database.rows<{ id: string }>(
      `SELECT id FROM actors WHERE roles @> '{authority}' AND country = 'RW'`,
    );
    expect(all?.count).toBeGreaterThan(5);
    expect(await lotsOf(actor(authority?.id ?? ''))).toHaveLength(all?.count ?? 0);
  });

  it('reads one lot by a share, up to its last entry', async () => {
    const lot = await ledger.declare('50');
    const share = (until: number | null): Viewer => ({
      kind: 'share',
      share: 's',
      by: 'coop',
      lot,
      until,
      expiresAt: '2099-01-01T00:00:00Z',
      disclosures: false,
    });
    expect(await lotsOf(share(null))).toEqual([lot]);
    expect(await lotsOf(share(0))).toEqual([]);
    expect(await seen(as(share(0)), 'SELECT lot FROM lot_events')).toEqual([]);
    expect(await seen(as(share(null)), 'SELECT lot FROM lot_events')).toEqual([{ lot }]);
  });

  it('reads no other table, no key, and no column that names lots of others', async () => {
    const tables = await ledger.database.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    const readable: string[] = [];
    for (const { name } of tables)
      await seen(as(actor('coop')), `SELECT * FROM ${name} LIMIT 1`).then(
        () => readable.push(name),
        (error: unknown) => expect(error).toMatchObject({ code: '42501' }),
      );
    expect(readable.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'access_grants',
      'clocks',
      'lot_events',
      'lot_parties',
      'lots',
      'tag_uses',
    ]);
    await expect(seen('', `UPDATE lots SET holder = 'coop'`)).rejects.toMatchObject({ code: '42501' });
    await expect(seen('', 'SELECT viewer_fields()')).rejects.toMatchObject({ code: '42501' });
  });
});
