import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queryable } from '../../../src/server/database/rows.js';
import type { JudgedEvent } from '../../../src/core/rules/engine/facts.js';
import { loadUpstream } from '../../../src/server/verification/judging/facts/load-lots.js';
import { ReadEvents } from '../../../src/server/verification/judging/facts/read-events.js';
import { TestLedger } from '../../support/test-ledger.js';

const HOUR = 3_600_000;

interface FindingRow {
  rule: string;
  severity: string;
  status: string;
  lots: string[];
  measured: string;
  threshold: string;
  reopened: number;
  change: number;
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open();
});

afterAll(async () => {
  await ledger.close();
});

const findings = (lot: string): Promise<FindingRow[]> =>
  ledger.database.rows<FindingRow>('SELECT * FROM findings WHERE lots @> ARRAY[$1::uuid] ORDER BY rule', [lot]);

const settle = async (): Promise<void> => {
  await ledger.deadlines().judge();
  await ledger.verifier().verify();
};

describe('verifying what enters the log', () => {
  it('finds nothing in an honest handover, and moves its cursor to the end', async () => {
    const lot = await ledger.declare('48.6', { tags: ['SYN-M-4411'] });
    await ledger.dispatch(lot);
    await ledger.receive(lot, '48.5');
    expect(await ledger.verifier().verify()).toBeGreaterThan(0);
    expect(await ledger.verifier().verify()).toBe(0);
    expect(await ledger.database.rows('SELECT next FROM verification_cursor')).toEqual(
      await ledger.database.rows('SELECT size AS next FROM log_state'),
    );
    expect(await findings(lot)).toEqual([]);
  });

  it('judges what is new in one step, and leaves what comes meanwhile to whoever is woken by it', async () => {
    await ledger.declareMany(3);
    const steps: number[] = [];
    await ledger.verifier().verify((total) => steps.push(total));
    expect(steps).toEqual([3]);
    await ledger.declareMany(600);
    steps.length = 0;
    await ledger.verifier().verify((total) => steps.push(total));
    expect(steps).toEqual([500, 600]);
  });

  it('walks the past of lots that were split and put together again once, and not once for each lot', async () => {
    const of = (lots: readonly string[]): { lot: string }[] => lots.map((lot) => ({ lot }));
    const mass = (value: number): object => ({ mass: { value: `${value}`, uom: 'KGM' } });
    const bag = { mineral: 'cassiterite', form: 'ore', ...mass(1) };
    const declared = { place: { site: 'hill' }, outputs: Array.from({ length: 20 }, () => bag) };
    const bags = (await ledger.record('lot.declared', 'coop', declared)).lots;
    const drum = { mineral: 'cassiterite', form: 'ore', ...mass(20) };
    let [heap = ''] = (await ledger.record('lot.aggregated', 'coop', { inputs: of(bags), outputs: [drum] })).lots;
    let parts: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const outputs = Array.from({ length: 20 }, () => bag);
      parts = (await ledger.record('lot.split', 'coop', { inputs: of([heap]), outputs })).lots;
      [heap = ''] = (await ledger.record('lot.aggregated', 'coop', { inputs: of(parts), outputs: [drum] })).lots;
    }
    let statements = 0;
    let rows = 0;
    const counted: Queryable = {
      query: (text: string, values: unknown[]) => {
        statements += 1;
        return ledger.database.query(text, values);
      },
    };
    const [{ size: end } = { size: 0 }] = await ledger.database.rows<{ size: number }>('SELECT size FROM log_state');
    const upstream = await loadUpstream(counted, parts, { chains: new Map(), end }, (read) => {
      rows += read;
    });
    expect(statements).toBeLessThanOrEqual(2);
    // 20 bags, three heaps, two splits into 20: walked once for the 20 parts, each of which names the heap it comes from.
    expect(rows).toBe(20 + 63);
    expect(parts.map((part) => upstream.get(part)?.length)).toEqual(Array(20).fill(63));
    await ledger.verifier().verify();
  });

  it('sets aside the one entry that cannot be judged, says so, and judges those before and after it', async () => {
    const [before = ''] = await ledger.declareMany(1);
    const [, poisoned = ''] = await ledger.declareMany(3);
    const after = await ledger.declare('48.6');
    await ledger.dispatch(after);
    await ledger.receive(after, '50.1');
    const [entry] = await ledger.database.rows<{ index: number; id: string }>(
      'SELECT e.index, e.id FROM lot_events AS l JOIN entries AS e USING (index) WHERE l.lot = $1',
      [poisoned],
    );
    await ledger.tamper(`
      CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.index = ${entry?.index} THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER poison BEFORE INSERT ON filings FOR EACH ROW EXECUTE FUNCTION public.poison();`);
    const steps: number[] = [];
    expect(await ledger.verifier().verify((total) => steps.push(total))).toBe(7);
    await ledger.tamper('DROP TRIGGER poison ON filings; DROP FUNCTION public.poison();');
    expect(await ledger.database.rows('SELECT next FROM verification_cursor')).toEqual(
      await ledger.database.rows('SELECT size AS next FROM log_state'),
    );
    expect((await findings(after)).map(({ rule }) => rule)).toContain('mass-gained');
    expect(await findings(before)).toEqual([]);
    const undecided = await ledger.database.rows(
      'SELECT DISTINCT subject, lots, reason FROM undecided WHERE lots @> ARRAY[$1::uuid]',
      [poisoned],
    );
    expect(undecided).toEqual([
      { subject: entry?.id, lots: [poisoned], reason: 'The rule failed: the entry was set aside, poisoned' },
    ]);
    expect(
      await ledger.database.rows("SELECT subject, status, severity FROM findings WHERE rule = 'rule-failed'"),
    ).toEqual([{ subject: `entries index=${entry?.index}`, status: 'open', severity: 'high' }]);
  });

  it('decodes an entry that it has checked, and checks a text that was changed meanwhile', async () => {
    const lot = await ledger.declare('48.6');
    const [row] = await ledger.database.rows<{ index: number; jws: string }>(
      'SELECT index, jws FROM entries ORDER BY index DESC LIMIT 1',
    );
    const { index = -1, jws = '' } = row ?? {};
    const events = new ReadEvents(ledger.identity.origin);
    const read = async (): Promise<JudgedEvent | undefined> =>
      (await events.byIndex(ledger.database, [index])).get(index);
    const first = await read();
    expect(first?.event.payload).toMatchObject({ outputs: [{ lot }] });
    expect(await read()).toEqual(first);
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const without = Buffer.from(JSON.stringify({ ...claims, outputs: undefined })).toString('base64url');
    // A letter whose low byte is that of the letter in its place, which a hash of low bytes would not see.
    const wide = `${payload.slice(0, 9)}${String.fromCharCode(0x100 + payload.charCodeAt(9))}${payload.slice(10)}`;
    for (const changed of [without, wide]) {
      await ledger.tamper('UPDATE entries SET jws = $1 WHERE index = $2', [`${header}.${changed}.${signature}`, index]);
      expect(await read()).toBeUndefined();
    }
    await ledger.tamper('UPDATE entries SET jws = $1 WHERE index = $2', [jws, index]);
    expect(await read()).toEqual(first);
  });

  it('finds mass gained once, however many workers look', async () => {
    const lot = await ledger.declare('48.6');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '50.1');
    const woken = ledger.woken;
    await Promise.all([1, 2, 3].map(() => ledger.anotherVerifier().verify()));
    await ledger.verifier().verify();
    expect(await findings(lot)).toEqual([
      expect.objectContaining({
        rule: 'mass-gained',
        severity: 'critical',
        status: 'open',
        measured: '50.1 KGM',
        threshold: '48.8 KGM',
        reopened: 0,
      }),
    ]);
    expect(ledger.woken).toBe(woken + 1);
  });

  it('finds one tag on two bags, and not on the lot made of one', async () => {
    const first = await ledger.declare('50', { tags: ['SYN-M-4420'] });
    const second = await ledger.declare('51', { tags: ['SYN-M-4421'] });
    const { lots } = await ledger.record('lot.split', 'coop', {
      inputs: [{ lot: first }],
      outputs: [{ mass: { value: '20', uom: 'KGM' }, tags: ['SYN-M-4420'] }, { mass: { value: '30', uom: 'KGM' } }],
    });
    await ledger.verifier().verify();
    expect(await findings(lots[0] ?? '')).toEqual([]);
    const third = await ledger.declare('49', { tags: ['SYN-M-4421'] });
    await ledger.verifier().verify();
    for (const lot of [second, third])
      expect(await findings(lot)).toEqual([expect.objectContaining({ rule: 'tag-reused', severity: 'critical' })]);
  });

  it('finds who tried to move a lot it does not hold, and who sent one lot two ways', async () => {
    const lot = await ledger.declare('50');
    const prev = ledger.head(lot);
    const theft = await ledger.submit('custody.dispatched', 'mallory', { to: 'trader', lots: [{ lot }] });
    expect(theft).toMatchObject({ status: 'refused', error: { code: 'not-holder' } });
    await ledger.dispatch(lot, 'trader');
    const fork = await ledger.submit('custody.dispatched', 'coop', { to: 'mallory', lots: [{ lot, prev }] });
    expect(fork).toMatchObject({ status: 'refused' });
    await ledger.verifier().verify();
    expect(await findings(lot)).toEqual([
      expect.objectContaining({ rule: 'double-sale-attempt', severity: 'medium', measured: '1 attempt' }),
      expect.objectContaining({ rule: 'not-holder', severity: 'high', measured: '1 attempt' }),
    ]);
  });
});

