import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { auditedTables } from '../../../src/server/verification/audit/rebuild/audited-tables.js';
import { excludedCells } from '../../../src/server/verification/audit/rebuild/excluded-cells.js';
import { JudgeAgain } from '../../../src/server/verification/audit/rebuild/judge-again.js';
import { queueAgain } from '../../../src/server/verification/judging/filings.js';
import { fillWorld } from '../../support/full-world.js';
import { whole } from '../../support/rounds.js';
import { type Missed, TamperRounds, roundsOf } from '../../support/tamper-rounds.js';
import {
  type StoredRow,
  type Table,
  type Tampering,
  cellChanges,
  rowChanges,
  rowsOf,
  tablesOf,
} from '../../support/tampered-cells.js';
import { refusedByTheDatabase } from '../../support/tamperings.js';
import { TestLedger } from '../../support/test-ledger.js';

/** Filled elsewhere: `tamper-matrix.spec.ts` has the tables of the log, and full tiles. */
const log = Object.keys(auditedTables).filter((table) => auditedTables[table] === 'log');
/** Its replay depends on the row, so that each change takes a replay of its own. */
const REPLAYED = 'index_state';
/** Columns of which a check of the table allows no other value while the rest of the row stays. */
const heldColumns = ['findings.closed_at', 'subscriptions.channel', 'subscriptions.address'];
/** Other values of it are those of other rows, so that it can be changed only beside a change that frees one. */
const TAKEN = 'index_nodes.prefix';

let ledger: TestLedger;
let superuser: pg.Client;
let tables: Table[] = [];
let rows: ReadonlyMap<string, StoredRow[]>;
let tried: Tampering[] = [];
let unnoticed: Missed[] = [];
let refused: Tampering[] = [];

const nameOf = ({ table, column, kind }: Tampering): string => `${table}.${column ?? 'row'} ${kind}`;
const isExcluded = ({ table, column }: Tampering): boolean =>
  auditedTables[table]?.startsWith('excluded') === true ||
  (column !== null &&
    `${table}.${column}` in excludedCells &&
    excludedCells[`${table}.${column}`]?.where === undefined);

function changesOf(table: Table): Tampering[] {
  const stored = rows.get(table.name) ?? [];
  return [...cellChanges(table, stored), ...rowChanges(table, stored)];
}

/** Makes the changes in rounds, and remembers what was found, missed and refused. */
async function make(changes: Tampering[]): Promise<void> {
  const rounds = [changes.filter((change) => !isExcluded(change)), changes.filter(isExcluded)].flatMap(roundsOf);
  const outcome = await new TamperRounds(ledger, new Map(tables.map((table) => [table.name, table]))).run(rounds);
  tried = [...tried, ...changes];
  unnoticed = [...unnoticed, ...outcome.unnoticed];
  refused = [...refused, ...outcome.refused];
}

const placeOf = ({ table, column }: Tampering): string => `${table}.${column ?? 'row'}`;

/** The columns of which a change was made, and `row` for the rows of a table. */
function changeable(): Set<string> {
  const refusals = new Set(refused);
  return new Set(tried.filter((change) => !refusals.has(change)).map(placeOf));
}

beforeAll(async () => {
  ledger = await TestLedger.open();
  await fillWorld(ledger);
  superuser = new pg.Client({ connectionString: ledger.behind.superuserUrl });
  await superuser.connect();
  tables = await tablesOf(superuser);
  const stored = new Map<string, StoredRow[]>();
  for (const table of tables) stored.set(table.name, await rowsOf(superuser, table));
  rows = stored;
  const changes = tables
    .filter(({ name }) => !log.includes(name) && name !== REPLAYED)
    .flatMap((table) => changesOf(table));
  // CI makes every change. The short round gives each cell another value, or what else the database takes.
  const isTried = ({ column, kind }: Tampering): boolean => whole || column === null || kind === 'other';
  await make(changes.filter(isTried));
  const changed = changeable();
  await make(changes.filter((change) => !isTried(change) && !changed.has(placeOf(change))));
}, 300_000);
afterAll(async () => {
  await superuser.end();
  await ledger.close();
});

