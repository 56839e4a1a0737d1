import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Database } from '../../../src/server/database/database.js';
import { MIGRATION_LOCK, migrate, pendingMigrations } from '../../../src/server/database/migrate.js';
import { PREPARE_LOCK, prepareGivenDatabase } from '../../../src/server/database/prepare.js';
import { asSuperuser, testDatabase, type TestDatabase } from '../../support/database.js';

describe('working as the role that may only append', () => {
  let place: TestDatabase;

  beforeAll(async () => {
    place = await testDatabase();
    await asSuperuser(
      place.superuserUrl,
      'CREATE TABLE appended (number bigint); GRANT SELECT, INSERT ON appended TO ledger_app',
    );
  });

  afterAll(() => place.drop());

  it.each(['the application', 'a superuser'])('refuses to alter what was appended when %s logs in', async (who) => {
    const database = new Database({
      url: who === 'a superuser' ? place.superuserUrl : place.url,
      failed: () => undefined,
    });
    try {
      await database.rows('INSERT INTO appended VALUES (7)');
      const changes = ['UPDATE appended SET number = 8', 'DELETE FROM appended', 'TRUNCATE appended'];
      for (const change of [...changes, 'DELETE FROM entries', 'TRUNCATE entries', 'DROP TABLE entries'])
        await expect(database.rows(change)).rejects.toMatchObject({ code: '42501' });
      await expect(database.rows(`SELECT 9007199254740993::bigint`)).rejects.toThrow(RangeError);
    } finally {
      await database.onApplicationShutdown();
    }
  });

  it('says so within a limit where another process prepares or migrates the database', async () => {
    const LIMIT = 50;
    const other = new pg.Client({ connectionString: place.superuserUrl });
    await other.connect();
    try {
      await other.query('SELECT pg_advisory_lock($1), pg_advisory_lock($2)', [MIGRATION_LOCK, PREPARE_LOCK]);
      expect(await migrate(place.ownerUrl, LIMIT)).toEqual([]);
      await other.query('ALTER TABLE schema_migrations RENAME TO set_aside');
      const words = /^Another process has been preparing or migrating this database for 0\.05 s\. Wait until/;
      await expect(migrate(place.ownerUrl, LIMIT)).rejects.toThrow(words);
      await expect(prepareGivenDatabase(place.url, place.superuserUrl, LIMIT)).rejects.toThrow(words);
      await other.query('ALTER TABLE set_aside RENAME TO schema_migrations');
    } finally {
      await other.end();
    }
    expect(await migrate(place.ownerUrl)).toEqual([]);
    await expect(prepareGivenDatabase(place.url, place.superuserUrl)).resolves.toMatchObject({ appUrl: place.url });
  });

  it('has nothing left to migrate, and refuses a database that is newer', async () => {
    expect(await pendingMigrations(place.ownerUrl)).toEqual([]);
    expect(await migrate(place.ownerUrl)).toEqual([]);
    await asSuperuser(
      place.superuserUrl,
      `INSERT INTO schema_migrations (timestamp, name) VALUES (9, 'Later0000000000009')`,
    );
    await expect(migrate(place.ownerUrl)).rejects.toThrow('newer than this program');
  });
});
