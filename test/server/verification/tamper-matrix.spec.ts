import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordFault } from '../../../src/core/rules/facts.js';
import { projectionTables } from '../../../src/server/ledger/replay.js';
import { explain } from '../../../src/server/verification/audit-faults.js';
import { gatherEvidence } from '../../../src/server/verification/gather-evidence.js';
import { TestLedger } from '../../support/test-ledger.js';

/** Tables that the audit answers for, and those that say nothing of the log: what was found, told, sent and kept for the rules. */
const ledgerTables: readonly string[] = [
  'entries',
  'tiles',
  'checkpoints',
  'log_state',
  'disclosures',
  'disclosure_keys',
  ...projectionTables,
];
const besideTheLog = [
  'schema_migrations',
  'waiting',
  'waiting_for',
  'refusals',
  'verification_cursor',
  'findings',
  'finding_answers',
  'undecided',
  'deadlines',
  'site_production',
  'site_days',
  'totals',
  'index_state',
  'index_leaves',
  'index_nodes',
  'witnessed_checkpoints',
  'witnesses',
  'filings',
  'revisits',
  'audits',
  'alert_cursor',
  'alerts',
  'subscriptions',
  'deliveries',
  'delivery_attempts',
];
const CLEAN_RUNS = process.env.ADIT_FAULTS === 'long' ? 100 : 10;

interface Column {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
}

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
  const told = await ledger.database.query<{ digest: string }>('SELECT digest FROM disclosures ORDER BY digest');
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
  columns = await ledger.database.query<Column>(
    `SELECT table_name AS table, column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY($1)
      ORDER BY table_name, ordinal_position`,
    [ledgerTables],
  );
}, 60_000);
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

