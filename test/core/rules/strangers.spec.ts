import { describe, expect, it } from '@jest/globals';
import { axisOfRule } from '../../../src/core/bundle/verdicts.js';
import { findingsIn } from '../../support/found.js';
import { type ScriptedLog, kilograms, lot } from '../../support/scripted-log.js';
import {
  DEPOT,
  PORT,
  declares,
  dispatches,
  exports,
  receives,
  register,
  registrar,
  site,
  time,
  world,
} from '../../support/told-world.js';

/** What an actor without a part in a lot can say and copy, and that no verdict on the lot follows from it. */
const [bag, theirs] = [lot('bag'), lot('theirs')];
const EVENING = '2026-05-12T20:00:00Z';
const COMMIT = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
const paper = { attachments: [{ commit: COMMIT, mediaType: 'application/pdf', kind: 'waybill', size: 2048 }] };

/** A bag of the cooperative, beside a haulier, a trader and a digger who have no part in it. */
function honest(more: Record<string, unknown> = {}, output: Record<string, unknown> = {}): ScriptedLog {
  const log = world();
  register(log, 'haulier', 'RW', { roles: ['transporter'] });
  register(log, 'mallory');
  site(log, 'ridge', { operator: 'mallory', point: ['30.2', '-1.9'] });
  declares(log, [{ lot: bag, kg: '50.3', ...output }], more);
  return log;
}

const declaresTheirs = (
  log: ScriptedLog,
  output: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): void =>
  declares(log, [{ lot: theirs, kg: '30.1', ...output }], {
    iss: 'mallory',
    occurredAt: '2026-05-12T08:30:00Z',
    place: { site: 'ridge' },
    ...more,
  });

/** The rules whose findings count in a verdict on a lot. */
const weighing = (log: ScriptedLog, id: string): string[] =>
  findingsIn(log)
    .filter(({ rule, lots }) => lots.includes(id) && axisOfRule(rule) !== 'nothing')
    .map(({ rule }) => rule)
    .toSorted();

const aboutSigner = (log: ScriptedLog): string[] =>
  findingsIn(log)
    .filter(({ rule, lots }) => lots.includes(bag) && axisOfRule(rule) === 'nothing')
    .map(({ rule }) => rule);

/** The bag is under way, with a seal. */
const sent = (more: Record<string, unknown> = {}): ScriptedLog => {
  const log = honest();
  dispatches(log, [bag], {
    mode: 'truck',
    seals: ['S-1'],
    vehicle: 'RAA 001 A',
    place: { facility: 'depot' },
    ...more,
  });
  return log;
};

const checks = (log: ScriptedLog, iss: string, more: Record<string, unknown>): void => {
  time(log, EVENING);
  log.tell('transit.checked', { iss, occurredAt: EVENING, lots: [bag], ...more });
};

describe('a checkpoint of a transporter that no dispatch of the lot names', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a broken seal', { sealState: 'broken' }],
    ['the vehicle far away', { vehicle: 'RAA 001 A', place: { ...PORT, accuracyM: '10' } }],
    ['an unofficial fee', { fees: [{ kind: 'toll', paid: { amount: '5000', currency: 'RWF' } }] }],
  ])('says %s of the lot to no effect', (_, said) => {
    const log = sent();
    checks(log, 'haulier', said);
    expect(weighing(log, bag)).toEqual([]);
    expect(aboutSigner(log)).toEqual(['stranger-claim']);
  });

  it('does not count either where it comes before what the honest side says', () => {
    const log = sent();
    checks(log, 'haulier', { vehicle: 'RAA 002 B', seals: ['S-9'], place: { ...PORT, accuracyM: '10' } });
    receives(log, { [bag]: '50.3' }, { seals: ['S-1'] });
    dispatches(log, [bag], {
      iss: 'trader',
      to: 'plant',
      vehicle: 'RAA 002 B',
      occurredAt: '2026-05-13T10:00:00Z',
      place: { ...DEPOT, accuracyM: '10' },
    });
    expect(weighing(log, bag)).toEqual([]);
  });

  it('counts where the dispatch names the carrier, or an authority says it', () => {
    for (const [iss, carrier] of [
      ['haulier', 'haulier'],
      ['agent', undefined],
    ] as const) {
      const log = sent(carrier === undefined ? {} : { carrier });
      checks(log, iss, { sealState: 'broken' });
      expect(weighing(log, bag)).toEqual(['seal-mismatch']);
    }
  });

  it('bears out seals that the receiver found, where the dispatch left the carrier open', () => {
    const arrives = (log: ScriptedLog): string[] => {
      checks(log, 'haulier', { seals: ['S-1', 'S-9'] });
      receives(log, { [bag]: '50.3' }, { seals: ['S-1', 'S-9'] });
      return weighing(log, bag);
    };
    expect(arrives(sent())).toEqual([]);
    expect(arrives(sent({ carrier: 'plant' }))).toEqual(['seal-mismatch']);
  });

  it('weighs nothing by what its signer, its device or its key is', () => {
    const log = honest();
    const numbered = (seq: number, place: Record<string, unknown>): void =>
      void log.tell('transit.checked', {
        iss: 'haulier',
        occurredAt: EVENING,
        lots: [bag],
        device: 'phone',
        seq,
        place,
      });
    time(log, EVENING);
    numbered(1, { ...PORT });
    numbered(9, { ...DEPOT });
    const disputed = log.tell('transit.checked', {
      iss: 'haulier',
      occurredAt: EVENING,
      lots: [bag],
      device: 'phone',
      seq: 9,
    });
    log.tell('event.disputed', { iss: 'haulier', occurredAt: EVENING, event: disputed.event.id, ground: 'not so' });
    time(log, '2026-05-17T08:00:00Z');
    expect(findingsIn(log).map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['device-sequence-gap', 'device-sequence-fork', 'place-jump']),
    );
    expect(weighing(log, bag)).toEqual([]);
  });
});

