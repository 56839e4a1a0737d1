import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPossession, generateSigner } from '../../../src/core/event/build.js';
import { LotRights } from '../../../src/server/ledger/read/lot-rights.js';
import { FindTag } from '../../../src/server/provenance/find-tag.js';
import { TestLedger } from '../../support/test-ledger.js';
import { bundleOf, serviceOf } from '../../support/two-judges.js';

/** What counts in the verdicts on a lot, as the service and as its bundle say it. */
let ledger: TestLedger;
const HOUR = 3_600_000;
const FINE = { record: 'intact', custody: 'complete', risk: 'none' };

beforeAll(async () => {
  ledger = await TestLedger.open();
});
afterAll(() => ledger.close());

/** Verdicts and findings, after verification; both judges must say the same. */
async function said(lot: string): Promise<{ verdicts: object; findings: string[] }> {
  await ledger.verifier().verify();
  const service = await serviceOf(ledger, lot);
  expect(await bundleOf(ledger, lot)).toEqual(service);
  return {
    verdicts: service.verdicts,
    findings: service.findings.map((line) => line.split(' ').slice(0, 3).join(' ')),
  };
}

async function findingOn(lot: string, rule: string): Promise<string> {
  const sql = 'SELECT id FROM findings WHERE rule = $2 AND lots @> ARRAY[$1::uuid]';
  const rows = await ledger.database.rows<{ id: string }>(sql, [lot, rule]);
  return rows[0]?.id ?? '';
}

describe('the attempt of a stranger on a lot', () => {
  it('is a finding about the stranger, and changes no verdict on the lot', async () => {
    const lot = await ledger.declare('50');
    const attempts: [string, Record<string, unknown>][] = [
      ['custody.dispatched', { to: 'trader', lots: [{ lot }] }],
      ['lot.split', { inputs: [{ lot }], outputs: [{ mass: { value: '50', uom: 'KGM' } }] }],
    ];
    for (const [type, body] of attempts)
      expect(await ledger.submit(type, 'mallory', body)).toMatchObject({ error: { code: 'not-holder' } });
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: ['not-holder high open'] });
  });

  it('says nothing of a lot that is named beside one which the signer sold twice', async () => {
    const [own, other] = [await ledger.declare('50'), await ledger.declare('50')];
    await ledger.dispatch(own, 'mallory');
    const lots = [{ lot: own, mass: { value: '50', uom: 'KGM' } }];
    await ledger.record('custody.received', 'mallory', { from: 'coop', lots });
    const prev = ledger.head(own);
    await ledger.record('custody.dispatched', 'mallory', { to: 'trader', lots: [{ lot: own }] });
    const twice = { to: 'carrier', lots: [{ lot: own, prev }, { lot: other }] };
    expect(await ledger.submit('custody.dispatched', 'mallory', twice)).toMatchObject({ status: 'refused' });
    expect((await said(own)).findings).toEqual(['double-sale-attempt medium open']);
    expect(await said(other)).toEqual({ verdicts: FINE, findings: [] });
  });
});

describe('what a stranger says or copies', () => {
  it('is about the stranger: a checkpoint with a broken seal, and device numbers that are missing', async () => {
    const lot = await ledger.declare('50');
    await ledger.dispatch(lot);
    const check = { lots: [lot], sealState: 'broken', device: 'phone' };
    for (const seq of [1, 9]) await ledger.record('transit.checked', 'carrier', { ...check, seq });
    ledger.clock.advance(73 * HOUR);
    await ledger.receive(lot, '50');
    const { verdicts, findings } = await said(lot);
    expect(verdicts).toEqual({ ...FINE, custody: expect.any(String) });
    expect(findings.filter((line) => !line.startsWith('handover-overdue'))).toEqual([
      'stranger-claim low open',
      'stranger-claim low open',
    ]);
  });

  it('is about the stranger: the tag of a lot put on another', async () => {
    await ledger.record('site.registered', 'registrar', {
      site: 'ridge',
      country: 'RW',
      operator: 'mallory',
      minerals: ['cassiterite'],
    });
    const elsewhere = async (tag: string): Promise<string> => {
      const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '30', uom: 'KGM' }, tags: [tag] }];
      return (await ledger.record('lot.declared', 'mallory', { place: { site: 'ridge' }, outputs })).lots[0] ?? '';
    };
    const first = await ledger.declare('50', { tags: ['SYN-M-4470'] });
    const later = await elsewhere('SYN-M-4470');
    const before = await elsewhere('SYN-M-4471');
    const issued = await ledger.declare('50', { tags: ['SYN-M-4471'] });
    for (const lot of [first, issued]) expect(await said(lot)).toEqual({ verdicts: FINE, findings: [] });
    for (const lot of [later, before])
      expect((await said(lot)).findings).toEqual(expect.arrayContaining(['tag-reused critical open']));
  });
});