describe('a handover that nobody answers', () => {
  it('becomes overdue with nobody calling, grows worse, and closes itself when the receipt arrives', async () => {
    const lot = await ledger.declare('40');
    await ledger.dispatch(lot);
    await ledger.verifier().verify();
    // Planned to arrive 72 h after the dispatch, as nothing else is said; a day of grace within one country.
    ledger.clock.advance(95 * HOUR);
    expect(await ledger.deadlines().judge()).toBe(false);
    expect(await findings(lot)).toEqual([]);
    ledger.clock.advance(HOUR);
    expect(await ledger.deadlines().judge()).toBe(true);
    expect(await findings(lot)).toEqual([
      expect.objectContaining({ rule: 'handover-overdue', severity: 'medium', status: 'open', measured: '24 h' }),
    ]);
    ledger.clock.advance(48 * HOUR);
    await settle();
    expect(await findings(lot)).toEqual([expect.objectContaining({ severity: 'high', status: 'open' })]);
    await ledger.receive(lot, '40');
    await settle();
    expect(await findings(lot)).toEqual([expect.objectContaining({ status: 'closed', reopened: 0 })]);
    expect(await ledger.database.rows("SELECT * FROM deadlines WHERE kind = 'handover-overdue'")).toEqual([]);
  });

  it('is one finding for each dispatch', async () => {
    const [late, punctual] = [await ledger.declare('41'), await ledger.declare('42')];
    await ledger.record('custody.dispatched', 'coop', { to: 'trader', lots: [{ lot: late }, { lot: punctual }] });
    ledger.clock.advance(100 * HOUR);
    await ledger.receive(punctual, '42');
    await settle();
    expect(await findings(punctual)).toEqual([]);
    expect(await findings(late)).toEqual([expect.objectContaining({ rule: 'handover-overdue', lots: [late] })]);
  });
});

describe('verifying what a site declares', () => {
  it('finds a site that declares more than its workers can dig', async () => {
    const lot = await ledger.declare('4801');
    await ledger.verifier().verify();
    expect(await findings(lot)).toEqual([
      expect.objectContaining({ rule: 'site-over-capacity', severity: 'medium', threshold: '4800 KGM' }),
      // The site is new, too.
      expect.objectContaining({ rule: 'site-starts-full', severity: 'medium' }),
    ]);
  });
});