describe('refused attempts of a stranger', () => {
  it('open no hole in the custody of the lot by the numbers of their device', () => {
    const log = honest();
    for (const seq of [1, 40])
      log.tell('event.refused', {
        iss: 'ledger',
        occurredAt: EVENING,
        event: COMMIT,
        jws: COMMIT,
        code: 'not-holder',
        signer: 'mallory',
        device: 'phone',
        seq,
        lots: [bag],
      });
    time(log, '2026-05-17T08:00:00Z');
    expect(findingsIn(log).map(({ rule }) => rule)).toContain('device-sequence-gap');
    expect(weighing(log, bag)).toEqual([]);
  });
});

describe('numbers and papers of a lot that a stranger copies', () => {
  it('count against the lot of the stranger: a tag', () => {
    const log = honest({}, { tags: ['OWN-1'] });
    declaresTheirs(log, { tags: ['OWN-1'] });
    expect(weighing(log, bag)).not.toContain('tag-reused');
    expect(weighing(log, theirs)).toContain('tag-reused');
  });

  it('count against the stranger who comes first, where the tag was issued to the site of the other', () => {
    const log = world();
    register(log, 'mallory');
    site(log, 'ridge', { operator: 'mallory' });
    declaresTheirs(log, { tags: ['SYN-M-1'] });
    declares(log, [{ lot: bag, kg: '50.3', tags: ['SYN-M-1'] }], { occurredAt: '2026-05-12T09:00:00Z' });
    expect(weighing(log, bag)).toEqual([]);
    expect(weighing(log, theirs)).toEqual(['tag-reused', 'tag-wrong-site']);
  });

  it('count against both where the later user had the lot before', () => {
    const log = honest({}, { tags: ['SYN-M-1'] });
    dispatches(log, [bag], { to: 'mallory' });
    receives(log, { [bag]: '50.3' }, { iss: 'mallory' });
    declaresTheirs(log, { tags: ['SYN-M-1'] }, { occurredAt: '2026-05-14T08:30:00Z' });
    expect(weighing(log, bag)).toContain('tag-reused');
  });

  it('leave what is made of the lot as it is', () => {
    const log = honest({}, { tags: ['SYN-M-1'] });
    dispatches(log, [bag], {});
    receives(log, { [bag]: '50.3' });
    const again = lot('again');
    log.tell('lot.aggregated', {
      iss: 'trader',
      occurredAt: '2026-05-14T09:00:00Z',
      inputs: [{ lot: bag }],
      outputs: [
        { lot: again, mineral: 'cassiterite', form: 'concentrate', mass: kilograms('50.3'), tags: ['SYN-M-1'] },
      ],
    });
    declaresTheirs(log, { tags: ['SYN-M-1'] }, { occurredAt: '2026-05-14T10:00:00Z' });
    for (const id of [bag, again]) expect(weighing(log, id)).toEqual([]);
    expect(weighing(log, theirs)).toContain('tag-reused');
  });

  it('count against the lot of the stranger: a paper, and never against a lot that only is named', () => {
    const log = honest(paper);
    declares(log, [{ lot: lot('second'), kg: '41.2' }]);
    declaresTheirs(log, {}, paper);
    log.tell('incident.reported', {
      iss: 'haulier',
      occurredAt: EVENING,
      category: 'theft',
      level: 1,
      lots: [lot('second')],
      ...paper,
    });
    expect(weighing(log, bag)).toEqual([]);
    expect(weighing(log, lot('second'))).toEqual([]);
    expect(weighing(log, theirs)).toContain('document-reused');
  });

  it('count against the lot of the stranger: a certificate, and the container it went in', () => {
    const log = honest();
    dispatches(log, [bag], {});
    receives(log, { [bag]: '50.3' });
    log.tell('certificate.issued', {
      iss: 'agent',
      occurredAt: '2026-05-15T08:00:00Z',
      serial: 'RW-1',
      exporter: 'trader',
      lots: [bag],
      mass: kilograms('50.3'),
      originCountries: ['RW'],
      verifier: 'A. Uwase',
      validator: 'B. Mugabo',
      issuedOn: '2026-05-15',
      expiresOn: '2026-08-12',
    });
    const shipped = { certificate: 'RW-1', container: 'MSCU1234565' };
    exports(log, [bag], shipped);
    const before = weighing(log, bag);
    expect(before).not.toContain('certificate-reused');
    declaresTheirs(log);
    exports(log, [theirs], { ...shipped, iss: 'mallory' });
    expect(weighing(log, bag)).toEqual(before);
    expect(weighing(log, theirs)).toContain('certificate-reused');
  });

  it('count against the lots of others where these fill a facility that its operator does not', () => {
    const log = honest();
    log.tell('facility.registered', {
      ...registrar,
      facility: 'washery',
      kind: 'plant',
      country: 'RW',
      operator: 'trader',
      capacityPerMonth: kilograms('100'),
    });
    const arrive = (iss: string, id: string, kg: string): void => {
      declares(log, [{ lot: id, kg }], { occurredAt: '2026-05-12T09:00:00Z' });
      dispatches(log, [id], { to: iss });
      receives(log, { [id]: kg }, { iss, place: { facility: 'washery' } });
    };
    arrive('trader', lot('own'), '60.1');
    arrive('mallory', theirs, '90.2');
    expect(weighing(log, lot('own'))).not.toContain('facility-over-capacity');
    expect(weighing(log, theirs)).toContain('facility-over-capacity');
    arrive('trader', lot('more'), '70.1');
    expect(weighing(log, lot('own'))).toContain('facility-over-capacity');
  });
});
