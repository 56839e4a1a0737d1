import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../migrations/catalogue.js';
import { migrations } from '../../../migrations/index.js';
import { compareCatalogue } from '../../../src/server/database/compare-catalogue.js';
import { Database } from '../../../src/server/database/database.js';
import { digestOf, readCatalogue } from '../../../src/server/database/read-catalogue.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';

const FILE = join(process.cwd(), 'migrations', 'catalogue.ts');

let behind: TestDatabase;
let database: Database;

beforeAll(async () => {
  behind = await testDatabase();
  database = new Database({ url: behind.url, failed: () => undefined });
});
afterAll(async () => {
  await database.close();
  await behind.drop();
});

const numberOf = (name: string): number => Number(name.slice(-13));

/** One line for each relation, with the digests of all that belongs to it. */
function written(found: ReadonlyMap<string, string>): string {
  const lines = new Map<string, string[]>();
  for (const [object, text] of [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const relation =
      /^(?:table|grants on|columns of|constraint|index|trigger|rule|policy) ([a-z0-9_]+)/.exec(object)?.[1] ?? '';
    const name = relation === '' ? object : object.replace(relation, '*');
    lines.set(relation, [...(lines.get(relation) ?? []), `${name}=${digestOf(text)}`]);
  }
  const literal = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
  return [...lines]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([relation, listed]) => `  ${relation === '' ? "''" : relation}: ${literal(listed.join('; '))},\n`)
    .join('');
}

describe('the catalogue of a fresh database', () => {
  it('is the one that is kept beside the migrations ("npm run catalogue" writes it anew)', async () => {
    const found = await readCatalogue(database);
    if (process.env.ADIT_WRITE_CATALOGUE === '1') {
      const kept = readFileSync(FILE, 'utf8');
      const newest = migrations.map((migration) => new migration().name).toSorted((a, b) => numberOf(a) - numberOf(b));
      writeFileSync(
        FILE,
        kept
          .replace(/catalogueOf = '[^']*'/, `catalogueOf = '${newest.at(-1)}'`)
          .replace(/= \{[^]*?\};/, `= {\n${written(found)}};`),
      );
    } else expect(new Map([...found].map(([object, text]) => [object, digestOf(text)]))).toEqual(catalogue);
  });
});

