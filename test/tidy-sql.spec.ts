import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The project's root: tests run from the build folder, whatever its name. */
const root = process.cwd();

const sources = readdirSync(join(root, 'src'), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const before = 'a process that has no `Database` yet, or no longer';
const owner = 'a command that works as the owner of the tables, with a connection of its own';
/** Files outside `src/server/database` that open connections or begin transactions, each with the reason. */
const otherDoors: Readonly<Record<string, string>> = {
  'src/platform/postgres/embedded-postgres.ts': 'administers the embedded server as its superuser',
  'src/server/backup/restore-backup.ts': owner,
  'src/server/backup/tables.ts': owner,
  'src/server/backup/write-backup.ts': owner,
  'src/server/boot/join-database.ts': before,
  'src/server/boot/start.ts': before,
  'src/server/boot/throw-away-databases.ts': 'creates and drops whole databases as the superuser',
  'src/server/operator.ts': 'tampers with a throw-away ledger as the superuser',
  'src/server/queue/prepare-queue.ts': 'the pool that BullMQ takes: each worker holds a connection of it for LISTEN',
};

const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|(?<![^\s])\/\/ .*$/gm, '');
/** Whether a source opens connections or begins and ends transactions by itself. */
const isDoor = (text: string): boolean =>
  /from 'pg'|from '(typeorm|@nestjs\/typeorm)'|['"`]\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|SET TRANSACTION)\b/.test(
    withoutComments(text),
  );

describe('the SQL of the service', () => {
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
});
