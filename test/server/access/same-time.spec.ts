import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { Database } from '../../../src/server/database/database.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights, noLot } from '../../../src/server/ledger/read/lot-rights.js';
import { type TestDatabase, asSuperuser, testDatabase } from '../../support/database.js';
import { whole } from '../../support/rounds.js';

/** Thirty times that differ throughout have a probability of 3e-11. */
const SAMPLES = whole ? 60 : 30;
/** Lots that were made of the hidden one, as many as are looked through. */
const DESCENDANTS = 1_000;
/**
 * Probability, for equal distributions, below which ranks count as different. A busy machine delays both alike, because they take turns.
 */
const ALARM = 1e-6;

const HIDDEN = '00000000-0000-8000-8000-000000000001';
const PLAIN = '00000000-0000-8000-8000-00000000ffff';

const LEDGER = /* sql */ `
INSERT INTO actors (id, roles, country, suspended, index)
VALUES ('coop', '{miner}', 'RW', false, 1), ('stranger', '{trader}', 'DE', false, 2);
INSERT INTO lots SELECT ('00000000-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 'head' || n, n, n, 'held', 'coop',
  NULL, NULL, NULL, '{}', 'cassiterite', 'ore', 1000000, NULL, '[]', '{}', NULL, NULL, 'hill', n,
  '[{"site": "hill", "mass": "1000000"}]', 'dryMass', false FROM generate_series(1, 70000) AS n WHERE n <= ${DESCENDANTS} + 1 OR n > 65000;
UPDATE lots SET holder = 'stranger' WHERE born_index > 65535;
INSERT INTO lot_parties SELECT id, holder, born_index, born_index, NULL FROM lots;
INSERT INTO lineage (from_lot, to_lot, mass, index)
SELECT ('00000000-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-8000-8000-' || lpad(to_hex(n + 1), 12, '0'))::uuid, 1, n
  FROM generate_series(1, ${DESCENDANTS}) AS n;
-- Lots of others, as a ledger has them.
INSERT INTO lineage (from_lot, to_lot, mass, index) SELECT gen_random_uuid(), gen_random_uuid(), 1, n FROM generate_series(1, 50000) AS n;
ANALYZE;`;

/** Returns the two-sided probability of these ranks if both samples have one distribution (Mann and Whitney, normal approximation). */
function probability(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))].toSorted(
    (x, y) => x.value - y.value,
  );
  const ranks = all.reduce((sum, { isA }, i) => sum + (isA ? i + 1 : 0), 0);
  const [n, m] = [a.length, b.length];
  const z = (ranks - (n * (n + m + 1)) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  // Abramowitz and Stegun 26.2.17, to 7.5e-8 of the density: enough to compare with the alarm.
  const x = Math.abs(z);
  const t = 1 / (1 + 0.2316419 * x);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 2 * (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

describe('a hidden lot and one that does not exist', () => {
  let place: TestDatabase;
  let database: Database;
  let rights: LotRights;
  const stranger: Viewer = { kind: 'actor', actor: 'stranger', scopes: ['read'] };

  beforeAll(async () => {
    place = await testDatabase();
    await asSuperuser(place.superuserUrl, LEDGER);
    database = new Database({ url: place.url, failed: () => undefined });
    rights = new LotRights(database);
  });

  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  /** Returns how long the refusal of a lot takes, ms. */
  async function timeOf(ask: (lot: string) => Promise<unknown>, lot: string): Promise<number> {
    const begun = performance.now();
    await asViewer(stranger, () => expect(ask(lot)).rejects.toMatchObject({ code: 'not-found' }));
    return performance.now() - begun;
  }

  /** Measures two lots in turns, so that a busy moment delays both. */
  async function compare(ask: (lot: string) => Promise<unknown>, hidden: string): Promise<number> {
    const [a, b]: [number[], number[]] = [[], []];
    for (let n = 0; n < SAMPLES + 5; n += 1) {
      const missing = `00000000-0000-8000-9000-${String(n).padStart(12, '0')}`;
      const pair = n % 2 === 0 ? [hidden, missing] : [missing, hidden];
      for (const lot of pair) {
        const time = await timeOf(ask, lot);
        if (n >= 5) (lot === hidden ? a : b).push(time);
      }
    }
    return probability(a, b);
  }

  it('are refused in the same time, whatever the look-up takes', async () => {
    // A look-up of a known length: 2 ms for a lot that does not exist, 20 ms for one that is hidden.
    class Slow extends LotRights {
      override async of(lot: string): Promise<null> {
        await sleep(lot === HIDDEN ? 20 : 2);
        return null;
      }
    }
    const slow = new Slow(database);
    const bare = async (lot: string): Promise<void> => {
      await slow.of(lot);
      throw noLot(lot);
    };
    expect(await compare(bare, HIDDEN)).toBeLessThan(ALARM);
    expect(await compare((lot) => slow.require(lot), HIDDEN)).toBeGreaterThan(ALARM);
  });

  it.each([
    ['with many descendants', HIDDEN],
    ['without any', PLAIN],
  ])('are refused in the same time: one %s', async (_, hidden) => {
    expect(await compare((lot) => rights.require(lot), hidden)).toBeGreaterThan(ALARM);
  });
});
