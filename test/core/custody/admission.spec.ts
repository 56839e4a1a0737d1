import { beforeEach, describe, expect, it } from '@jest/globals';
import { generateSigner } from '../../../src/core/event/build.js';
import { type AditEvent } from '../../../src/core/event/event.js';
import { CoreLedger, HOUR, kilograms, logKeyOf, outcomeOf, tin } from '../../support/core-ledger.js';

const possession = `e30.e30.${'A'.repeat(86)}`;
const nowhere = `${'B'.repeat(42)}A`;

describe('opening a ledger', () => {
  it('admits nothing before entry 0', () => {
    const ledger = new CoreLedger();
    expect(outcomeOf(ledger.tell('coop', 'event.endorsed', { events: [nowhere] }).admission)).toBe('ledger-not-open');
  });

  it('admits entry 0 once, and only for the keys of this service', () => {
    const ledger = new CoreLedger();
    expect(outcomeOf(ledger.open({ logKey: logKeyOf('other.org') }).admission)).toBe('ledger-mismatch /logKey');
    const other = generateSigner('Ed25519').signer.jwk;
    expect(outcomeOf(ledger.open({ serviceKey: other }).admission)).toBe('ledger-mismatch /serviceKey');
    expect(outcomeOf(ledger.open({ registrar: { actor: 'registrar', key: other } }).admission)).toBe('key-unknown');
    const key = ledger.key('registrar').jwk;
    expect(outcomeOf(ledger.open({ registrar: { actor: 'somebody', key } }).admission)).toBe('issuer-mismatch /iss');
    expect(outcomeOf(ledger.open().admission)).toBe('admitted');
    expect(outcomeOf(ledger.open().admission)).toBe('ledger-already-open');
  });

  it('lets only the configured registrar open it', () => {
    const ledger = new CoreLedger();
    Object.assign(ledger.identity, { registrarKid: nowhere });
    expect(outcomeOf(ledger.open().admission)).toBe('ledger-mismatch /registrar/key');
  });
});

