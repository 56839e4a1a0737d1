import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultParameters } from '../../../src/core/rules/index.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { ListFindings, findingsQuery } from '../../../src/server/verification/findings/list-findings.js';
import type { ListedFinding } from '../../../src/core/api/finding.js';
import { AlertDesk } from '../../support/alert-desk.js';
import { TestLedger } from '../../support/test-ledger.js';

const DAY = 86_400_000;

let ledger: TestLedger;
let list: ListFindings;
let lot: string;
let finding: ListedFinding;

beforeAll(async () => {
  ledger = await TestLedger.open();
  list = new ListFindings(ledger.database, new LotRights(ledger.database));
});
afterAll(() => ledger.close());

/** A bag that gained 4 % on its way, made into two. */
beforeEach(async () => {
  lot = await ledger.declare('50');
  await ledger.dispatch(lot);
  await ledger.receive(lot, '52');
  await ledger.record('lot.split', 'trader', {
    inputs: [{ lot }],
    outputs: [{ mass: { value: '26', uom: 'KGM' } }, { mass: { value: '26', uom: 'KGM' } }],
  });
  await ledger.verifier().verify();
  finding = (await list.list(findingsQuery.parse({ lot, rule: 'mass-gained' }))).items[0] as ListedFinding;
});

const answer = async (by: string, what: string, more: object = {}): Promise<ListedFinding> => {
  const body = { finding: finding.id, answer: what, reason: 'weighed again', ...more };
  await ledger.record('finding.answered', by, body);
  await ledger.verifier().verify();
  return list.byId(finding.id);
};

describe('a finding as a case', () => {
  it('is to be answered within a day when it is critical', () => {
    const parameters = defaultParameters.version;
    expect(finding).toMatchObject({ severity: 'critical', status: 'open', parameters, reopened: 0, answers: [] });
    expect(Date.parse(finding.dueAt ?? '') - Date.parse(finding.openedAt)).toBe(DAY);
  });

  it('is explained by whom it names, and dismissed by nobody but an authority or a registrar', async () => {
    expect(await answer('trader', 'dismiss')).toMatchObject({
      status: 'open',
      answers: [{ by: 'trader', answer: 'dismiss', counts: false }],
    });
    expect(await answer('mallory', 'explain')).toMatchObject({ status: 'open' });
    expect(await answer('trader', 'explain')).toMatchObject({ status: 'explained' });
    const dismissed = await answer('agent', 'dismiss');
    expect(dismissed).toMatchObject({ status: 'dismissed' });
    expect(dismissed.answers.map(({ counts }) => counts)).toEqual([false, false, true, true]);
  });

  it('keeps its answer while it shows the same, however often it is judged', async () => {
    await answer('trader', 'explain');
    await ledger.record('event.endorsed', 'trader', { events: finding.events });
    await ledger.verifier().verify();
    expect(await list.byId(finding.id)).toMatchObject({ status: 'explained', reopened: 0 });
  });

  it('opens again, as regressed, when a mitigation has run out', async () => {
    const dueOn = new Date(ledger.clock.now() + 30 * DAY).toISOString().slice(0, 10);
    expect(await answer('trader', 'mitigate', { dueOn })).toMatchObject({ status: 'mitigated' });
    ledger.clock.advance(32 * DAY);
    await ledger.deadlines().judge();
    expect(await list.byId(finding.id)).toMatchObject({ status: 'open', reopened: 1 });
  });

  it('stays closed when an authority has closed it', async () => {
    expect(await answer('agent', 'close')).toMatchObject({ status: 'closed' });
    await ledger.verifier().verify();
    expect(await list.byId(finding.id)).toMatchObject({ status: 'closed' });
  });

  it('bears the notes of the desk, which change no status', async () => {
    const noted = await list.respond(finding.id, { acknowledged: true, assignee: 'Grace' });
    expect(noted).toMatchObject({ status: 'open', assignee: 'Grace', acknowledgedAt: expect.any(String) });
    const given = await list.respond(finding.id, { assignee: null });
    expect(given).toMatchObject({ assignee: null, acknowledgedAt: noted.acknowledgedAt });
  });

  it('is one alert, which counts the lots that were made of it', async () => {
    const desk = new AlertDesk(ledger);
    await desk.raising.raise();
    await desk.notified();
    expect(
      await ledger.database.rows('SELECT status, descendants FROM alerts WHERE finding = $1', [finding.id]),
    ).toEqual([{ status: 'open', descendants: 2 }]);
    await answer('agent', 'dismiss');
    await desk.raising.raise();
    expect(await ledger.database.rows('SELECT status FROM alerts WHERE finding = $1', [finding.id])).toEqual([
      { status: 'resolved' },
    ]);
  });
});
