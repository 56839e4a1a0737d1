import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newSilence } from '../../../src/core/api/alerts/silence.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { TestLedger } from '../../support/test-ledger.js';

const HOUR = 3_600_000;
const inAnHour = (): string => new Date(Date.now() + HOUR).toISOString();

describe('a silence', () => {
  let ledger: TestLedger;
  let desk: AlertDesk;
  let lot: string;

  beforeEach(async () => {
    ledger = await TestLedger.open();
    desk = new AlertDesk(ledger);
    lot = await ledger.declare('40');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '44');
  });
  afterEach(() => ledger.close());

  const silence = (filters: object) => desk.silences.silence({ filters, until: inAnHour(), reason: 'a known scale' });

  it('holds back what is told of the alerts it names, which are raised and listed all the same', async () => {
    const { id } = await silence({ rules: ['mass-gained'], sites: ['hill'] });
    expect(await desk.notify()).toEqual([]);
    expect(await desk.list()).toMatchObject([{ rule: 'mass-gained', status: 'open', silencedBy: id }]);
    expect(await desk.silences.list()).toMatchObject([{ id, holding: 1, reason: 'a known scale' }]);
  });

  it('ends at its time, and what is still there is told then', async () => {
    await silence({ lots: [lot] });
    expect(await desk.notify()).toEqual([]);
    await ledger.tamper(`UPDATE silences SET until = now(); UPDATE alerts SET tell_at = now()`);
    expect(await desk.notified()).toMatchObject([{ type: 'alert.opened', alert: { silencedBy: null } }]);
  });

  it('can be ended before', async () => {
    const { id } = await silence({ holder: 'coop' });
    expect(await desk.notify()).toEqual([]);
    await desk.silences.end(id, 'Grace');
    expect(await desk.notify()).toMatchObject([{ type: 'alert.opened' }]);
    expect(await desk.silences.list()).toEqual([]);
    expect(await desk.silences.list(true)).toMatchObject([{ id, endedBy: 'Grace', endedAt: expect.any(String) }]);
    await expect(desk.silences.end(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['another rule', { rules: ['tag-reused'] }],
    ['another site', { sites: ['ridge'] }],
    ['another mineral', { minerals: ['gold'] }],
    ['another country', { countries: ['PE'] }],
    ['another group', { groups: ['tags'] }],
    ['another holder', { holder: 'mallory' }],
    ['another lot', { lots: ['00000000-0000-8000-8000-000000000000'] }],
  ])('says nothing about %s', async (_what, filters) => {
    await silence(filters);
    expect(await desk.notify()).toHaveLength(1);
  });

  it('never holds back what says that the record is damaged, however much it names', async () => {
    await silence({ lots: [lot] });
    await silence({ minerals: ['cassiterite'], minimumSeverity: 'low' });
    await desk.notify();
    await ledger.tamper(`UPDATE lots SET mass = '1' WHERE id = '${lot}'`);
    await ledger.auditor().audit();
    const told = await desk.notify();
    expect(told.map(({ alert }) => [alert.rule, alert.silencedBy])).toEqual([['record-projection-differs', null]]);
  });

  it('names something, has an end and a reason', async () => {
    const good = { filters: { rules: ['mass-gained'] }, until: inAnHour(), reason: 'a known scale' };
    expect(newSilence.safeParse(good).success).toBe(true);
    const everyGroup = ['record', 'custody', 'tags', 'mass', 'origin', 'movement', 'actors', 'operation'];
    const never = [
      { minimumSeverity: 'low' },
      { groups: everyGroup },
      { groups: ['record'], sites: ['hill'] },
      { rules: ['mass-gained', 'record-fork'] },
      { lots: [lot.toUpperCase()] },
    ].map((filters) => ({ filters }));
    for (const bad of [
      { filters: {} },
      { reason: ' ' },
      { until: 'soon' },
      { filters: { rules: ["x' OR 1=1"] } },
      ...never,
    ])
      expect(newSilence.safeParse({ ...good, ...bad }).success).toBe(false);
    const until = new Date(Date.now() - HOUR).toISOString();
    await expect(desk.silences.silence({ ...good, until })).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