/** What somebody with the database could do to the schema, the name under which it is found, and how to undo it. */
const changes: [string, string, string][] = [
  [
    'function swallow()',
    `CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN IF NEW.rule LIKE 'record-%' THEN RETURN NULL; END IF; RETURN NEW; END $$`,
    'DROP FUNCTION swallow()',
  ],
  [
    'trigger findings.quiet',
    'CREATE TRIGGER quiet BEFORE INSERT ON findings FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'DROP TRIGGER quiet ON findings',
  ],
  [
    'trigger entries.entries_append_only',
    'ALTER TABLE entries DISABLE TRIGGER entries_append_only',
    'ALTER TABLE entries ENABLE TRIGGER entries_append_only',
  ],
  [
    'trigger entries.entries_append_only',
    'ALTER TABLE entries ENABLE REPLICA TRIGGER entries_append_only',
    'ALTER TABLE entries ENABLE TRIGGER entries_append_only',
  ],
  ['table deliveries', 'ALTER TABLE deliveries DISABLE TRIGGER ALL', 'ALTER TABLE deliveries ENABLE TRIGGER ALL'],
  [
    'function refuse_change()',
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS
     $$ BEGIN RETURN COALESCE(NEW, OLD); END $$`,
    '',
  ],
  [
    'rule findings.nothing',
    'CREATE RULE nothing AS ON INSERT TO findings DO INSTEAD NOTHING',
    'DROP RULE nothing ON findings',
  ],
  [
    'policy findings.hidden',
    "CREATE POLICY hidden ON findings USING (rule NOT LIKE 'record-%')",
    'DROP POLICY hidden ON findings',
  ],
  [
    'table findings',
    'ALTER TABLE findings DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE findings ENABLE ROW LEVEL SECURITY',
  ],
  ['grants on entries', 'GRANT UPDATE ON entries TO ledger_app', 'REVOKE UPDATE ON entries FROM ledger_app'],
  [
    'grants on entries',
    'GRANT UPDATE (jws) ON entries TO ledger_app',
    'REVOKE UPDATE (jws) ON entries FROM ledger_app',
  ],
  ['grants on findings', 'GRANT SELECT ON findings TO PUBLIC', 'REVOKE SELECT ON findings FROM PUBLIC'],
  ['grants on findings', 'REVOKE INSERT ON findings FROM ledger_app', 'GRANT INSERT ON findings TO ledger_app'],
  [
    'grants on finding_changes',
    'REVOKE USAGE ON SEQUENCE finding_changes FROM ledger_app',
    'GRANT USAGE ON SEQUENCE finding_changes TO ledger_app',
  ],
  ['table finding_changes', 'ALTER SEQUENCE finding_changes CYCLE', 'ALTER SEQUENCE finding_changes NO CYCLE'],
  [
    'constraint findings.findings_status_check',
    'ALTER TABLE findings DROP CONSTRAINT findings_status_check',
    `ALTER TABLE findings ADD CONSTRAINT findings_status_check
       CHECK (status IN ('open', 'explained', 'mitigated', 'dismissed', 'closed'))`,
  ],
  ['index findings.more', 'CREATE UNIQUE INDEX more ON findings (rule, subject, cause)', 'DROP INDEX more'],
  [
    'columns of findings',
    "ALTER TABLE findings ALTER status SET DEFAULT 'closed'",
    'ALTER TABLE findings ALTER status DROP DEFAULT',
  ],
  ['columns of findings', 'ALTER TABLE findings ADD COLUMN note text', 'ALTER TABLE findings DROP COLUMN note'],
  [
    'table findings',
    'ALTER TABLE findings OWNER TO ledger_app',
    'ALTER TABLE findings OWNER TO ledger_owner; GRANT SELECT, INSERT, UPDATE ON findings TO ledger_app',
  ],
  [
    'table findings',
    'CREATE SCHEMA aside; CREATE TABLE aside.more () INHERITS (findings)',
    'DROP SCHEMA aside CASCADE',
  ],
  ['table findings', 'ALTER TABLE findings SET UNLOGGED', 'ALTER TABLE findings SET LOGGED'],
  ['table shown', 'CREATE VIEW shown AS SELECT * FROM findings', 'DROP VIEW shown'],
  [
    'operator =(findings,findings)',
    `CREATE FUNCTION always(findings, findings) RETURNS boolean LANGUAGE sql AS 'SELECT true';
     CREATE OPERATOR = (LEFTARG = findings, RIGHTARG = findings, FUNCTION = always)`,
    'DROP FUNCTION always(findings, findings) CASCADE',
  ],
];

describe('changing the schema', () => {
  it('finds nothing where nothing was changed', async () => {
    expect(await compareCatalogue(database)).toEqual([]);
  });

  it.each(changes.filter(([, , undo]) => undo !== ''))('finds %s: %s', async (object, change, undo) => {
    await asSuperuser(behind.superuserUrl, change);
    const found = await compareCatalogue(database);
    await asSuperuser(behind.superuserUrl, undo);
    expect(found.map(({ object: name }) => name)).toContain(object);
    expect(await compareCatalogue(database)).toEqual([]);
  });

  it('finds the settings of a database that turn triggers off', async () => {
    const name = new URL(behind.superuserUrl).pathname.slice(1);
    await asSuperuser(behind.superuserUrl, `ALTER DATABASE ${name} SET session_replication_role = replica`);
    const later = new Database({ url: behind.url, failed: () => undefined });
    const found = await compareCatalogue(later);
    await later.close();
    await asSuperuser(behind.superuserUrl, `ALTER DATABASE ${name} RESET ALL`);
    expect(found.map(({ object }) => object)).toEqual(['setting session_replication_role']);
  });

  it('finds a function whose body was replaced, and a table that is gone', async () => {
    const [, body = ''] = changes.find(([object]) => object === 'function refuse_change()') ?? [];
    await asSuperuser(behind.superuserUrl, `${body}; DROP TABLE undecided`);
    const found = await compareCatalogue(database);
    expect(found.find(({ object }) => object === 'function refuse_change()')).toMatchObject({ isExpected: true });
    expect(found.find(({ object }) => object === 'table undecided')).toEqual({
      object: 'table undecided',
      found: null,
      isExpected: true,
    });
  });
});
