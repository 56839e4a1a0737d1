import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReadLog } from '../../../src/server/ledger/read/read-log.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { auditDisclosures } from '../../../src/server/verification/audit/audit-disclosures.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { ListFindings, findingsQuery } from '../../../src/server/verification/findings/list-findings.js';
import { TestLedger } from '../../support/test-ledger.js';

describe('a registrar of one country', () => {
  let ledger: TestLedger;
  let lot: string;
  beforeAll(async () => {
    ledger = await TestLedger.open();
    await ledger.register('kigali', 'registrar', 'RW');
    await ledger.register('dodoma', 'registrar', 'TZ');
    await ledger.register('abroad', 'trader', 'TZ');
  });
  beforeEach(async () => {
    lot = await ledger.declare('50');
  });
  afterAll(() => ledger.close());

  const told = async (type: string, by: string, body: Record<string, unknown>): Promise<string> => {
    const outcome = await ledger.submit(type, by, body);
    return outcome.status === 'refused' ? outcome.error.code : outcome.status;
  };

  it('settles no dispute and closes no incident of another, and the log replays to the same', async () => {
    const incident = await ledger.record('incident.reported', 'coop', { category: 'theft', level: 2, sites: ['hill'] });
    const dispute = await ledger.record('event.disputed', 'coop', { event: ledger.head(lot), ground: 'x' });
    const close = { incident: incident.id, status: 'closed', outcome: 'x' };
    const settle = { dispute: dispute.id, settlement: 'rejected', reason: 'x' };
    expect(await told('incident.updated', 'dodoma', close)).toBe('role-not-allowed');
    expect(await told('event.settled', 'dodoma', settle)).toBe('role-not-allowed');
    expect(await told('incident.updated', 'kigali', close)).toBe('accepted');
    expect(await told('event.settled', 'kigali', settle)).toBe('accepted');
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
  });

  it('erases what actors of its country have disclosed, and nothing else', async () => {
    const log = new ReadLog(ledger.database);
    const { id } = await ledger.record('custody.dispatched', 'coop', { to: 'abroad', lots: [{ lot }], vehicle: 'RAB' });
    const rows = await ledger.database.rows<{ digest: string }>('SELECT digest FROM disclosures WHERE event = $1', [
      id,
    ]);
    const order = { digests: rows.map(({ digest }) => digest), ground: 'request' };
    expect(order.digests).toHaveLength(1);
    for (const [by, left] of [
      ['dodoma', 1],
      ['kigali', 0],
    ] as const) {
      await ledger.record('data.erased', by, order);
      expect(await log.disclosures(id)).toHaveLength(left);
      expect(await auditDisclosures(ledger.database)).toEqual([]);
    }
    const { entries, differences } = await replayLog(ledger.database, ledger.identity);
    expect({ entries, differences }).toEqual({ entries: [], differences: [] });
  });

  it('answers no finding of another, though it may say what it likes', async () => {
    await ledger.dispatch(lot);
    await ledger.receive(lot, '53');
    await ledger.verifier().verify();
    const list = new ListFindings(ledger.database, new LotRights(ledger.database));
    const [finding] = (await list.list(findingsQuery.parse({ lot, rule: 'mass-gained' }))).items;
    const answer = async (by: string): Promise<unknown> => {
      await ledger.record('finding.answered', by, { finding: finding?.id, answer: 'dismiss', reason: 'x' });
      await ledger.verifier().verify();
      return (await list.byId(finding?.id ?? '')).status;
    };
    expect(await answer('dodoma')).toBe('open');
    expect(await answer('kigali')).toBe('dismissed');
  });
});
