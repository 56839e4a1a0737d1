import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filesUnder, read } from './support/project-files.js';

const sources = filesUnder('src', '.ts').map((path) => ({ path, text: read(path) }));

const before = 'a process that has no `Database` yet, or no longer';
const asOwner = 'a command that works as the owner of the tables, with a connection of its own';
/** Files outside `src/server/database` that open connections or begin transactions, each with the reason. */
const otherDoors: Readonly<Record<string, string>> = {
  'src/platform/postgres/embedded-postgres.ts': 'administers the embedded server as its superuser',
  'src/server/backup/restore-backup.ts': asOwner,
  'src/server/backup/tables.ts': asOwner,
  'src/server/backup/write-backup.ts': asOwner,
  'src/server/boot/join-database.ts': before,
  'src/server/boot/start.ts': before,
  'src/server/boot/throw-away-databases.ts': 'creates and drops whole databases as the superuser',
  'src/server/operator.ts': 'tampers with a throw-away ledger as the superuser',
  'src/server/queue/prepare-queue.ts': 'the pool that BullMQ takes: each worker holds a connection of it for LISTEN',
};

/** Features in order: each owns tables, and reads those of the features before it. */
const featureLine = ['registry', 'ledger', 'access', 'transparency', 'verification', 'alerts', 'delivery'];
/** Rooms that read the tables of every feature and write none of them. */
const readers = ['provenance', 'monitor', 'backup', 'verification/audit'];

/** Which room writes each table. */
const owners: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    database: 'schema_migrations viewer_key',
    journal: 'journal journal_head',
    registry: `access_grants actors certificates clocks corrections endorsements facilities incidents keys ledger_info sites tag_ranges`,
    ledger: `attestations checkpoints disclosure_keys disclosures entries erasures late_disclosures lineage log_state
      lot_events lot_parties lots refusals subject_entries sweeps tag_uses tiles waiting waiting_for`,
    access: 'accesses contacts machine_keys passports people shares spent_proofs',
    transparency: `index_leaves index_leaves_before index_nodes index_nodes_before index_state index_state_before
      witnessed_checkpoints witnesses`,
    verification: `deadlines filings finding_answers finding_notes findings revisits site_days site_production totals undecided
      verification_cursor`,
    'verification/audit': 'audits',
    alerts: 'alert_changes alert_cursor alert_findings alerts notices silences',
    delivery: 'deliveries delivery_attempts delivery_notices routing_cursor subscriptions',
  }).map(([room, names]) => [room, names.split(/\s+/)]),
);
const tables = [...owners.values()].flat();

const tampers = 'damages a throw-away ledger as the superuser, to show that it is detected';
/** Statements that cross the line of features, each with the reason. */
const crossings: Readonly<Record<string, string>> = {
  'src/cli/alerts/trigger-alert.ts reads entries': tampers,
  'src/cli/alerts/trigger-alert.ts writes entries': tampers,
  'src/cli/commands/operate/demo.ts writes entries': tampers,
};

const everyTable = 'every table, as the catalogue names them';
const journaled = 'the tables of `journaledTables`, whose changes it records or checks';
const shadows = 'temporary tables that shadow the real ones';
const compared = 'a table and its rebuilt copy';
/** Files that put the names of tables into statements by themselves, each with the reason. */
const namesTables: Readonly<Record<string, string>> = {
  'src/server/backup/restore-backup.ts': everyTable,
  'src/server/backup/write-backup.ts': everyTable,
  'src/server/journal/journal.ts': journaled,
  'src/server/ledger/disclosures/sweep-erased.ts': 'the partitions of `disclosure_keys`',
  'src/server/ledger/read/of-viewer.ts': 'the list of findings or of alerts, which chooses its rows by the same rule',
  'src/server/ledger/replay/compare-projections.ts': compared,
  'src/server/ledger/replay/key-range.ts': compared,
  'src/server/ledger/replay/replay.ts': shadows,
  'src/server/transparency/index-rows.ts': 'the index and the one before it, which have equal columns',
  'src/server/transparency/rebuild-index.ts': shadows,
  'src/server/verification/audit/audit-journal.ts': journaled,
  'src/server/verification/audit/rebuild/alert-comparisons.ts': compared,
  'src/server/verification/audit/rebuild/compare-alerts.ts': compared,
  'src/server/verification/audit/rebuild/compare-judged.ts': compared,
  'src/server/verification/audit/rebuild/delivery-comparisons.ts': compared,
  'src/server/verification/audit/rebuild/judge-again.ts': shadows,
  'src/server/verification/judging/facts/load-production.ts': 'a list of values that two statements share',
};

