import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../../support/test-ledger.js';

interface FindingRow {
  rule: string;
  subject: string;
  lots: string[];
  first_index: number | null;
}

let ledger: TestLedger;
let lots: string[];
/** Index of the entry that declares `lots[0]`. */
let first: number;

const audited = async (): Promise<FindingRow[]> => {
  await ledger.auditor().audit();
  return ledger.database.rows<FindingRow>("SELECT * FROM findings WHERE status = 'open' AND rule LIKE 'record-%'");
};

/** Changes, audits, and changes back. */
async function foundAfter(change: string, restore: string): Promise<FindingRow[]> {
  await ledger.tamper(change);
  const found = await audited();
  await ledger.tamper(restore);
  return found;
}

beforeAll(async () => {
  ledger = await TestLedger.open();
  lots = await ledger.declareMany(560);
  const [row] = await ledger.database.rows<{ index: number }>('SELECT born_index AS index FROM lots WHERE id = $1', [
    lots[0],
  ]);
  first = row?.index ?? 0;
  await ledger.tamper(
    'CREATE SCHEMA kept; CREATE TABLE kept.tiles AS SELECT * FROM tiles; CREATE TABLE kept.entries AS SELECT * FROM entries',
  );
});

afterAll(async () => {
  await ledger.close();
});

const tiles = 'DELETE FROM tiles; INSERT INTO tiles SELECT * FROM kept.tiles';
const entries = 'DELETE FROM entries; INSERT INTO entries SELECT * FROM kept.entries';

describe('an audit of a log with full tiles', () => {
  it('finds nothing where nothing was touched', async () => {
    expect(await ledger.database.rows('SELECT level, index FROM tiles ORDER BY index')).toHaveLength(2);
    expect(await audited()).toEqual([]);
  });

  it('names the tile and the entry whose hash in it was changed', async () => {
    const at = first + 100;
    const found = await foundAfter(
      `UPDATE tiles SET hashes = set_byte(hashes, ${at * 32}, 255 - get_byte(hashes, ${at * 32})) WHERE index = 0`,
      tiles,
    );
    expect(found).toEqual([
      expect.objectContaining({
        rule: 'record-root-mismatch',
        subject: 'tiles level=0, index=0',
        first_index: at,
        lots: [lots[100]],
      }),
    ]);
  });

  it.each([
    ['root changed', "UPDATE tiles SET root = sha256('x') WHERE index = 1"],
    ['missing', 'DELETE FROM tiles WHERE index = 1'],
  ])('names the tile: %s', async (_what, sql) => {
    expect(await foundAfter(sql, tiles)).toEqual([
      expect.objectContaining({ rule: 'record-root-mismatch', subject: 'tiles level=0, index=1', first_index: 256 }),
    ]);
  });

  it('names a tile that the log is too short for', async () => {
    const sql = 'INSERT INTO tiles SELECT 0, 7, hashes, root FROM tiles WHERE index = 0';
    expect(await foundAfter(sql, tiles)).toEqual([expect.objectContaining({ subject: 'tiles level=0, index=7' })]);
  });

  it('names one entry, though it was rewritten with a leaf hash that fits and all roots after it differ', async () => {
    const at = first + 50;
    const found = await foundAfter(
      `UPDATE entries SET jws = forged, leaf_hash = sha256('\\x00'::bytea || convert_to(forged, 'UTF8'))
         FROM (SELECT overlay(jws placing 'AAAA' from length(jws) - 40) AS forged FROM entries WHERE index = ${at}) AS f
        WHERE index = ${at}`,
      entries,
    );
    expect(found).toEqual([
      expect.objectContaining({ rule: 'record-event-altered', subject: `entries index=${at}`, lots: [lots[50]] }),
    ]);
  });

  it('names a run of missing entries once, with their lots', async () => {
    const at = first + 10;
    const found = await foundAfter(`DELETE FROM entries WHERE index BETWEEN ${at} AND ${at + 2}`, entries);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ rule: 'record-event-missing', subject: `entries index=${at}`, first_index: at });
    expect(found[0]?.lots.toSorted()).toEqual(lots.slice(10, 13).toSorted());
  });

  it('finds nothing again once all is as it was', async () => {
    expect(await audited()).toEqual([]);
  });
});
