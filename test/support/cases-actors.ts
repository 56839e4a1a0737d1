import type { SanctionsEntry } from '../../src/core/rules/actors/sanctioned-party.js';
import { type Parameters, defaultParameters } from '../../src/core/rules/index.js';
import { generateSigner } from '../../src/core/event/build.js';
import type { Case } from './case.js';
import { examples } from './examples-of-events.js';
import { type ScriptedLog, kilograms, lot } from './scripted-log.js';
import { certified } from './cases-tags.js';
import { declares, dispatches, receives, register, registrar, time, world } from './told-world.js';

const bag = lot('bag');
const MORNING = '2026-05-12T08:00:00Z';

const delivered = (prepare: (log: ReturnType<typeof world>) => void, more: Record<string, unknown> = {}) => {
  const log = world();
  prepare(log);
  declares(log, [{ lot: bag, kg: '50.3' }]);
  dispatches(log, [bag], { mode: 'truck', ...more });
  time(log, '2026-05-13T09:00:00Z');
  receives(log, { [bag]: '50.3' }, more);
  return log;
};

const suspend = (from: string) => (log: ReturnType<typeof world>) =>
  void log.tell('actor.statusChanged', { ...registrar, actor: 'trader', status: 'suspended', from });

const card = (to: string) => (log: ReturnType<typeof world>) => register(log, 'trader', 'RW', { card: { to } });

const corrected = (before: boolean) => {
  const log = before ? world() : certified();
  if (before) declares(log, [{ lot: bag, kg: '50.3' }]);
  const declaration = log.entries.find(({ event }) => event.type === 'lot.declared');
  log.tell('event.corrected', {
    iss: 'coop',
    occurredAt: '2026-05-21T08:00:00Z',
    event: declaration?.event.id,
    field: '/outputs/0/mass',
    was: kilograms('50.3'),
    is: kilograms('53.0'),
    reason: 'misread',
  });
  return log;
};

const incident = (closed: boolean) => {
  const log = world();
  const { event } = log.tell('incident.reported', {
    iss: 'agent',
    occurredAt: '2026-05-01T08:00:00Z',
    category: 'childLabour',
    level: 1,
    sites: ['hill'],
  });
  if (closed)
    log.tell('incident.updated', {
      iss: 'agent',
      occurredAt: '2026-05-10T08:00:00Z',
      incident: event.id,
      status: 'closed',
      outcome: 'unfounded',
    });
  declares(log, [{ lot: bag, kg: '50.3' }]);
  return log;
};

const disputed = (settled: boolean) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  const occurredAt = '2026-05-14T08:00:00Z';
  const target = log.entries.at(-1)?.event.id;
  const { event } = log.tell('event.disputed', { iss: 'coop', occurredAt, event: target, ground: 'not so' });
  if (settled)
    log.tell('event.settled', {
      iss: 'agent',
      occurredAt,
      dispute: event.id,
      settlement: 'withdrawn',
      reason: 'agreed',
    });
  return log;
};

/** An incident on a lot, reported by somebody. */
const claimed = (iss: string) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  log.tell('incident.reported', { iss, occurredAt: '2026-05-14T08:00:00Z', category: 'theft', level: 2, lots: [bag] });
  return log;
};

const checkpoint = (fees: Record<string, unknown>[]) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  log.tell('transit.checked', { iss: 'agent', occurredAt: '2026-05-12T10:00:00Z', lots: [bag], fees });
  return log;
};

const francs = { amount: '5000', currency: 'RWF' };

const stolenKey = (endorsed: boolean) => {
  const log = world();
  declares(log, [{ lot: bag, kg: '50.3' }]);
  const declaration = log.entries.at(-1);
  log.tell('key.revoked', {
    iss: 'registrar',
    occurredAt: '2026-05-13T08:00:00Z',
    actor: 'coop',
    kid: declaration?.event.kid,
    reason: 'stolen',
    compromisedSince: declaration?.index,
  });
  if (endorsed)
    log.tell('event.endorsed', {
      iss: 'coop',
      signedWith: 'coop 2',
      occurredAt: '2026-05-13T09:00:00Z',
      events: [declaration?.event.id],
    });
  return log;
};

