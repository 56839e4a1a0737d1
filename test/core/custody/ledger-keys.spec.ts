import { beforeEach, describe, expect, it } from '@jest/globals';
import { admit } from '../../../src/core/custody/admit.js';
import { logKeyAt } from '../../../src/core/custody/ledger-keys.js';
import { type Signer, generateSigner } from '../../../src/core/event/build.js';
import { noteSigner } from '../../../src/core/log/note.js';
import { CoreLedger, HOUR, LOG, outcomeOf } from '../../support/core-ledger.js';

const newVkey = (seed: number): string => noteSigner(LOG, new Uint8Array(32).fill(seed)).vkey;
const newSigner = (): Signer => generateSigner('Ed25519').signer;

describe('the keys of the ledger itself', () => {
  let ledger: CoreLedger;
  let next: Signer;
  /** What becomes of an update, by its code without the place. */
  const update = (body: Record<string, unknown>, by = 'registrar'): string => codeOf(by, 'ledger.updated', body);
  const codeOf = (by: string, type: string, body: Record<string, unknown>, ...more: string[]): string =>
    outcomeOf(ledger.tell(by, type, body, ...more).admission).split(' ', 1)[0] ?? '';

  beforeEach(() => {
    next = newSigner();
    ledger = CoreLedger.opened({ logKeys: [newVkey(7)], serviceKids: [next.kid] });
    ledger.clock(HOUR);
  });

  it('are replaced from the next index on, and checkpoints that cover the replacement are signed by the new key', () => {
    const [first = ''] = ledger.identity.logKeys;
    const { size } = ledger.view;
    expect(update({ logKey: newVkey(7) })).toBe('admitted');
    const { logKeys } = ledger.view.opened ?? { logKeys: [] };
    expect([0, size, size + 1, size + 99].map((at) => logKeyAt(logKeys, at))).toEqual([
      first,
      first,
      newVkey(7),
      newVkey(7),
    ]);
  });

  it('name only what the service has, so that no surprise stops the log', () => {
    expect(update({ logKey: newVkey(8) })).toBe('ledger-mismatch');
    expect(update({ serviceKey: newSigner().jwk })).toBe('ledger-mismatch');
    expect(update({ admissionVersion: 99 })).toBe('ledger-mismatch');
    expect(update({ logKey: newVkey(7) }, 'agent')).toBe('role-not-allowed');
  });

  it('are judged by what the log said at that index, whatever keys the judge has himself', () => {
    const event = ledger.event('registrar', 'ledger.updated', { logKey: newVkey(8), serviceKey: newSigner().jwk });
    expect(outcomeOf(admit(event, ledger.view, null))).toBe('admitted');
  });

  it('never come back once they were replaced, and are nobody else’s', () => {
    const former = ledger.identity.logKeys[0];
    const { service } = ledger;
    expect(update({ logKey: newVkey(7), serviceKey: next.jwk })).toBe('admitted');
    expect(update({ logKey: former })).toBe('key-exists');
    expect(update({ serviceKey: service.jwk })).toBe('key-exists');
    for (const { jwk } of [service, next]) {
      const body = { actor: 'coop', key: jwk, possession: `e30.e30.${'A'.repeat(86)}` };
      expect(codeOf('coop', 'key.added', body)).toBe('key-exists');
    }
    const taken = ledger.event('registrar', 'ledger.updated', { serviceKey: ledger.key('coop').jwk });
    expect(outcomeOf(admit(taken, ledger.view, null))).toBe('key-exists /serviceKey');
  });

  it('are looked at only once it is clear that their signer may speak of them', () => {
    const former = ledger.identity.logKeys[0];
    const { service } = ledger;
    expect(update({ logKey: newVkey(7), serviceKey: next.jwk })).toBe('admitted');
    for (const body of [{ logKey: former }, { serviceKey: service.jwk }])
      expect(update(body, 'agent')).toBe('role-not-allowed');
    // What this service does not have is said first, whoever asks.
    expect(update({ logKey: newVkey(8) }, 'agent')).toBe('ledger-mismatch');
  });

  it('sign the log’s time only while they are in force', () => {
    const at = new Date(Date.parse('2027-01-01T00:00:00Z')).toISOString();
    const tell = (kid: string): string => codeOf('ledger', 'log.clock', {}, kid, at);
    expect(tell(next.kid)).toBe('key-unknown');
    expect(update({ serviceKey: next.jwk })).toBe('admitted');
    expect(tell(ledger.service.kid)).toBe('key-revoked');
    expect(tell(next.kid)).toBe('admitted');
  });
});

