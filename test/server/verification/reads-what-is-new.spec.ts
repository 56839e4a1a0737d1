import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../src/server/database/database.js';
import type { Queryable } from '../../../src/server/database/rows.js';
import { TestLedger } from '../../support/test-ledger.js';
import { findingsOfWhole, storedFindings } from '../../support/two-judges.js';

/** A worker keeps what it has read, and must read neither more with longer chains, nor less than has changed. */

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

/** The same database, which counts the rows that the statements of transactions return. */
function counting(database: Database): { database: Database; rows: () => number } {
  let rows = 0;
  const counted = (db: Queryable): Queryable => ({
    async query(text: string, values?: unknown[]) {
      const result = await db.query(text, values);
      rows += result.rows.length;
      return result as never;
    },
  });
  const transaction = <T>(work: (db: Queryable) => Promise<T>): Promise<T> =>
    database.transaction((db) => work(counted(db)));
  return {
    database: Object.assign(Object.create(database) as Database, { transaction }),
    rows: () => {
      const read = rows;
      rows = 0;
      return read;
    },
  };
}

const mass = { value: '48.6', uom: 'KGM' };

/** The two actors dispatch in turn. */
async function handOver(lot: string, number: number): Promise<void> {
  const [from, to] = number % 2 === 0 ? ['coop', 'trader'] : ['trader', 'coop'];
  await ledger.record('custody.dispatched', from ?? '', { to, lots: [{ lot }] });
  await ledger.record('custody.received', to ?? '', { from, lots: [{ lot, mass }] });
}

describe('a worker that goes on judging', () => {
  it('reads as many rows for a handover after forty others as after ten', async () => {
    const { database, rows } = counting(ledger.database);
    const worker = ledger.anotherVerifier(database);
    const lot = await ledger.declare('48.6');
    const read: number[] = [];
    for (let number = 0; number < 40; number += 1) {
      await handOver(lot, number);
      await worker.verify();
      read.push(rows());
    }
    expect(read[39]).toBe(read[9]);
    expect(read[39]).toBeLessThan(40);
  });

  it('begins anew where the log is not the one that it has read', async () => {
    const worker = ledger.anotherVerifier();
    const lot = await ledger.declare('50');
    await worker.verify();
    expect(worker.cachedBytes).toBeGreaterThan(0);
    await ledger.tamper(
      `TRUNCATE findings, undecided, deadlines, filings, totals, revisits, site_production, site_days CASCADE;
       UPDATE verification_cursor SET next = 0`,
    );
    await ledger.record('custody.dispatched', 'coop', { to: 'trader', lots: [{ lot }] });
    await ledger.record('custody.received', 'trader', {
      from: 'coop',
      lots: [{ lot, mass: { value: '60', uom: 'KGM' } }],
    });
    await worker.verify();
    const found = await storedFindings(ledger);
    expect(found).toEqual(await findingsOfWhole(ledger));
    expect(found).toEqual([expect.stringContaining('mass-gained')]);
  });

  it('takes back a step that was rolled back, and judges the same entries again', async () => {
    const worker = ledger.anotherVerifier();
    const lot = await ledger.declare('50');
    await worker.verify();
    await ledger.record('custody.dispatched', 'coop', { to: 'trader', lots: [{ lot }] });
    await ledger.tamper(`
      CREATE FUNCTION public.fail_once() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF nextval('public.fails') = 1 THEN RAISE EXCEPTION 'once'; END IF; RETURN NEW; END $$;
      CREATE SEQUENCE public.fails;
      GRANT USAGE ON SEQUENCE public.fails TO PUBLIC;
      CREATE TRIGGER fail_once BEFORE UPDATE ON verification_cursor FOR EACH ROW EXECUTE FUNCTION public.fail_once();`);
    await worker.verify();
    await ledger.tamper(
      'DROP TRIGGER fail_once ON verification_cursor; DROP FUNCTION public.fail_once(); DROP SEQUENCE public.fails',
    );
    await ledger.record('custody.received', 'trader', {
      from: 'coop',
      lots: [{ lot, mass: { value: '60', uom: 'KGM' } }],
    });
    await worker.verify();
    const found = await storedFindings(ledger);
    expect(found).toEqual(await findingsOfWhole(ledger));
    expect(found.filter((line) => line.includes(lot))).toEqual([expect.stringContaining('mass-gained')]);
  });
});
