import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, type DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { SilenceRow } from '../../../src/server/alerts/silence.entity.js';
import { entities } from '../../../src/server/boot/entities.js';
import { applicationDataSource, openDatabase } from '../../../src/server/database/data-source.js';
import type { Database } from '../../../src/server/database/database.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let behind: TestDatabase;
let database: Database;

const options = (): { url: string; failed: () => void } => ({ url: behind.url, failed: () => undefined });

beforeAll(async () => {
  behind = await testDatabase();
  database = await openDatabase(options(), entities);
});
afterAll(async () => {
  await database.close();
  await behind.drop();
});

/** What the migrations alone say: indexes, constraints and comments. */
const ofMigrations = /^(DROP INDEX|COMMENT ON|ALTER TABLE \S+ DROP CONSTRAINT)/;

/** Returns the statements by which TypeORM would make the tables like the entities. */
async function differences(source: DataSource): Promise<string[]> {
  await source.initialize();
  try {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query).filter((query) => !ofMigrations.test(query));
  } finally {
    await source.destroy();
  }
}

@Entity('silences')
class OtherSilence {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column('text', { nullable: true }) reason: string | null;
}

const silence = { filters: { groups: ['mass' as const] }, reason: 'a test', until: new Date('2999-01-01T00:00:00Z') };

describe('the entities', () => {
  it('have the columns of the tables that the migrations create', async () => {
    expect(await differences(applicationDataSource(options(), entities))).toEqual([]);
  });

  it('would be found to differ in a column that is missing, or of another kind', async () => {
    const found = await differences(applicationDataSource(options(), [OtherSilence]));
    expect(found).toContain('ALTER TABLE "silences" DROP COLUMN "filters"');
    expect(found).toContain('ALTER TABLE "silences" ALTER COLUMN "reason" DROP NOT NULL');
  });
});

describe('a transaction', () => {
  it('holds what repositories write together with its other statements, and undoes both', async () => {
    const failed = database.transaction(async (db) => {
      await db.repository(SilenceRow).insert(silence);
      const { rows } = await db.query('SELECT reason FROM silences');
      expect(rows).toEqual([{ reason: 'a test' }]);
      // From another connection, nothing is seen before the commit.
      expect(await database.repository(SilenceRow).count()).toBe(0);
      throw new Error('undo');
    });
    await expect(failed).rejects.toThrow('undo');
    expect(await database.repository(SilenceRow).count()).toBe(0);
  });

  it('commits what repositories write, and locks rows by them', async () => {
    await database.transaction((db) => db.repository(SilenceRow).insert(silence));
    await database.transaction(async (db) => {
      const locked = await db.repository(SilenceRow).find({ lock: { mode: 'pessimistic_write' } });
      expect(locked).toMatchObject([{ ...silence, by_whom: null, ended_at: null }]);
      const other = database.query('SELECT FROM silences FOR UPDATE NOWAIT');
      await expect(other).rejects.toMatchObject({ code: '55P03' });
    });
  });

  it('uses one pool for statements and for repositories', async () => {
    const { most } = database.counts;
    const asked = Array.from({ length: 3 * most }, (_, i) =>
      i % 2 === 0 ? database.query('SELECT pg_sleep(0.01)') : database.repository(SilenceRow).count(),
    );
    await Promise.all(asked);
    expect(database.counts.busy + database.counts.idle).toBe(most);
    const { rows } = await database.query(
      `SELECT count(*)::integer AS open FROM pg_stat_activity WHERE datname = current_database() AND usename = session_user`,
    );
    expect(rows).toEqual([{ open: most }]);
  });
});