describe('the registry', () => {
  let ledger: CoreLedger;
  beforeEach(() => {
    ledger = CoreLedger.opened();
  });
  const tell = (by: string, type: string, body: Record<string, unknown>, kid?: string): string =>
    outcomeOf(ledger.tell(by, type, body, kid).admission);
  const site = { site: 'ridge', country: 'RW', operator: 'coop', minerals: ['gold'] };

  it('knows keys, whose they are, and what their actors may sign', () => {
    expect(tell('stranger', 'event.endorsed', { events: [nowhere] })).toBe('key-unknown');
    expect(tell('coop', 'event.endorsed', { events: [nowhere] }, ledger.key('trader').kid)).toBe(
      'issuer-mismatch /iss',
    );
    expect(tell('coop', 'site.registered', site)).toBe('role-not-allowed');
    expect(tell('coop', 'log.clock', {})).toBe('role-not-allowed');
    expect(tell('ledger', 'site.registered', site, ledger.service.kid)).toBe('role-not-allowed');
    expect(tell('coop', 'log.clock', {}, ledger.service.kid)).toBe('issuer-mismatch /iss');
  });

  it('names what is missing and what is taken', () => {
    const { jwk } = generateSigner('Ed25519').signer;
    const actor = { actor: 'new', roles: ['miner'], country: 'RW', key: jwk, possession };
    expect(tell('registrar', 'site.registered', { ...site, operator: 'nobody' })).toBe('actor-unknown /operator');
    expect(
      tell('agent', 'site.inspected', { site: 'nowhere', date: '2026-05-01', certification: 1, activity: 1 }),
    ).toBe('site-unknown /site');
    expect(tell('coop', 'lot.declared', { place: { site: 'nowhere' }, outputs: [tin('1')] })).toBe(
      'site-unknown /place/site',
    );
    expect(tell('registrar', 'site.registered', { ...site, site: 'hill' })).toBe('id-exists /site');
    expect(tell('registrar', 'actor.registered', { ...actor, actor: 'coop' })).toBe('id-exists /actor');
    expect(tell('registrar', 'actor.registered', { ...actor, actor: 'ledger' })).toBe('id-exists /actor');
    expect(tell('registrar', 'actor.registered', { ...actor, key: ledger.key('coop').jwk })).toBe('key-exists /key');
    expect(tell('registrar', 'actor.registered', actor)).toBe('admitted');
    const lot = ledger.heldBy('trader');
    expect(tell('trader', 'custody.dispatched', { to: 'nobody', lots: [lot] })).toBe('actor-unknown /to');
    expect(
      tell('trader', 'lot.measured', { place: { facility: 'none' }, lots: [{ lot, mass: kilograms('48') }] }),
    ).toBe('facility-unknown /place/facility');
  });

  it('refuses what asked not to be admitted this late, by the log’s time', () => {
    ledger.clock(HOUR);
    const exp = Math.floor((ledger.view.clock ?? 0) / 1000);
    expect(tell('coop', 'event.endorsed', { events: [nowhere], exp: exp - 1 })).toBe('expired /exp');
    expect(tell('coop', 'event.endorsed', { events: [nowhere], exp: exp + 1 })).toBe('admitted');
  });

  it('lets a key that a registrar adds speak after 72 hours', () => {
    ledger.clock(HOUR);
    const { signer } = generateSigner('Ed25519');
    ledger.must('registrar', 'key.added', { actor: 'coop', key: signer.jwk, possession });
    expect(tell('coop', 'event.endorsed', { events: [nowhere] }, signer.kid)).toBe('key-unknown');
    ledger.clock(72 * HOUR);
    expect(tell('coop', 'event.endorsed', { events: [nowhere] }, signer.kid)).toBe('admitted');
    const own = generateSigner('Ed25519').signer;
    ledger.must('coop', 'key.added', { actor: 'coop', key: own.jwk, possession });
    expect(tell('coop', 'event.endorsed', { events: [nowhere] }, own.kid)).toBe('admitted');
  });

  it('refuses a revoked key, unless a living key of the same actor endorses the event', () => {
    const own = generateSigner('Ed25519').signer;
    ledger.must('coop', 'key.added', { actor: 'coop', key: own.jwk, possession });
    const old = ledger.key('coop').kid;
    const late = ledger.event('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('50')] }, old);
    ledger.must('coop', 'key.revoked', { actor: 'coop', kid: old, reason: 'lost' }, own.kid);
    expect(outcomeOf(ledger.judge(late))).toBe('key-revoked');
    ledger.must('trader', 'event.endorsed', { events: [late.id] });
    expect(outcomeOf(ledger.judge(late))).toBe('key-revoked');
    ledger.must('coop', 'event.endorsed', { events: [late.id] }, own.kid);
    expect(outcomeOf(ledger.judge(late))).toBe('admitted');
  });

  it('never lets the log’s time run backwards', () => {
    ledger.clock(HOUR);
    const before = new Date((ledger.view.clock ?? 0) - 1).toISOString();
    expect(outcomeOf(ledger.tell('ledger', 'log.clock', {}, ledger.service.kid, before).admission)).toBe(
      'schema-invalid /occurredAt',
    );
  });

  it('lets an authority declare in the name of a holder, and nobody else', () => {
    const body = { place: { site: 'hill' }, outputs: [tin('50')] };
    expect(tell('trader', 'lot.declared', body)).toBe('role-not-allowed');
    expect(tell('agent', 'lot.declared', body)).toBe('schema-invalid /holder');
    expect(tell('coop', 'lot.declared', { ...body, holder: 'trader' })).toBe('role-not-allowed /holder');
    const told = ledger.must('agent', 'lot.declared', { ...body, holder: 'coop' });
    expect(ledger.lot(told.lots[0] as string).holder).toBe('coop');
  });
});

describe('lots and their chains', () => {
  let ledger: CoreLedger;
  let lot: string;
  beforeEach(() => {
    ledger = CoreLedger.opened();
    lot = ledger.declare();
  });
  const tell = (by: string, type: string, body: Record<string, unknown>): string =>
    outcomeOf(ledger.tell(by, type, body).admission);
  const send = (to: string, prev?: string): Record<string, unknown> => ({
    to,
    lots: [prev === undefined ? { lot } : { lot, prev }],
  });

  it('hands a lot over in two steps, by the receiver’s own weight', () => {
    ledger.dispatch('coop', 'trader', [lot]);
    expect(ledger.lot(lot)).toMatchObject({ status: 'inTransit', holder: 'coop', inTransitTo: 'trader' });
    ledger.receive('trader', 'coop', [lot], '48.5');
    expect(ledger.lot(lot)).toMatchObject({
      status: 'held',
      holder: 'trader',
      mass: 48_500_000n,
      origins: [{ site: 'hill', mass: 48_500_000n }],
    });
  });

  it('returns a lot that is rejected, and lets part of a dispatch arrive', () => {
    const other = ledger.declare();
    const sent = ledger.dispatch('coop', 'trader', [lot, other]);
    ledger.must('trader', 'custody.received', {
      from: 'coop',
      lots: [{ lot, outcome: 'rejected', prev: sent.event.id }],
    });
    expect(ledger.lot(lot)).toMatchObject({ status: 'held', holder: 'coop' });
    expect(ledger.lot(other)).toMatchObject({ status: 'inTransit' });
  });

  it('lets only the holder, and only the receiver named, move a lot, and keeps the attempt', () => {
    expect(tell('trader', 'custody.dispatched', send('rival'))).toBe('not-holder /lots/0/lot evidence');
    ledger.dispatch('coop', 'trader', [lot]);
    expect(tell('rival', 'custody.received', { from: 'coop', lots: [{ lot, mass: kilograms('48') }] })).toBe(
      'not-holder /lots/0/lot evidence',
    );
    expect(tell('trader', 'custody.received', { from: 'rival', lots: [{ lot, mass: kilograms('48') }] })).toBe(
      'schema-invalid /from',
    );
  });

  it('lets nothing but receipt or recall touch a lot in transit', () => {
    expect(tell('coop', 'custody.recalled', { lots: [lot], reason: 'changed my mind' })).toBe(
      'lot-not-in-transit /lots/0/lot',
    );
    ledger.dispatch('coop', 'trader', [lot]);
    expect(tell('coop', 'lot.measured', { lots: [{ lot, mass: kilograms('48') }] })).toBe('lot-in-transit /lots/0/lot');
  });

  it('tells a double sale from a retry, and from two desks of one firm', () => {
    const { head } = ledger.lot(lot);
    ledger.dispatch('coop', 'trader', [lot]);
    expect(tell('coop', 'custody.dispatched', send('rival', head))).toBe('head-moved /lots/0/prev evidence');
    expect(tell('coop', 'custody.dispatched', send('trader', head))).toBe('head-moved /lots/0/prev');
    expect(tell('rival', 'custody.dispatched', send('rival', head))).toBe('head-moved /lots/0/prev');
    expect(tell('coop', 'lot.measured', { lots: [{ lot, prev: head, mass: kilograms('48') }] })).toBe(
      'head-moved /lots/0/prev',
    );
  });

  it('keeps a second sale that is signed on top of the first, while the goods are on their way', () => {
    ledger.dispatch('coop', 'trader', [lot]);
    expect(tell('coop', 'custody.dispatched', send('rival'))).toBe('lot-in-transit /lots/0/lot evidence');
    expect(tell('coop', 'custody.dispatched', send('trader'))).toBe('lot-in-transit /lots/0/lot');
    expect(tell('rival', 'custody.dispatched', send('rival'))).toBe('lot-in-transit /lots/0/lot');
  });

  it('waits for an unknown parent, and refuses what cannot come right', () => {
    expect(tell('coop', 'custody.dispatched', send('trader', nowhere))).toBe('waiting 1');
    const unborn = lot.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    expect(tell('coop', 'custody.dispatched', { to: 'trader', lots: [{ lot: unborn, prev: nowhere }] })).toBe(
      'waiting 1',
    );
    expect(
      tell('coop', 'custody.dispatched', { to: 'trader', lots: [{ lot: unborn, prev: ledger.lot(lot).head }] }),
    ).toBe('lot-unknown /lots/0/lot');
    ledger.view.refused.add(nowhere);
    expect(tell('coop', 'custody.dispatched', send('trader', nowhere))).toBe('parent-refused /lots/0/prev');
  });

  it('refuses what is consumed or closed, and ids that do not derive', () => {
    const made = ledger.must('coop', 'lot.split', {
      inputs: [lot],
      outputs: [{ mass: kilograms('40') }, { mass: kilograms('8.6') }],
    });
    expect(tell('coop', 'custody.dispatched', send('trader'))).toBe('lot-consumed /lots/0/lot');
    const [part = ''] = made.lots;
    ledger.must('coop', 'lot.closed', { lots: [part], reason: 'stolen' });
    expect(tell('coop', 'custody.dispatched', { to: 'trader', lots: [part] })).toBe('lot-closed /lots/0/lot');
    expect(tell('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('1', { lot })] })).toBe(
      'lot-id-invalid /outputs/0/lot',
    );
  });

  it('asks for the role and the goods to process and to export', () => {
    expect(
      tell('trader', 'lot.processed', {
        process: 'wash',
        inputs: [lot],
        outputs: [{ form: 'concentrate', mass: kilograms('40') }],
      }),
    ).toBe('role-not-allowed');
    expect(
      tell('plant', 'lot.processed', {
        process: 'wash',
        inputs: [lot],
        outputs: [{ form: 'concentrate', mass: kilograms('40') }],
      }),
    ).toBe('not-holder /inputs/0/lot evidence');
    expect(tell('coop', 'lot.exported', { lots: [lot] })).toBe('role-not-allowed');
  });

  it('writes down what the inputs do not agree in', () => {
    const gold = ledger.must('coop', 'lot.declared', {
      place: { site: 'hill' },
      outputs: [tin('1', { mineral: 'gold' })],
    }).lots[0];
    expect(tell('coop', 'lot.aggregated', { inputs: [lot, gold], outputs: [{ mass: kilograms('49.6') }] })).toBe(
      'schema-invalid /outputs/0/mineral',
    );
    expect(
      tell('coop', 'lot.aggregated', {
        inputs: [lot, gold],
        outputs: [{ mineral: 'cassiterite', mass: kilograms('49.6') }],
      }),
    ).toBe('admitted');
  });

  it('lets goods arrive under a hold and nothing leave, until the same authority releases them', () => {
    ledger.dispatch('coop', 'trader', [lot]);
    ledger.register('police', ['authority']);
    ledger.must('agent', 'lot.held', { lots: [lot], ground: 'seizure' });
    ledger.receive('trader', 'coop', [lot]);
    ledger.must('trader', 'lot.measured', { lots: [{ lot, mass: kilograms('48') }] });
    expect(tell('trader', 'custody.dispatched', send('rival'))).toBe('lot-on-hold /lots/0/lot evidence');
    expect(tell('police', 'lot.released', { lots: [lot], ground: 'none' })).toBe('not-holder /lots/0');
    ledger.must('agent', 'lot.released', { lots: [lot], ground: 'cleared' });
    expect(tell('trader', 'custody.dispatched', send('rival'))).toBe('admitted');
  });

  it('recalls a dispatch only after planned arrival and grace, longer across a border', () => {
    for (const [to, grace] of [
      ['trader', 24],
      ['abroad', 72],
    ] as const) {
      const goods = ledger.declare();
      const plannedArrival = new Date(
        Date.parse('2026-05-12T06:00:00Z') +
          (ledger.view.clock === null ? 0 : ledger.view.clock - Date.parse('2026-05-12T06:00:00Z')) +
          10 * HOUR,
      ).toISOString();
      ledger.dispatch('coop', to, [goods], { plannedArrival });
      ledger.clock((10 + grace) * HOUR);
      expect(tell('coop', 'custody.recalled', { lots: [goods], reason: 'lost' })).toBe('recall-too-early /lots/0/lot');
      ledger.clock(HOUR);
      expect(tell('coop', 'custody.recalled', { lots: [goods], reason: 'lost' })).toBe('admitted');
      expect(ledger.lot(goods)).toMatchObject({ status: 'held', holder: 'coop', recalledFrom: to });
    }
  });

  it('freezes a lot whose receipt crossed its recall, until an authority decides', () => {
    const sent = ledger.dispatch('coop', 'trader', [lot], { plannedArrival: '2026-05-12T08:00:00Z' });
    ledger.clock(48 * HOUR);
    ledger.must('coop', 'custody.recalled', { lots: [lot], reason: 'lost' });
    const late = ledger.event('trader', 'custody.received', {
      from: 'coop',
      lots: [{ lot, prev: sent.event.id, mass: kilograms('48') }],
    });
    expect(outcomeOf(ledger.judge(late))).toBe('head-moved /lots/0/prev evidence');
    refuse(ledger, late, 'head-moved', [lot]);
    expect(ledger.lot(lot).holds).toEqual(['ledger']);
    expect(tell('coop', 'custody.dispatched', send('rival'))).toBe('lot-on-hold /lots/0/lot evidence');
    ledger.must('agent', 'lot.released', { lots: [lot], ground: 'decided' });
    expect(tell('coop', 'custody.dispatched', send('rival'))).toBe('admitted');
  });

  it('leaves the ledger as it was when it refuses or waits', () => {
    const before = structuredClone(ledger.view);
    tell('trader', 'custody.dispatched', send('rival'));
    tell('coop', 'custody.dispatched', send('trader', nowhere));
    tell('coop', 'site.registered', { site: 'ridge', country: 'RW', operator: 'coop', minerals: ['gold'] });
    expect(structuredClone(ledger.view)).toEqual(before);
  });

  it('lets the earlier check decide where two things are wrong', () => {
    expect(
      tell('trader', 'lot.processed', {
        process: 'wash',
        place: { facility: 'none' },
        inputs: [{ lot, prev: ledger.lot(lot).head }],
        outputs: [{ form: 'ore', mass: kilograms('1') }],
      }),
    ).toBe('role-not-allowed');
    ledger.must('coop', 'lot.closed', { lots: [lot], reason: 'stolen' });
    expect(tell('trader', 'custody.dispatched', { to: 'nobody', lots: [{ lot }] })).toBe('actor-unknown /to');
    expect(tell('trader', 'custody.dispatched', send('rival', nowhere))).toBe('lot-closed /lots/0/lot');
  });
});

function refuse(ledger: CoreLedger, event: AditEvent, code: string, lots: string[]): void {
  ledger.must(
    'ledger',
    'event.refused',
    { event: event.id, jws: nowhere, code, signer: event.iss, lots },
    ledger.service.kid,
  );
}
