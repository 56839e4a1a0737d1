import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mayOpen } from '../../../src/core/access/disclosures.js';
import type { Viewer } from '../../../src/core/access/viewer.js';
import { RuleParameters } from '../../../src/server/config/rule-parameters.js';
import { asViewer } from '../../../src/server/http/viewing.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { readEntry } from '../../../src/server/ledger/read/reread-event.js';
import { replayLog } from '../../../src/server/ledger/replay/replay.js';
import { FormerLot } from '../../../src/server/provenance/former-lot.js';
import { JudgeLots } from '../../../src/server/provenance/judge-lots.js';
import { SearchLots, lotsQuery } from '../../../src/server/provenance/search-lots.js';
import { TraceLineage } from '../../../src/server/provenance/trace-lineage.js';
import { TestLedger } from '../../support/test-ledger.js';

const actor = (id: string): Viewer => ({ kind: 'actor', actor: id, scopes: ['read'] });
const auditor = actor('auditor');
const until = '2099-01-01T00:00:00Z';

let ledger: TestLedger;
let rights: LotRights;
let search: SearchLots;

beforeAll(async () => {
  ledger = await TestLedger.open();
  const { database, identity } = ledger;
  rights = new LotRights(database);
  const judge = new JudgeLots(database, new TraceLineage(database, rights), RuleParameters.load(null));
  search = new SearchLots(database, judge, new FormerLot(database, identity));
  await ledger.register('auditor', 'auditor', 'DE');
});

afterAll(() => ledger.close());

const seen = async (viewer: Viewer = auditor): Promise<string[]> =>
  (await asViewer(viewer, () => search.search(lotsQuery.parse({ limit: 100 })))).items.map(({ id }) => id);

const give = async (by: string, body: object = {}): Promise<string> =>
  (await ledger.record('grant.given', by, { to: 'auditor', until, ...body })).id;

const withdraw = (by: string, grant: string): Promise<unknown> => ledger.record('grant.withdrawn', by, { grant });

describe('a grant', () => {
  it('shows what its giver sees, until it is withdrawn', async () => {
    const lot = await ledger.declare('50');
    expect(await seen()).toEqual([]);
    expect(await rights.of(lot, auditor)).toBeNull();
    const grant = await give('coop');
    expect(await seen()).toEqual(await seen(actor('coop')));
    expect(await rights.of(lot, auditor)).toEqual({ until: null, upstream: true });
    // Nobody but its giver ends it.
    await expect(withdraw('trader', grant)).rejects.toMatchObject({ code: 'role-not-allowed' });
    expect(await seen()).toContain(lot);
    await withdraw('coop', grant);
    expect(await seen()).toEqual([]);
    expect(await rights.of(lot, auditor)).toBeNull();
  });

  it('ends by itself, and shows nothing of a suspended giver', async () => {
    const lot = await ledger.declare('50');
    const grant = await give('coop');
    expect(await seen()).toContain(lot);
    await ledger.tamper('UPDATE access_grants SET until = $2 WHERE id = $1', [grant, Date.now() - 1]);
    expect(await seen()).toEqual([]);
    await ledger.tamper('UPDATE access_grants SET until = $2 WHERE id = $1', [grant, Date.parse(until)]);
    await ledger.record('actor.statusChanged', 'registrar', { actor: 'coop', status: 'suspended', reason: 'fraud' });
    expect(await seen()).toEqual([]);
    await ledger.record('actor.statusChanged', 'registrar', { actor: 'coop', status: 'active', reason: 'cleared' });
    expect(await seen()).toContain(lot);
    await withdraw('coop', grant);
  });

  it('is limited to lots, sites and days, in lists, rights and what lots were made of', async () => {
    const [one, two, three] = [await ledger.declare('50'), await ledger.declare('50'), await ledger.declare('50')];
    const cases: [object, string[], string[]][] = [
      [{ lots: [one] }, [one], [two, three]],
      [{ sites: ['hill'] }, [one, two, three], []],
      [{ bornFrom: '2026-05-12', bornUntil: '2026-05-12' }, [one, two, three], []],
      [{ bornFrom: '2026-05-13' }, [], [one, two, three]],
      [{ bornUntil: '2026-05-11', sites: ['hill'] }, [], [one, two, three]],
      [{ lots: [two], bornUntil: '2026-05-11' }, [], [one, two, three]],
    ];
    for (const [only, shown, hidden] of cases) {
      const grant = await give('coop', { only });
      const found = await seen();
      for (const lot of shown) expect([only, found.includes(lot)]).toEqual([only, true]);
      for (const lot of hidden) expect([only, found.includes(lot)]).toEqual([only, false]);
      for (const lot of shown) expect(await rights.of(lot, auditor)).toEqual({ until: null, upstream: true });
      for (const lot of hidden) expect(await rights.of(lot, auditor)).toBeNull();
      await withdraw('coop', grant);
    }
    const outputs = [{ mass: { value: '100', uom: 'KGM' } }];
    const made = await ledger.record('lot.aggregated', 'coop', { inputs: [{ lot: two }, { lot: three }], outputs });
    const [heap = ''] = made.lots;
    const grant = await give('coop', { only: { lots: [heap] } });
    expect(await rights.of(two, auditor)).toEqual({ until: null, upstream: true });
    expect(await rights.of(one, auditor)).toBeNull();
    await withdraw('coop', grant);
    expect(await rights.of(two, auditor)).toBeNull();
  });

  it('shows disclosures only where it says so, and no further than its limits', async () => {
    const lot = await ledger.declare('50');
    const { id } = await ledger.dispatch(lot);
    const [row] = await ledger.database.rows<{ jws: string }>('SELECT jws FROM entries WHERE id = $1', [id]);
    const event = readEntry(row?.jws ?? '', ledger.identity.origin);
    const opens = async (viewer: Viewer): Promise<boolean> => mayOpen(event, await rights.opening(viewer));
    expect([await opens(actor('coop')), await opens(actor('trader'))]).toEqual([true, true]);
    expect([await opens(actor('mallory')), await opens({ kind: 'nobody' })]).toEqual([false, false]);
    for (const [body, expected] of [
      [{}, false],
      [{ disclosures: true }, true],
      [{ disclosures: true, only: { lots: [lot] } }, true],
      [{ disclosures: true, only: { lots: [await ledger.declare('1')] } }, false],
    ] as const) {
      const grant = await give('coop', body);
      expect([body, await opens(auditor)]).toEqual([body, expected]);
      await withdraw('coop', grant);
    }
  });

  it('names somebody else who is registered, and ends later than it begins', async () => {
    const refusals: [object, string][] = [
      [{ to: 'coop' }, 'schema-invalid'],
      [{ to: 'nobody-here' }, 'actor-unknown'],
      [{ until: '2020-01-01T00:00:00Z' }, 'schema-invalid'],
      [{ only: { sites: ['no-such-site'] } }, 'site-unknown'],
    ];
    for (const [body, code] of refusals) await expect(give('coop', body)).rejects.toMatchObject({ code });
  });

  it('is rebuilt by the replay', async () => {
    const { differences } = await replayLog(ledger.database, ledger.identity);
    expect(differences.filter(({ table }) => table !== 'access_grants')).toEqual([]);
    // One row was given its end again above, to the same value.
    expect(differences).toEqual([]);
  });
});