/** What an audit says after a change; null where the change changed no row. The table is put back as it was. */
async function foundAfter(table: string, sql: string): Promise<RecordFault[] | null> {
  try {
    return (await ledger.tamper(sql)) === 0 ? null : await audited();
  } finally {
    await ledger.tamper(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept.${table}`);
  }
}

const other: Record<string, (column: string) => string> = {
  text: (column) => `COALESCE(${column}, '') || 'x'`,
  ARRAY: (column) => `${column} || ${column} || '{x}'`,
  bigint: (column) => `COALESCE(${column}, 0) + 1`,
  integer: (column) => `COALESCE(${column}, 0) + 1`,
  smallint: (column) => `COALESCE(${column}, 0) + 1`,
  numeric: (column) => `${column} + 1`,
  boolean: (column) => `NOT ${column}`,
  uuid: () => "'00000000-0000-8000-8000-000000000000'",
  jsonb: () => `'{"x":1}'`,
  bytea: (column) => `set_byte(${column}, 0, (get_byte(${column}, 0) + 1) % 256)`,
};
const empty: Record<string, string> = {
  text: "''",
  ARRAY: "'{}'",
  jsonb: "'{}'",
  bytea: "''",
  numeric: '0',
  bigint: '0',
};

/** A service that dies between writing and signing leaves a checkpoint without its note; the next one signed covers it. */
const MAY_BE_MISSING = 'checkpoints.note';

/** Every change of a cell: another value of its type, nothing, and the value of another row. */
function changesOf({ table, name, type, nullable }: Column): string[] {
  // A check holds these to a few words: another of them.
  const words: Record<string, string> = {
    'lots.status': `CASE ${name} WHEN 'closed' THEN 'held' ELSE 'closed' END`,
    'incidents.status': `CASE ${name} WHEN 'closed' THEN 'open' ELSE 'closed' END`,
  };
  const at = `(SELECT ctid FROM ${table} ORDER BY ctid LIMIT 1)`;
  const second = `SELECT ctid FROM ${table} WHERE ${name} IS DISTINCT FROM (SELECT ${name} FROM ${table} WHERE ctid = ${at}) ORDER BY ctid LIMIT 1`;
  const value = words[`${table}.${name}`] ?? other[type]?.(name);
  return [
    `UPDATE ${table} SET ${name} = ${value} WHERE ctid = ${at}`,
    ...(nullable && `${table}.${name}` !== MAY_BE_MISSING
      ? [`UPDATE ${table} SET ${name} = NULL WHERE ctid = ${at} AND ${name} IS NOT NULL`]
      : []),
    ...(words[`${table}.${name}`] === undefined && empty[type] !== undefined
      ? [`UPDATE ${table} SET ${name} = ${empty[type]} WHERE ctid = ${at} AND ${name} IS DISTINCT FROM ${empty[type]}`]
      : []),
    `UPDATE ${table} AS t SET ${name} = o.${name} FROM ${table} AS o
      WHERE t.ctid = ${at} AND o.ctid = (${second})`,
  ];
}

/** A statement that the database itself refuses is one that nobody can make. */
const refusedByTheDatabase = /unique|duplicate|violates|out of range|invalid input|cannot|malformed|is not a/i;

const projections: readonly string[] = projectionTables;

/** A derived row that differs is named by its table; what was done to the log itself may show where it is compared. */
const isLocated = ({ rule, subject }: RecordFault, table: string): boolean =>
  !projections.includes(table) || (rule === 'record-projection-differs' && subject.startsWith(table));

async function unnoticed(table: string, statements: readonly string[]): Promise<string[]> {
  const missed: string[] = [];
  for (const sql of statements) {
    let faults: RecordFault[] | null = null;
    try {
      faults = await foundAfter(table, sql);
    } catch (error) {
      if (!refusedByTheDatabase.test(String(error))) throw error;
    }
    if (faults !== null && !faults.some((fault) => isLocated(fault, table))) missed.push(sql);
  }
  return missed;
}

const changesOfCells = (table: string): string[] =>
  columns.filter((column) => column.table === table && column.name !== 'single').flatMap(changesOf);

/** What was erased leaves a row that says so; who deletes that row takes nothing away. */
const whatCounts = (table: string): string =>
  table === 'disclosures' ? 'disclosures WHERE ciphertext IS NOT NULL' : table;

function deletions(table: string): string[] {
  const counted = whatCounts(table);
  const nth = (offset: string): string =>
    `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${counted} ORDER BY ctid OFFSET ${offset} LIMIT 1)`;
  return [
    nth('0'),
    nth(`(SELECT count(*) / 2 FROM ${counted})`),
    nth(`(SELECT count(*) - 1 FROM ${counted})`),
    `DELETE FROM ${table}`,
  ];
}

const rowsIn = async (tables: readonly string[]): Promise<string[]> => {
  const filled = [];
  for (const table of tables)
    if ((await ledger.database.query(`SELECT FROM ${table} LIMIT 1`)).length > 0) filled.push(table);
  return filled;
};

describe('the tamper matrix', () => {
  const tables = ledgerTables.filter((table) => table !== 'tiles');

  it('covers every table there is', async () => {
    const rows = await ledger.database.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    );
    expect(rows.map(({ name }) => name)).toEqual([...ledgerTables, ...besideTheLog].toSorted());
    expect(await rowsIn(tables)).toEqual(tables);
  });

  it.each(tables)(
    '%s: what is changed, emptied, swapped or deleted is noticed',
    async (table) => {
      const statements = [...changesOfCells(table), ...deletions(table)];
      expect(statements.length).toBeGreaterThan(2);
      expect(await unnoticed(table, statements)).toEqual([]);
    },
    120_000,
  );

  it('finds nothing, however often it looks, where nobody has touched anything', async () => {
    for (let run = 0; run < CLEAN_RUNS; run += 1) expect(await audited()).toEqual([]);
  }, 300_000);
});

describe('the tamper matrix, where a tile is full', () => {
  const tables = ['entries', 'tiles', 'checkpoints', 'log_state'];

  beforeAll(async () => {
    await ledger.declareMany(260);
    await keep();
  }, 60_000);

  it.each(tables)(
    '%s: what is changed, emptied, swapped or deleted is noticed',
    async (table) => {
      expect(await rowsIn([table])).toEqual([table]);
      expect(await unnoticed(table, [...changesOfCells(table), ...deletions(table)])).toEqual([]);
    },
    120_000,
  );
});
