import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Signer, buildEvent, generateSigner } from '../../../src/core/event/build.js';
import { leafHash } from '../../../src/core/log/tree.js';
import { sha256 } from '../../../src/platform/sha256.js';
import { CheckThreads } from '../../../src/server/ledger/intake/check-threads.js';
import { type Replay, replayLog } from '../../../src/server/ledger/replay/replay.js';
import { TestLedger } from '../../support/test-ledger.js';

let ledger: TestLedger;
let threads: CheckThreads;
beforeAll(async () => {
  ledger = await TestLedger.open();
  threads = new CheckThreads(ledger.identity.origin, 2);
  // Three whole pieces and a part, which the replay reads itself.
  await ledger.declareMany(1_000);
  await ledger.declareMany(700);
});
afterAll(async () => {
  await threads.close();
  await ledger.close();
});

/** Replays the log with threads beside it and without, which must find the same. */
async function replayed(): Promise<Replay> {
  const alone = await replayLog(ledger.database, ledger.identity);
  expect(await replayLog(ledger.database, ledger.identity, { threads })).toEqual(alone);
  return alone;
}

const jwsAt = async (index: number): Promise<string> => {
  const [row] = await ledger.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE index = $1', [index]);
  return row?.jws ?? '';
};

const put = async (index: number, jws: string): Promise<void> => {
  await ledger.tamper('UPDATE entries SET jws = $2, leaf_hash = $3 WHERE index = $1', [
    index,
    jws,
    Buffer.from(leafHash(jws, sha256)),
  ]);
};

/** Changes entries, replays, and puts the entries back. */
async function withEntry(index: number, jws: string): Promise<Replay> {
  const before = await jwsAt(index);
  await put(index, jws);
  const found = await replayed();
  await put(index, before);
  return found;
}

const own = (): Signer => ledger.actors.get('coop') as Signer;

/** Signs the payload of an entry again, under the header that names the signer's own key, by another key. */
async function forged(index: number, key: Signer): Promise<string> {
  const [, payload = ''] = (await jwsAt(index)).split('.');
  const { iat, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const signer = { ...key, kid: own().kid };
  const built = await buildEvent({ ...claims, iat } as Parameters<typeof buildEvent>[0], signer);
  return built.event.slice(0, -1);
}

describe('a replay whose signatures are checked in threads', () => {
  it('finds nothing in an honest log', async () => {
    expect(await replayed()).toMatchObject({ entries: [], differences: [] });
  });

  it('finds an entry whose text was changed, in every piece', async () => {
    for (const index of [120, 700, 1_650]) {
      const jws = await jwsAt(index);
      const { entries } = await withEntry(index, `${jws.slice(0, -4)}AAAA`);
      expect(entries).toMatchObject([{ index, kind: 'signature' }]);
    }
  });

  it('finds what another key has signed, also if that key was put into the table of keys', async () => {
    const { signer: thief } = generateSigner(own().alg);
    const jws = await forged(700, thief);
    expect((await withEntry(700, jws)).entries).toContainEqual(
      expect.objectContaining({ index: 700, kind: 'signature' }),
    );

    const { kid, jwk } = own();
    expect(await ledger.tamper('UPDATE keys SET jwk = $2 WHERE kid = $1', [kid, thief.jwk])).toBe(1);
    const { entries, differences } = await withEntry(700, jws);
    await ledger.tamper('UPDATE keys SET jwk = $2 WHERE kid = $1', [kid, jwk]);
    expect(entries).toContainEqual(expect.objectContaining({ index: 700, kind: 'signature' }));
    expect(differences.map(({ table }) => table)).toContain('keys');
  });

  it('finds an entry that is missing, and one under another id', async () => {
    await ledger.tamper(`UPDATE entries SET id = 'x' WHERE index = 650`);
    const jws = await jwsAt(651);
    await ledger.tamper(
      'CREATE TABLE kept AS SELECT * FROM entries WHERE index = 651; DELETE FROM entries WHERE index = 651',
    );
    const { entries } = await replayed();
    expect(entries.map(({ index, kind }) => [index, kind])).toEqual([
      [650, 'altered'],
      [651, 'missing'],
    ]);
    await ledger.tamper('INSERT INTO entries SELECT * FROM kept');
    expect(await jwsAt(651)).toBe(jws);
  });
});
