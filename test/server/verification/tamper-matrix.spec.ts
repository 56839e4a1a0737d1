import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordFault } from '../../../src/core/rules/engine/facts.js';
import { explain } from '../../../src/server/verification/audit/audit-faults.js';
import { auditedTables } from '../../../src/server/verification/audit/rebuild/audited-tables.js';
import { gatherEvidence } from '../../../src/server/verification/audit/gather-evidence.js';
import { long, whole } from '../../support/rounds.js';
import { type Column, changesOf, columnsOf, refusedByTheDatabase } from '../../support/tamperings.js';
import { TestLedger } from '../../support/test-ledger.js';

/** Tables of the log itself; `tampered-catalogue.spec.ts` has all others. */
const ledgerTables: readonly string[] = Object.keys(auditedTables).filter((table) => auditedTables[table] === 'log');
const CLEAN_RUNS = long ? 100 : whole ? 10 : 3;
/** CI makes every change of every column; the short round gives each another value, and deletes a row and all rows. */
const changed = whole ? 'changed, emptied, swapped or deleted' : 'changed or deleted';

let ledger: TestLedger;
let columns: Column[] = [];

const kilograms = (value: string) => ({ value, uom: 'KGM' });

/** At least two rows in every table but that of full tiles. */
async function fill(): Promise<void> {
  const lots = [
    await ledger.declare('48.6', { tags: ['SYN-M-4411'] }),
    await ledger.declare('50.2', { tags: ['SYN-M-4412'] }),
  ];
  await ledger.record('tags.issued', 'agent', { series: 'SYN-N-', from: 1, to: 9, site: 'hill' });
  await ledger.record('site.registered', 'registrar', {
    site: 'ridge',
    country: 'RW',
    operator: 'coop',
    minerals: ['gold'],
  });
  await ledger.record('facility.registered', 'registrar', { facility: 'store', kind: 'warehouse', country: 'RW' });
  for (const [i, lot] of lots.entries()) {
    const certificate = {
      serial: `RW-${i}`,
      exporter: 'trader',
      lots: [lot],
      mass: kilograms('48'),
      originCountries: ['RW'],
    };
    await ledger.record('certificate.issued', 'agent', {
      ...certificate,
      issuedOn: '2026-05-12',
      expiresOn: '2026-08-01',
    });
    const { id } = await ledger.record('incident.reported', 'trader', { category: 'theft', level: 2, lots: [lot] });
    await ledger.record('event.endorsed', 'trader', { events: [id] });
    await ledger.record('event.corrected', 'coop', {
      event: ledger.head(lot),
      field: '/teamSize',
      is: 6 + i,
      reason: 'forgotten',
    });
    await ledger.dispatch(lot);
    await ledger.receive(lot, i === 0 ? '48.5' : '50.1');
  }
  const told = await ledger.database.rows<{ digest: string }>('SELECT digest FROM disclosures ORDER BY digest');
  for (const { digest } of told.slice(0, 2))
    await ledger.record('data.erased', 'registrar', { digests: [digest], ground: 'request' });
  const [a, b] = [await ledger.declare('20'), await ledger.declare('30')];
  await ledger.record('lot.aggregated', 'coop', {
    inputs: [{ lot: a }, { lot: b }],
    outputs: [{ mass: kilograms('50') }],
  });
}

/** Keeps every table as it is now, to be put back from. */
const keep = (): Promise<number> =>
  ledger.tamper(
    `DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept;
     ${ledgerTables.map((name) => `CREATE TABLE kept.${name} AS SELECT * FROM ${name};`).join('\n')}`,
  );

beforeAll(async () => {
  ledger = await TestLedger.open();
  await fill();
  await keep();
  columns = await columnsOf(ledger.database, ledgerTables);
});
afterAll(() => ledger.close());

const audited = async (): Promise<RecordFault[]> => {
  try {
    return explain(await gatherEvidence(ledger.database, ledger.identity, ledger.guard.read()));
  } catch (error) {
    // A number that no ledger can hold: the service's audit says that it cannot read to the end.
    if (!(error instanceof RangeError)) throw error;
    return [{ subject: 'ledger', rule: 'record-root-mismatch' } as RecordFault];
  }
};

const putBack = (table: string): string => `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept.${table};`;

/** Whether a statement changed rows; false where it found none to change, or the database refused it. */
async function changesRows(sql: string): Promise<boolean> {
  try {
    return (await ledger.tamper(sql)) > 0;
  } catch (error) {
    if (!refusedByTheDatabase.test(String(error))) throw error;
    return false;
  }
}

/** Lists the statements whose change an audit does not notice; each is made alone and undone. */
async function unnoticed(table: string, statements: readonly string[]): Promise<string[]> {
  const missed: string[] = [];
  for (const sql of statements)
    try {
      // An audit that ends in an error names nothing.
      if ((await changesRows(sql)) && (await audited().catch(() => [])).length === 0) missed.push(sql);
    } finally {
      await ledger.tamper(putBack(table));
    }
  return missed;
}

const changesOfCells = (table: string): string[] =>
  columns
    .filter((column) => column.table === table)
    .flatMap((column) => (whole ? changesOf(column) : changesOf(column).slice(0, 1)));

/** What was erased leaves a row that says so; who deletes that row takes nothing away. */
const whatCounts = (table: string): string =>
  table === 'disclosures' ? 'disclosures WHERE ciphertext IS NOT NULL' : table;

function deletions(table: string): string[] {
  const counted = whatCounts(table);
  const nth = (offset: string): string =>
    `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${counted} ORDER BY ctid OFFSET ${offset} LIMIT 1)`;
  const all = `DELETE FROM ${table}`;
  const middle = nth(`(SELECT count(*) / 2 FROM ${counted})`);
  return whole ? [nth('0'), middle, nth(`(SELECT count(*) - 1 FROM ${counted})`), all] : [middle, all];
}

const statementsFor = (table: string): string[] => [...changesOfCells(table), ...deletions(table)];

const rowsIn = async (tables: readonly string[]): Promise<string[]> => {
  const filled = [];
  for (const table of tables)
    if ((await ledger.database.rows(`SELECT FROM ${table} LIMIT 1`)).length > 0) filled.push(table);
  return filled;
};

describe('the tamper matrix', () => {
  const tables = ledgerTables.filter((table) => table !== 'tiles');

  it('has rows in every table of the log', async () => {
    expect(await rowsIn(tables)).toEqual(tables);
  });

  it.each(tables)(
    `%s: what is ${changed} is noticed`,
    async (table) => {
      expect(statementsFor(table).length).toBeGreaterThan(2);
      expect(await unnoticed(table, statementsFor(table))).toEqual([]);
    },
    120_000,
  );

  it('finds nothing, however often it looks, where nobody has touched anything', async () => {
    for (let run = 0; run < CLEAN_RUNS; run += 1) expect(await audited()).toEqual([]);
  }, 600_000);
});

describe('the tamper matrix, where a tile is full', () => {
  const tables = ['entries', 'tiles', 'checkpoints', 'log_state'];

  beforeAll(async () => {
    await ledger.declareMany(260);
    await keep();
  });

  it.each(tables)(
    `%s: what is ${changed} is noticed`,
    async (table) => {
      expect(await rowsIn([table])).toEqual([table]);
      expect(await unnoticed(table, statementsFor(table))).toEqual([]);
    },
    120_000,
  );
});
