import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUnavailable } from '../../../src/server/database/is-unavailable.js';
import { prepareGivenDatabase } from '../../../src/server/database/prepare.js';
import { PooledConnectionError, requireSession } from '../../../src/server/database/require-session.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { runAdit } from '../../support/run-adit.js';
import { type Options, TransactionPooler } from '../../support/transaction-pooler.js';

describe('a database behind a pooler of transactions', () => {
  let place: TestDatabase;
  let pooler: TransactionPooler | null = null;

  beforeEach(async () => {
    place = await testDatabase();
  });
  afterEach(async () => {
    await pooler?.close();
    pooler = null;
    await place.drop();
  });

  const pooled = async (url: string, options: Options): Promise<string> => {
    pooler = await TransactionPooler.start(url, options);
    return pooler.url;
  };

  it.each<[Options, RegExp]>([
    ['refuses', /it says: unsupported startup parameter: options/],
    ['ignores', /the options of the connection are dropped/],
    ['passes on', /each transaction is another session/],
  ])('is refused in words where it %s options', async (options, why) => {
    const error: unknown = await prepareGivenDatabase(await pooled(place.url, options), place.superuserUrl).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(PooledConnectionError);
    expect((error as Error).message).toMatch(why);
    expect((error as Error).message).toContain('pool_mode = session');
    // Or it would be tried again and again.
    expect(isUnavailable(error)).toBe(false);
  });

  it('is refused also where the owner of the tables connects through it', async () => {
    const owner = await pooled(place.superuserUrl, 'passes on');
    await expect(prepareGivenDatabase(place.url, owner)).rejects.toThrow(PooledConnectionError);
  });

  it('lets sessions be: a connection to the server itself passes', async () => {
    await expect(requireSession(place.url)).resolves.toBeUndefined();
    const impatient = `${place.url}?options=${encodeURIComponent('-c idle_in_transaction_session_timeout=1000')}`;
    await expect(requireSession(impatient)).resolves.toBeUndefined();
    await expect(prepareGivenDatabase(place.url, place.superuserUrl)).resolves.toMatchObject({ appUrl: place.url });
  });

  it('ends "adit init --open" in words and soon', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'adit-pooled-'));
    try {
      const began = performance.now();
      const ran = await runAdit(folder, ['init', '--open'], {
        DATABASE_URL: await pooled(place.url, 'passes on'),
        DATABASE_OWNER_URL: place.superuserUrl,
        ADIT_ORIGIN: 'example.org/tin',
      });
      expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('pool_mode = session') });
      expect(ran.err).not.toMatch(/\n\s+at /);
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(readdirSync(folder).length).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
