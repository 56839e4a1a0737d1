import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Signer, generateSigner } from '../../../src/core/event/build.js';
import type { AditEvent } from '../../../src/core/event/event.js';
import { CoreLedger, HOUR, outcomeOf, tin } from '../../support/core-ledger.js';

const possession = `e30.e30.${'A'.repeat(86)}`;
const newSigner = (): Signer => generateSigner('Ed25519').signer;

let ledger: CoreLedger;
beforeEach(() => {
  ledger = CoreLedger.opened();
  ledger.clock(HOUR);
});

const addKey = (by: string, actor: string, signer: Signer, kid?: string): AditEvent =>
  ledger.must(by, 'key.added', { actor, key: signer.jwk, possession }, kid).event;

describe('an event of a revoked key', () => {
  let living: Signer;
  let late: AditEvent;
  beforeEach(() => {
    living = newSigner();
    addKey('coop', 'coop', living);
    const lost = ledger.key('coop').kid;
    late = ledger.event('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('50')] }, lost);
    ledger.must('coop', 'key.revoked', { actor: 'coop', kid: lost, reason: 'lost' }, living.kid);
  });

  it('is admitted once its actor endorses it, whoever endorses it after', () => {
    ledger.must('coop', 'event.endorsed', { events: [late.id] }, living.kid);
    ledger.must('rival', 'event.endorsed', { events: [late.id] });
    expect(outcomeOf(ledger.judge(late))).toBe('admitted');
  });

  it('is not admitted by the word of another actor, nor by that of the revoked key', () => {
    ledger.must('rival', 'event.endorsed', { events: [late.id] });
    const { kid } = ledger.key('coop');
    expect(outcomeOf(ledger.tell('coop', 'event.endorsed', { events: [late.id] }, kid).admission)).toBe('key-revoked');
    expect(outcomeOf(ledger.judge(late))).toBe('key-revoked');
  });

  it('opens the door to that event alone', () => {
    ledger.must('coop', 'event.endorsed', { events: [late.id] }, living.kid);
    const { kid } = ledger.key('coop');
    const body = { place: { site: 'hill' }, outputs: [tin('50')] };
    expect(outcomeOf(ledger.tell('coop', 'lot.declared', body, kid).admission)).toBe('key-revoked');
  });
});

describe('a key that a registrar introduces', () => {
  const introducedOf = ({ kid }: Signer): boolean | undefined => ledger.view.keys.get(kid)?.introduced;

  it('waits 72 hours of the log’s time, to the millisecond', () => {
    const signer = newSigner();
    addKey('registrar', 'coop', signer);
    const tell = (): string =>
      outcomeOf(
        ledger.tell('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin('1')] }, signer.kid).admission,
      );
    ledger.clock(72 * HOUR - 1);
    expect(tell()).toBe('key-unknown');
    ledger.clock(1);
    expect(tell()).toBe('admitted');
  });

  it('is the actor’s own once an older key endorses it', () => {
    const signer = newSigner();
    const added = addKey('registrar', 'coop', signer);
    expect(introducedOf(signer)).toBe(true);
    ledger.view.changes.keys.clear();
    ledger.must('coop', 'event.endorsed', { events: [added.id] });
    expect(introducedOf(signer)).toBe(false);
    expect([...ledger.view.changes.keys]).toEqual([signer.kid]);
  });

  it('stays introduced whatever other actors, itself, later keys or other introduced keys say', () => {
    const [first, second, own] = [newSigner(), newSigner(), newSigner()];
    const added = [addKey('registrar', 'coop', first), addKey('registrar', 'coop', second)];
    addKey('coop', 'coop', own);
    ledger.clock(72 * HOUR);
    const events = added.map(({ id }) => id);
    ledger.must('rival', 'event.endorsed', { events });
    for (const { kid } of [first, second, own]) ledger.must('coop', 'event.endorsed', { events }, kid);
    expect([introducedOf(first), introducedOf(second)]).toEqual([true, true]);
  });

  it('does not make others the actor’s own by adding them, until an older key stands by each', () => {
    const [introduced, second, third] = [newSigner(), newSigner(), newSigner()];
    const first = addKey('registrar', 'coop', introduced);
    ledger.clock(72 * HOUR);
    const added = addKey('coop', 'coop', second, introduced.kid);
    addKey('coop', 'coop', third, second.kid);
    expect(ledger.view.keys.get(second.kid)).toMatchObject({ introduced: true, activeFrom: null });
    expect(introducedOf(third)).toBe(true);
    ledger.must('coop', 'event.endorsed', { events: [added.id] }, introduced.kid);
    expect(introducedOf(second)).toBe(true);
    ledger.must('coop', 'event.endorsed', { events: [first.id, added.id] });
    expect([introduced, second, third].map(introducedOf)).toEqual([false, false, true]);
  });

  it('is not what an actor adds to its own keys', () => {
    const signer = newSigner();
    addKey('coop', 'coop', signer);
    expect(ledger.view.keys.get(signer.kid)).toMatchObject({ introduced: false, activeFrom: null });
  });
});
