import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditStopped } from '../../../src/server/verification/audit/audit-pace.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { TestLedger } from '../../support/test-ledger.js';

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

let ledger: TestLedger;
let desk: AlertDesk;
let subscription: string;
let silence: string;

beforeEach(async () => {
  ledger = await TestLedger.open();
  desk = new AlertDesk(ledger);
  subscription = (await desk.subscribe({ channel: 'webhook', url: 'https://example.org/hook' })).id;
  silence = (await desk.silences.silence({ filters: { rules: ['mass-lost'] }, until: inAnHour(), reason: 'scale' })).id;
  const lot = await ledger.declare('40');
  await ledger.dispatch(lot);
  await ledger.receive(lot, '44');
  await desk.notify();
  const [alert] = await desk.list();
  await desk.changes.change(alert?.id ?? '', 'acknowledged', { by: 'desk' });
});
afterEach(() => ledger.close());

const found = async (): Promise<string[]> =>
  (await ledger.journalAudit().check()).map(({ table, key, column }) => `${table} ${key} ${column ?? 'row'}`);

const columns = (table: string): string =>
  table === 'silences' ? 'filters, reason, until' : 'channel, url, filters, language';

describe('the journal of rows that do not follow from the log', () => {
  it('agrees with what the service did, whatever it did', async () => {
    expect(await found()).toEqual([]);
    await desk.subscriptions.change(subscription, { label: 'smelter', enabled: false });
    await desk.subscriptions.rotateSecret(subscription);
    await desk.silences.end(silence, 'desk');
    const gone = await desk.subscribe({ channel: 'webhook', url: 'https://example.org/gone' });
    await desk.subscriptions.unsubscribe(gone.id);
    expect(await found()).toEqual([]);
    const [entries] = await ledger.database.rows<{ count: number }>('SELECT count(*) AS count FROM journal');
    // The first, a subscription, a silence, a notice and a decision; two changes, an end, one begun and one deleted.
    expect(entries?.count).toBe(10);
  });

  it.each(['silences', 'subscriptions'])('finds a row of %s that the service did not write', async (table) => {
    await ledger.tamper(`INSERT INTO ${table} (${columns(table)}) SELECT ${columns(table)} FROM ${table}`);
    const [one] = await found();
    expect(one).toMatch(new RegExp(`^${table} id=.* row$`));
  });

  it('finds rows that were changed or deleted, and goes on after the next honest change', async () => {
    await ledger.tamper(`UPDATE subscriptions SET filters = '{"rules":["mass-lost"]}'`);
    await ledger.tamper('DELETE FROM silences');
    await ledger.tamper("UPDATE notices SET severity = 'low'");
    await ledger.tamper("UPDATE alert_changes SET by_whom = 'somebody'");
    await desk.subscriptions.change(subscription, { label: 'smelter' });
    const all = await found();
    expect(all).toContain(`subscriptions id=${subscription} content`);
    expect(all).toContain(`silences id=${silence} row`);
    expect(all.filter((one) => one.startsWith('notices number='))).toHaveLength(1);
    expect(all.filter((one) => one.startsWith('alert_changes number='))).toHaveLength(1);
    expect(all).toHaveLength(4);
    await desk.subscriptions.unsubscribe(subscription);
    expect(await found()).not.toContain(`subscriptions id=${subscription} content`);
  });

  it('finds an entry that was written without the key, changed, or taken out', async () => {
    await ledger.tamper("UPDATE journal SET content = sha256('') WHERE number = 2");
    expect(await found()).toContain('journal number=2 mac');
    await ledger.tamper('DELETE FROM journal WHERE number = 2');
    expect(await found()).toContain('journal number=2 row');
    await ledger.tamper("INSERT INTO journal VALUES (99, 'silences', 'x', NULL, '')");
    expect((await found()).some((one) => one.startsWith('journal number='))).toBe(true);
  });

  it('finds a journal that was shortened with its rows since an audit', async () => {
    expect(await found()).toEqual([]);
    await ledger.tamper('CREATE SCHEMA older; CREATE TABLE older.head AS SELECT * FROM journal_head');
    const later = await desk.subscribe({ channel: 'webhook', url: 'https://example.org/later' });
    expect(await found()).toEqual([]);
    await ledger.tamper(`DELETE FROM subscriptions WHERE id = '${later.id}';
      DELETE FROM journal WHERE row_key = '${later.id}';
      DELETE FROM journal_head; INSERT INTO journal_head SELECT * FROM older.head`);
    expect(await found()).toEqual(['journal number=6 row']);
    // Going on from there does not hide it.
    await desk.subscribe({ channel: 'webhook', url: 'https://example.org/other' });
    expect(await found()).toEqual(['journal number=6 mac']);
  });

  it('finds a journal that was begun anew over rows that somebody changed', async () => {
    expect(await found()).toEqual([]);
    await ledger.tamper(`UPDATE silences SET until = 'infinity'; DELETE FROM journal;
      UPDATE journal_head SET number = 0, mac = decode(repeat('00', 32), 'hex')`);
    await ledger.database.transaction((db) => ledger.journal.begin(db));
    expect(await found()).toEqual(['journal number=5 mac']);
    rmSync(ledger.guard.journalPath);
    expect(await found()).toEqual([]);
  });

  it('begins with the rows that there are', async () => {
    await ledger.tamper(
      `DELETE FROM journal; UPDATE journal_head SET number = 0, mac = decode(repeat('00', 32), 'hex')`,
    );
    await desk.silences.end(silence);
    expect(await found()).toEqual([]);
    await ledger.tamper('UPDATE silences SET ended_at = NULL');
    expect(await found()).toEqual([`silences id=${silence} content`]);
  });

  it('is read in pieces, between which an audit rests or stops', async () => {
    let rests = 0;
    await ledger.journalAudit().check({
      rest: async () => {
        rests += 1;
      },
    });
    expect(rests).toBeGreaterThan(0);
    const stopped = new AuditStopped('stopped');
    await expect(ledger.journalAudit().check({ rest: () => Promise.reject(stopped) })).rejects.toBe(stopped);
    expect(await found()).toEqual([]);
  });

  it('is part of every audit, which raises a finding', async () => {
    await ledger.tamper('DELETE FROM subscriptions');
    await ledger.auditor().audit();
    expect(
      await ledger.database.rows("SELECT rule, subject FROM findings WHERE rule LIKE 'record-%' AND status = 'open'"),
    ).toEqual([{ rule: 'record-desk-differs', subject: `subscriptions id=${subscription}` }]);
  });
});