describe('tags of sixteen digits', () => {
  it('are known where they were issued, and found where they were not', async () => {
    await ledger.record('tags.issued', 'agent', { series: 'Q', from: 1, to: 9, digits: 16, site: 'hill' });
    const [first, last] = ['Q0000000000000001', 'Q0000000000000009'];
    for (const tag of [first, last])
      expect(await said(await ledger.declare('50', { tags: [tag] }))).toEqual({ verdicts: FINE, findings: [] });
    for (const tag of ['Q0000000000000010', 'Q000000000000001', 'Q00000000000000001', 'Q1']) {
      const lot = await ledger.declare('50', { tags: [tag] });
      expect(await said(lot)).toEqual({ verdicts: { ...FINE, risk: 'high' }, findings: ['tag-unknown high open'] });
    }
    const seen = await new FindTag(ledger.database, new LotRights(ledger.database)).sight(last);
    expect(seen).toMatchObject({ issued: [{ series: 'Q', site: 'hill' }], sightings: [{}], carriedBy: [{}] });
  });
});

describe('what an actor enters late', () => {
  it('is no gap of custody, and counts no more once it is explained', async () => {
    const happened = new Date(ledger.clock.now()).toISOString();
    ledger.clock.advance(96 * HOUR);
    const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: '40', uom: 'KGM' } }];
    const body = { place: { site: 'hill' }, occurredAt: happened, outputs };
    const { lots } = await ledger.record('lot.declared', 'coop', body);
    const lot = lots[0] ?? '';
    expect(await said(lot)).toEqual({ verdicts: { ...FINE, risk: 'medium' }, findings: ['late-entry medium open'] });
    const answer = { answer: 'explain', reason: 'no network', finding: await findingOn(lot, 'late-entry') };
    await ledger.record('finding.answered', 'coop', answer);
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: ['late-entry medium explained'] });
  });
});

describe('an explanation', () => {
  it('of what is critical counts if an official gives it, and not if the holder does', async () => {
    const lot = await ledger.declare('50');
    await ledger.dispatch(lot);
    await ledger.receive(lot, '60');
    await said(lot);
    const answer = { answer: 'explain', reason: 'the scale', finding: await findingOn(lot, 'mass-gained') };
    await ledger.record('finding.answered', 'trader', answer);
    expect((await said(lot)).verdicts).toEqual({ ...FINE, risk: 'critical' });
    await ledger.record('finding.answered', 'agent', answer);
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: ['mass-gained critical explained'] });
  });

  it('covers every finding of the same cause', async () => {
    const { signer } = generateSigner('Ed25519');
    const possession = await buildPossession('example.org/tin', 'coop', signer);
    await ledger.record('key.added', 'registrar', { actor: 'coop', key: signer.jwk, possession });
    ledger.clock.advance(73 * HOUR);
    await ledger.deadlines().judge();
    const first = ledger.actors.get('coop');
    ledger.actors.set('coop', signer);
    const bags = [await ledger.declare('41'), await ledger.declare('42'), await ledger.declare('43')];
    for (const bag of bags) expect((await said(bag)).verdicts).toEqual({ ...FINE, risk: 'medium' });
    const finding = await findingOn(bags[0] ?? '', 'registrar-introduced');
    await ledger.record('finding.answered', 'registrar', { finding, answer: 'explain', reason: 'seen in person' });
    for (const bag of bags)
      expect(await said(bag)).toEqual({ verdicts: FINE, findings: ['registrar-introduced medium explained'] });
    if (first !== undefined) ledger.actors.set('coop', first);
  });
});

