import { beforeEach, describe, expect, it } from '@jest/globals';
import { type PublicJwk, thumbprint } from '../../../src/core/event/keys.js';
import { generateSigner } from '../../../src/core/event/build.js';
import type { Facts } from '../../../src/core/rules/engine/facts.js';
import { keyCompromised } from '../../../src/core/rules/actors/key-compromised.js';
import { type CatalogueRule, defaultParameters } from '../../../src/core/rules/index.js';
import { registrarIntroduced } from '../../../src/core/rules/actors/registrar-introduced.js';
import { examples } from '../../support/examples-of-events.js';
import { ScriptedLog } from '../../support/scripted-log.js';

const { possession } = examples['key.added'].body;
const occurredAt = '2026-05-12T08:00:00Z';
const newKey = (): PublicJwk => generateSigner('Ed25519').signer.jwk;

let log: ScriptedLog;
let first: string;

/** Each key is named by its thumbprint. */
const register = (actor: string, by: string, signedWith: string): string => {
  const key = newKey();
  log.tell('actor.registered', {
    iss: by,
    occurredAt,
    signedWith,
    actor,
    roles: ['miner'],
    country: 'RW',
    key,
    possession,
  });
  return thumbprint(key);
};
const add = (signedWith: string, by = 'coop', actor = 'coop'): { kid: string; id: string; index: number } => {
  const key = newKey();
  const { event, index } = log.tell('key.added', { iss: by, occurredAt, signedWith, actor, key, possession });
  return { kid: thumbprint(key), id: event.id, index };
};
const revoke = (kid: string, compromisedSince: number, actor = 'coop'): void =>
  void log.tell('key.revoked', { iss: 'registrar', occurredAt, actor, kid, reason: 'stolen', compromisedSince });
const endorse = (signedWith: string, ids: string[], by = 'coop'): void =>
  void log.tell('event.endorsed', { iss: by, occurredAt, signedWith, events: ids });
/** An event of a key, whose id is given. */
const sign = (signedWith: string, iss = 'coop'): string =>
  log.tell('incident.reported', { iss, occurredAt, signedWith, category: 'theft', level: 3, actors: ['rival'] }).event
    .id;

const found = (rule: CatalogueRule, facts: Facts = log.facts()): string[] =>
  rule.evaluate(facts, defaultParameters).map(({ subject }) => subject);

beforeEach(() => {
  log = new ScriptedLog();
  first = register('coop', 'registrar', 'root');
});

describe('a key that a compromised key added', () => {
  it('is compromised too, and so is the one that it adds; what was added before is not', () => {
    const early = add(first);
    const since = log.entries.length;
    const stolen = add(first);
    const next = add(stolen.kid);
    revoke(first, since);
    const [own, , bad] = [sign(early.kid), sign('root', 'registrar'), sign(next.kid)];
    expect(found(keyCompromised)).toEqual([stolen.id, next.id, bad]);
    expect(found(keyCompromised)).not.toContain(own);
  });

  it('clears nothing by its endorsements, nor do two such keys each other', () => {
    const early = add(first);
    const since = log.entries.length;
    const [one, two] = [add(first), add(first)];
    const event = sign(first);
    revoke(first, since);
    endorse(one.kid, [event, two.id]);
    endorse(two.kid, [event, one.id]);
    expect(found(keyCompromised)).toEqual(expect.arrayContaining([event, one.id, two.id]));
    endorse(early.kid, [event]);
    expect(found(keyCompromised)).not.toContain(event);
    expect(found(keyCompromised)).toEqual(expect.arrayContaining([one.id, two.id]));
  });

  it('is its actor’s own once that endorses the addition, and then also what the key has endorsed', () => {
    const early = add(first);
    const since = log.entries.length;
    const late = add(first);
    const [event, signed] = [sign(first), sign(late.kid)];
    revoke(first, since);
    endorse(late.kid, [event]);
    expect(found(keyCompromised)).toEqual(expect.arrayContaining([event, signed]));
    endorse(early.kid, [late.id]);
    expect(found(keyCompromised)).toEqual([]);
  });

  it('is compromised also where it is another actor’s, registered by a thief of a registrar’s key', () => {
    const kigali = register('kigali', 'registrar', 'root');
    const since = log.entries.length;
    const phantom = register('phantom', 'kigali', kigali);
    const event = sign(phantom, 'phantom');
    revoke(kigali, since, 'kigali');
    expect(found(keyCompromised)).toContain(event);
  });
});

describe('a key that an introduced key added', () => {
  it('is introduced too, until an older key of its actor that is not endorses the addition', () => {
    const one = add('root', 'registrar');
    const two = add(one.kid);
    const events = [sign(one.kid), sign(two.kid)];
    expect(found(registrarIntroduced)).toEqual([two.id, ...events]);
    endorse(one.kid, [two.id]);
    expect(found(registrarIntroduced)).toEqual(expect.arrayContaining(events));
    endorse(first, [two.id]);
    expect(found(registrarIntroduced)).not.toContain(events[1]);
    expect(found(registrarIntroduced)).toContain(events[0]);
  });

  it('is not cleared by a later key, another actor’s, or one that was in other hands', () => {
    const one = add('root', 'registrar');
    const later = add(first);
    const event = sign(one.kid);
    endorse(later.kid, [one.id]);
    endorse(register('rival', 'registrar', 'root'), [one.id], 'rival');
    endorse(first, [one.id]);
    expect(found(registrarIntroduced)).not.toContain(event);
    revoke(first, 0);
    expect(found(registrarIntroduced)).toContain(event);
  });

  it('is the actor’s own where the key that added it had been endorsed by then', () => {
    const one = add('root', 'registrar');
    endorse(first, [one.id]);
    const two = add(one.kid);
    sign(two.kid);
    expect(found(registrarIntroduced)).toEqual([]);
  });
});