const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|(?<![^\s])\/\/ .*$/gm, '');
/** Whether a source opens connections or begins and ends transactions by itself. */
const isDoor = (text: string): boolean =>
  /from 'pg'|['"`]\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|SET TRANSACTION)\b/.test(withoutComments(text));

/** A use of a table by one source, such as `writes lots`. */
interface TableUse {
  table: string;
  writes: boolean;
}

/** The names after FROM or UPDATE up to the next keyword, without aliases: `lots AS l, keys` are two. */
const listed = (text: string): string[] =>
  (
    /^[^()`'";$]*?(?=\b(?:WHERE|ORDER|GROUP|LIMIT|JOIN|LEFT|CROSS|FULL|UNION|ON|SET|FOR|USING|RETURNING)\b|[()`'";$]|$)/.exec(
      text,
    )?.[0] ?? ''
  )
    .split(',')
    .map((each) => /^\s*(?:ONLY\s+)?(?:public\.)?(\w+)/.exec(each)?.[1] ?? '');

/** Returns which tables the statements of a source use. */
function usesOf(source: string): TableUse[] {
  const text = withoutComments(source);
  const found = [
    ...text.matchAll(/\b(DELETE FROM|FROM|JOIN|INSERT INTO|(?<!FOR |DO |NO KEY )UPDATE|VACUUM)\s/g),
  ].flatMap(({ 0: all, 1: verb, index }) =>
    listed(text.slice(index + all.length)).map((table) => ({ table, writes: verb !== 'FROM' && verb !== 'JOIN' })),
  );
  const named = [...text.matchAll(/\b(insertRows|upsertRows|rowsByKey)(?:<[^(]*>)?\(\s*[\w.]+,\s*'(\w+)'/g)].map(
    ({ 1: verb, 2: table = '' }) => ({ table, writes: verb !== 'rowsByKey' }),
  );
  const entities = [...text.matchAll(/@Entity\('(\w+)'/g)].map(({ 1: table = '' }) => ({ table, writes: true }));
  return [...found, ...named, ...entities].filter(({ table }) => tables.includes(table));
}

/** The room of a file of the server: the folder of its feature. */
function roomOf(path: string): string {
  const folder = path.replace(/^src\/server\//, '');
  return (
    [...owners.keys(), ...readers]
      .toSorted((a, b) => b.length - a.length)
      .find((room) => folder.startsWith(`${room}/`)) ??
    folder.split('/')[0] ??
    ''
  );
}

/** Whether a room may use a table so. */
function mayUse(room: string, { table, writes }: TableUse): boolean {
  const owner = [...owners].find(([, names]) => names.includes(table))?.[0] ?? '';
  if (room === owner) return true;
  if (writes) return false;
  if (readers.includes(room) || owner === 'journal') return true;
  const [here, there] = [room, owner].map((each) => featureLine.indexOf(each.split('/')[0] ?? ''));
  return there !== undefined && there >= 0 && here !== undefined && here > there;
}

const trespasses = (path: string, text: string): string[] => [
  ...new Set(
    usesOf(text)
      .filter((use) => !mayUse(roomOf(path), use))
      .map(({ table, writes }) => `${path} ${writes ? 'writes' : 'reads'} ${table}`),
  ),
];

/** Whether a source brings TypeORM to a process at run time, or writes rows by a method that begins transactions. */
const bringsTypeOrm = (text: string): boolean =>
  /^import (?!type)[^;]*from '(typeorm|@nestjs\/typeorm)/m.test(text) ||
  (/\.repository\(/.test(text) && /\.(save|remove|softRemove|recover)\(/.test(text));

describe('the SQL of the service', () => {
  it('has entities in files of their own, which only their room uses', () => {
    expect(["import { Entity } from 'typeorm';", "import type { Entity } from 'typeorm';"].map(bringsTypeOrm)).toEqual([
      true,
      false,
    ]);
    const outside = sources.filter(({ path }) => !path.startsWith('src/server/database/'));
    const found = outside.filter(({ path, text }) => !path.endsWith('.entity.ts') && bringsTypeOrm(text));
    expect(found.map(({ path }) => path)).toEqual([]);
    const strangers = outside.flatMap(({ path, text }) =>
      [...text.matchAll(/from '(\.{1,2}\/[^']*\.entity\.js)'/g)]
        .filter((match) => roomOf(path) !== roomOf(join(dirname(path), match[1] ?? '')))
        .map(() => path),
    );
    expect(new Set(strangers)).toEqual(new Set(['src/server/boot/entities.ts']));
  });

  it('enters the database by `src/server/database`, and elsewhere only for a reason', () => {
    expect(["await db.query('BEGIN')", "import pg from 'pg';", '// BEGIN', "query('SELECT 1')"].map(isDoor)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const found = sources.filter(({ path, text }) => !path.startsWith('src/server/database/') && isDoor(text));
    expect(found.map(({ path }) => path).toSorted()).toEqual(Object.keys(otherDoors).toSorted());
  });

  it('gives every table of the migrations one owner', () => {
    const created = [...read('migrations/catalogue.ts').matchAll(/^ {2}(\w+):\s*'columns of/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => !/_\d+$/.test(name));
    expect(tables.toSorted()).toEqual(created.toSorted());
  });

  it('writes a table only where its owner is, and reads it only there and after', () => {
    const planted = (path: string, sql: string): string[] => trespasses(`src/server/${path}`, `db.query(\`${sql}\`)`);
    expect(planted('alerts/a.ts', 'SELECT * FROM findings AS f JOIN lots ON true')).toEqual([]);
    expect(planted('registry/a.ts', 'SELECT 1 FROM actors AS a, lots WHERE true')).toEqual([
      'src/server/registry/a.ts reads lots',
    ]);
    expect(planted('delivery/a.ts', 'WITH x AS (UPDATE alerts SET id = 1) SELECT')).toEqual([
      'src/server/delivery/a.ts writes alerts',
    ]);
    expect(planted('verification/audit/a.ts', 'DELETE FROM findings')).toHaveLength(1);
    expect(planted('verification/audit/a.ts', 'SELECT FROM alerts FOR UPDATE')).toEqual([]);
    expect(trespasses('src/server/ledger/a.ts', "insertRows(\n db,\n 'findings', [])")).toHaveLength(1);
    const found = sources.flatMap(({ path, text }) => trespasses(path, text));
    expect(found.toSorted()).toEqual(Object.keys(crossings).toSorted());
  });

  it('names tables in its statements, and elsewhere only for a reason', () => {
    const dynamic = /\b(FROM|JOIN|INTO|UPDATE|VACUUM|LIKE|TABLE|FULL\))\s+(public\.|pg_temp\.)?\$\{/;
    const found = sources.filter(
      ({ path, text }) => !path.startsWith('src/server/database/') && dynamic.test(withoutComments(text)),
    );
    expect(found.map(({ path }) => path).toSorted()).toEqual(Object.keys(namesTables).toSorted());
  });
});