describe('the tamper matrix over the catalogue', () => {
  it('has every table of the database, and rows in every one', () => {
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(auditedTables).toSorted());
    // Judging is done when the world is: the row of `revisits` is written below.
    expect([...rows].flatMap(([name, stored]) => (stored.length === 0 ? [name] : []))).toEqual(['revisits', 'tiles']);
  });

  it('finds every changed cell, and every row that is deleted or added, but for what is excluded', () => {
    expect(unnoticed.filter((missed) => !missed.isExcluded).map(({ change }) => nameOf(change))).toEqual([]);
  });

  it('could change every column but those of which the database allows no other value alone', () => {
    const changed = changeable();
    const columns = tables
      .filter(({ name }) => !log.includes(name) && name !== REPLAYED && (rows.get(name)?.length ?? 0) > 0)
      .flatMap((table) => table.columns.map(({ name }) => `${table.name}.${name}`));
    const unchanged = columns.filter((column) => !column.endsWith('.single') && !changed.has(column));
    expect(unchanged.filter((column) => column !== TAKEN)).toEqual(heldColumns);
  });

  it('excludes no column that the audit compares', () => {
    const missed = new Set(unnoticed.map(({ change }) => `${change.table}.${change.column}`));
    const excluded = Object.keys(excludedCells).filter((cell) => excludedCells[cell]?.where === undefined);
    expect(excluded.filter((cell) => !missed.has(cell))).toEqual([]);
  });

  it('is described by the threat model, with every exclusion and its reason', () => {
    const page = readFileSync(join(process.cwd(), 'docs/threat-model.md'), 'utf8');
    const lines = [
      ...Object.entries(auditedTables).map(([table, how]) => `| \`${table}\` | ${how} |`),
      ...Object.entries(excludedCells).map(([cell, { why }]) => `| \`${cell}\` | ${why} |`),
    ];
    expect(lines.filter((line) => !page.includes(line))).toEqual([]);
  });
});

describe('the state of the sealed index', () => {
  const differences = async (): Promise<string[]> => {
    const follower = new JudgeAgain(ledger.database, ledger.identity, ledger.clock, RuleParameters.load(null));
    return (await replayLog(ledger.database, ledger.identity, { follower })).differences.map(({ table }) => table);
  };

  it('shows whatever is changed of it', async () => {
    const table = tables.find(({ name }) => name === REPLAYED) as Table;
    const kept = await superuser.query('SELECT to_json(t) AS row FROM index_state AS t');
    // CI makes every change; the short round gives each column another value, and deletes the row.
    const changes = changesOf(table).filter(({ column, kind }) => whole || column === null || kind === 'other');
    for (const change of changes) {
      await superuser.query('BEGIN');
      const made = await superuser.query(change.sql.replace(/WHERE t\.ctid = '[^']*'/, 'WHERE true'));
      await superuser.query('COMMIT');
      const found = made.rowCount === 0 ? [REPLAYED] : await differences();
      await ledger.tamper('DELETE FROM index_state');
      await ledger.tamper('INSERT INTO index_state SELECT * FROM json_populate_record(NULL::index_state, $1)', [
        JSON.stringify((kept.rows[0] as { row: object }).row),
      ]);
      // Excluded: it is the state before the index is sealed.
      if (nameOf(change) === 'index_state.entry null') continue;
      expect(found.includes(REPLAYED) ? 'named' : nameOf(change)).toBe('named');
    }
  }, 180_000);
});

describe('work of judging that somebody adds', () => {
  it('is done, and does not stay', async () => {
    await ledger.database.transaction(async (db) => {
      await queueAgain(db, [{ subject: 'signed-by:coop', since: 0 }], 40);
      await db.query('UPDATE verification_cursor SET next = next - 5, disclosed = 0');
    });
    await ledger.tamper('UPDATE deadlines SET due_at = due_at - 86400000');
    await ledger.verifier().verify();
    expect(await ledger.database.rows('SELECT FROM revisits')).toEqual([]);
    expect(await ledger.auditor().audit()).toMatchObject({ faults: 0 });
  });
});

describe('one change in every table at once', () => {
  it('gives an audit that names each table, and that ends', async () => {
    await superuser.query("SET session_replication_role = 'replica'");
    const changed: string[] = [];
    const missed = new Set(unnoticed.map(({ change }) => nameOf(change)));
    const noticed = new Set(tried.map(nameOf).filter((name) => !missed.has(name)));
    for (const table of tables.filter(
      // Beside other changes the cursor of alerts shows only where they missed a finding.
      ({ name }) => !log.includes(name) && !auditedTables[name]?.startsWith('excluded') && name !== 'alert_cursor',
    )) {
      const fresh = await rowsOf(superuser, table);
      for (const change of cellChanges(table, fresh).filter((one) => noticed.has(nameOf(one)) && !isExcluded(one))) {
        const made = await superuser.query(change.sql).catch((error: unknown) => {
          if (!refusedByTheDatabase.test(String(error))) throw error;
          return null;
        });
        if ((made?.rowCount ?? 0) === 0) continue;
        changed.push(table.name);
        break;
      }
    }
    await ledger.auditor().audit();
    const found = await ledger.database.rows<{ subject: string }>(
      "SELECT subject FROM findings WHERE rule LIKE 'record-%' AND status = 'open'",
    );
    const named = new Set(found.map(({ subject }) => subject.split(' ', 1)[0]));
    expect(changed.filter((table) => !named.has(table))).toEqual([]);
    expect(changed.length).toBeGreaterThan(35);
  }, 60_000);
});