describe('a registrar of one country', () => {
  let ledger: CoreLedger;
  const possession = `e30.e30.${'A'.repeat(86)}`;
  const actor = (id: string, country: string, roles = ['trader']): Record<string, unknown> => ({
    actor: id,
    roles,
    country,
    key: newSigner().jwk,
    possession,
  });
  const tell = (type: string, body: Record<string, unknown>, by = 'kigali'): string =>
    outcomeOf(ledger.tell(by, type, body).admission);

  beforeEach(() => {
    ledger = CoreLedger.opened();
    ledger.register('kigali', ['registrar']);
    ledger.clock(HOUR);
  });

  it('registers the actors, sites and facilities of its country, and further registrars for it', () => {
    expect(tell('actor.registered', actor('local', 'RW', ['registrar', 'trader']))).toBe('admitted');
    expect(tell('site.registered', { site: 'pit', country: 'RW', operator: 'coop', minerals: ['gold'] })).toBe(
      'admitted',
    );
    expect(tell('facility.registered', { facility: 'shed', kind: 'warehouse', country: 'RW' })).toBe('admitted');
    expect(tell('actor.statusChanged', { actor: 'coop', status: 'suspended', reason: 'x' })).toBe('admitted');
  });

  it('has no say in another, nor over whoever speaks for the whole ledger', () => {
    const refused = 'role-not-allowed';
    expect(tell('actor.registered', actor('foreign', 'CD'))).toBe(refused);
    expect(tell('site.registered', { site: 'pit', country: 'CD', operator: 'coop', minerals: ['gold'] })).toBe(refused);
    expect(tell('site.updated', { site: 'hill', country: 'CD' })).toBe(refused);
    expect(tell('facility.registered', { facility: 'shed', kind: 'warehouse', country: 'CD' })).toBe(refused);
    expect(tell('actor.statusChanged', { actor: 'abroad', status: 'suspended', reason: 'x' })).toBe(refused);
    for (const of of ['abroad', 'registrar']) {
      expect(tell('key.added', { actor: of, key: newSigner().jwk, possession })).toBe(refused);
      expect(tell('key.revoked', { actor: of, kid: ledger.key(of).kid, reason: 'lost' })).toBe(refused);
    }
    expect(tell('ledger.updated', { policyDigest: 'A'.repeat(43) })).toBe(refused);
  });

  it('settles no dispute of another country, and closes no incident that concerns only others', () => {
    ledger.register('dodoma', ['registrar'], 'TZ');
    ledger.register('both', ['registrar', 'authority'], 'TZ');
    const lot = ledger.declare();
    const declared = ledger.lot(lot).head;
    const dispute = ledger.must('coop', 'event.disputed', { event: declared, ground: 'x' }).event.id;
    const incident = (body: Record<string, unknown>, by = 'trader'): string =>
      ledger.must(by, 'incident.reported', { category: 'theft', level: 2, ...body }).event.id;
    const settle = (by: string): string => tell('event.settled', { dispute, settlement: 'rejected', reason: 'x' }, by);
    const close = (id: string, by: string): string =>
      tell('incident.updated', { incident: id, status: 'closed', outcome: 'x' }, by);
    expect(['dodoma', 'both', 'kigali', 'registrar'].map(settle)).toEqual([
      'role-not-allowed',
      'admitted',
      'admitted',
      'admitted',
    ]);
    const [ofLot, ofSite, ofSeveral] = [{ lots: [lot] }, { sites: ['hill'] }, { actors: ['coop', 'abroad'] }].map(
      (body) => incident(body),
    ) as [string, string, string];
    expect([ofLot, ofSite, ofSeveral].map((id) => close(id, 'dodoma'))).toEqual([
      'role-not-allowed',
      'role-not-allowed',
      'admitted',
    ]);
    expect([ofLot, ofSite, ofSeveral].map((id) => close(id, 'kigali'))).toEqual(['admitted', 'admitted', 'admitted']);
    // Where the reporter is from does not matter where a place is named.
    expect(close(incident({ sites: ['hill'] }, 'abroad'), 'dodoma')).toBe('role-not-allowed');
    ledger.must('kigali', 'incident.updated', { incident: ofSite, status: 'mitigating', owner: 'dodoma' });
    expect(close(ofSite, 'dodoma')).toBe('admitted');
  });

  it('keeps what it may do as the subject, and as an authority', () => {
    ledger.register('both', ['registrar', 'authority'], 'TZ');
    expect(tell('key.added', { actor: 'kigali', key: newSigner().jwk, possession })).toBe('admitted');
    const site = { site: 'pit', country: 'RW', operator: 'coop', minerals: ['gold'] };
    expect(tell('site.registered', site, 'both')).toBe('admitted');
    expect(tell('actor.registered', actor('foreign', 'RW'), 'both')).toBe('role-not-allowed');
  });

  it('is stopped by the root registrar alone or by its own country', () => {
    expect(tell('actor.registered', actor('other', 'CD', ['registrar']), 'registrar')).toBe('admitted');
    const { kid } = ledger.key('kigali');
    expect(tell('key.revoked', { actor: 'kigali', kid, reason: 'lost' }, 'registrar')).toBe('admitted');
    expect(tell('actor.registered', actor('late', 'RW'))).toBe('key-revoked');
  });
});