describe('a bag that was recorded twice', () => {
  const declared = async (tags: { tags?: string[] }, kg: string): Promise<string> => {
    const outputs = [{ mineral: 'cassiterite', form: 'concentrate', mass: { value: kg, uom: 'KGM' }, ...tags }];
    return (await ledger.record('lot.declared', 'coop', { place: { site: 'hill' }, outputs })).lots[0] ?? '';
  };

  it('is critical until the second record is closed as a duplicate, weighed or not', async () => {
    const tags = ['SYN-M-4490'];
    const [good, second, third] = [
      await declared({ tags }, '48'),
      await declared({ tags }, '48.1'),
      await declared({}, '47.9'),
    ];
    await ledger.record('lot.sealed', 'coop', { lots: [{ lot: third, tagsOn: tags }] });
    for (const lot of [good, second, third])
      expect(await said(lot)).toMatchObject({ findings: ['tag-reused critical open'] });
    await ledger.record('lot.measured', 'coop', { lots: [{ lot: second, mass: { value: '48', uom: 'KGM' } }] });
    await ledger.record('lot.closed', 'coop', { lots: [{ lot: second }], reason: 'duplicate record of it' });
    expect(await said(good)).toMatchObject({ findings: ['tag-reused critical open'] });
    const closing = { lots: [{ lot: third }], reason: 'two phones', duplicateOf: good };
    await ledger.record('lot.closed', 'coop', closing);
    await ledger.dispatch(good);
    await ledger.receive(good, '48');
    for (const lot of [good, second, third]) expect(await said(lot)).toEqual({ verdicts: FINE, findings: [] });
  });

  it('stays critical where the record that is closed had been sent', async () => {
    const tags = ['SYN-M-4491'];
    const [good, second] = [await declared({ tags }, '48'), await declared({ tags }, '48')];
    await ledger.dispatch(second);
    await ledger.receive(second, '48');
    await ledger.record('lot.closed', 'trader', { lots: [{ lot: second }], reason: 'duplicate', duplicateOf: good });
    expect(await said(good)).toMatchObject({ findings: ['tag-reused critical open'] });
  });
});

describe('what is said first of a lot', () => {
  it('is a hold, until it is lifted', async () => {
    const lot = await ledger.declare('61.3');
    await ledger.record('lot.held', 'agent', { lots: [lot], ground: 'papers' });
    expect(await said(lot)).toEqual({ verdicts: { ...FINE, risk: 'high' }, findings: ['lot-held high open'] });
    expect(await ledger.submit('custody.dispatched', 'mallory', { to: 'trader', lots: [{ lot }] })).toMatchObject({
      error: { code: 'lot-on-hold' },
    });
    expect((await said(lot)).findings).toEqual(['lot-held high open', 'not-holder high open']);
    await ledger.record('lot.released', 'agent', { lots: [lot], ground: 'in order' });
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: ['not-holder high open'] });
  });

  it('is a dispute, until it is settled', async () => {
    const lot = await ledger.declare('62.7');
    await ledger.dispatch(lot);
    const { id: event } = await ledger.receive(lot, '62.7');
    const dispute = await ledger.record('event.disputed', 'coop', { event, ground: 'the scale' });
    expect(await said(lot)).toEqual({ verdicts: { ...FINE, risk: 'medium' }, findings: ['dispute-open medium open'] });
    const settled = { dispute: dispute.id, settlement: 'withdrawn', reason: 'agreed' };
    await ledger.record('event.settled', 'coop', settled);
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: [] });
  });

  it('is an incident, which counts once somebody with a part in the lot or an official speaks of it', async () => {
    const lot = await ledger.declare('63.9');
    const report = { category: 'theft', level: 2, lots: [lot] };
    const { id: incident } = await ledger.record('incident.reported', 'mallory', report);
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: ['stranger-claim low open'] });
    await ledger.record('incident.updated', 'agent', { incident, status: 'mitigating' });
    expect(await said(lot)).toEqual({ verdicts: { ...FINE, risk: 'high' }, findings: ['incident-open high open'] });
    await ledger.record('incident.updated', 'agent', { incident, status: 'closed', outcome: 'unfounded' });
    expect(await said(lot)).toEqual({ verdicts: FINE, findings: [] });
  });
});