/** A registrar gives the cooperative, which has lost its telephone, another key. */
const recoveredKey = (endorsed: boolean) => {
  const log = world();
  const { possession } = examples['key.added'].body;
  const { jwk: key, kid } = generateSigner('Ed25519').signer;
  const { event } = log.tell('key.added', { ...registrar, occurredAt: MORNING, actor: 'coop', key, possession });
  if (endorsed) log.tell('event.endorsed', { iss: 'coop', occurredAt: MORNING, events: [event.id] });
  declares(log, [{ lot: bag, kg: '50.3' }], { signedWith: kid });
  return log;
};

/** The parameters with a list of sanctions. */
export const withSanctions = (entries: SanctionsEntry[]): Parameters => ({
  ...defaultParameters,
  sanctionedParty: {
    ...defaultParameters.sanctionedParty,
    list: { file: 'targets.simple.csv', sha256: 'ab'.repeat(32), date: '2026-05-01', entries },
  },
});

/** A bag that a firm of some name receives. */
export function boughtBy(legalName: string, more: Record<string, unknown> = {}): ScriptedLog {
  const log = world();
  register(log, 'firm', 'RW', { legalName, ...more });
  declares(log, [{ lot: lot('bag'), kg: '50.3' }]);
  dispatches(log, [lot('bag')], { to: 'firm', mode: 'truck' });
  receives(log, { [lot('bag')]: '50.3' }, { iss: 'firm' });
  return log;
}

export const actorCases: Record<string, Case> = {
  'actor-suspended': {
    severity: 'high',
    wrong: () => delivered(suspend('2026-05-13')),
    twin: () => delivered(suspend('2026-05-14')),
  },
  'card-expired': {
    severity: 'high',
    wrong: () => delivered(card('2026-05-12')),
    // Valid to the end of the day that it names.
    twin: () => delivered(card('2026-05-13')),
  },
  'key-compromised': { severity: 'critical', wrong: () => stolenKey(false), twin: () => stolenKey(true) },
  'registrar-introduced': { severity: 'medium', wrong: () => recoveredKey(false), twin: () => recoveredKey(true) },
  'self-dealing': {
    severity: 'high',
    wrong: () => delivered(() => undefined, { device: 'phone' }),
    twin: () => delivered(() => undefined),
  },
  'payment-unofficial': {
    severity: 'high',
    wrong: () => checkpoint([{ kind: 'passage', asked: francs, paid: francs }]),
    // Asked, and not paid; paid, and receipted.
    twin: () =>
      checkpoint([
        { kind: 'passage', asked: francs },
        { kind: 'toll', paid: francs, receiptNumber: 'R-1' },
      ]),
  },
  'dispute-open': { severity: 'medium', wrong: () => disputed(false), twin: () => disputed(true) },
  'custody-assigned': {
    severity: 'medium',
    wrong: () => {
      const log = world();
      declares(log, [{ lot: bag, kg: '50.3' }]);
      const lots = [{ lot: bag }];
      log.tell('custody.assigned', {
        iss: 'agent',
        occurredAt: '2026-05-14T08:00:00Z',
        to: 'trader',
        lots,
        ground: 'sold',
      });
      return log;
    },
    twin: () => {
      const log = world();
      declares(log, [{ lot: bag, kg: '50.3' }]);
      return log;
    },
  },
  'stranger-claim': {
    severity: 'low',
    wrong: () => claimed('abroad'),
    twin: () => claimed('agent'),
    twinAlso: { 'incident-open': 'high' },
  },
  'incident-open': { severity: 'critical', wrong: () => incident(false), twin: () => incident(true) },
  'correction-after-export': { severity: 'high', wrong: () => corrected(false), twin: () => corrected(true) },
  'sanctioned-party': {
    severity: 'high',
    parameters: withSanctions([
      { id: 'NK-1', names: ['Société Kivu Métaux SARL'], countries: ['rw'], identifiers: [] },
    ]),
    wrong: () => boughtBy('KIVU METAUX, Societe'),
    twin: () => boughtBy('Kivu Minerals'),
  },
};
