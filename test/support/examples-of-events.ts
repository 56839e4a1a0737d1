import type { Envelope } from '../../src/core/event/envelope.js';
import type { EventTypeName } from '../../src/core/event/types/index.js';

/** One minimal event of every type, as data: the claims beside the common ones, and which of them are required. */
export interface Example {
  body: Record<string, unknown>;
  /** Pointers into the body; the refusal of a payload without one names that pointer. */
  required: string[];
}

export const LOG = 'example.org/tin';
export const LOT_1 = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c01';
export const LOT_2 = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c02';
export const LOT_3 = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c03';
export const EVENT_1 = 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs';
export const EVENT_2 = 'PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0';
/** The public key of RFC 8037, Appendix A.2, and its thumbprint of A.3. */
export const KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
export const KID = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';
export const VKEY = 'example.org/tin+530eaa4c+AdZ/6P4fo3nU+0f4w1FnPZhpvAdQCzT4bF4U6fCzJyAV';
/** Of the right shape; whether it proves anything is `checkPossession`'s to say. */
export const SOME_JWS = `eyJhbGciOiJFZDI1NTE5In0.e30.${'A'.repeat(86)}`;

export const commonClaims = {
  log: LOG,
  iss: 'coop',
  iat: 1778566200,
  jti: 'V1StGXR8_Z5jdHi6B-myTg',
  occurredAt: '2026-05-12T08:10:00+02:00',
};

const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });
const extended = { lot: LOT_1, prev: EVENT_1 };
const chain = ['/lots', '/lots/0/lot', '/lots/0/prev'];
const transformed = ['/inputs', '/inputs/0/lot', '/inputs/0/prev', '/outputs', '/outputs/0/lot', '/outputs/0/mass'];

export const examples: Record<EventTypeName, Example> = {
  'ledger.opened': {
    body: { logKey: VKEY, serviceKey: KEY, registrar: { actor: 'registrar', key: KEY } },
    required: ['/logKey', '/serviceKey', '/registrar', '/registrar/actor', '/registrar/key'],
  },
  'ledger.updated': { body: { admissionVersion: 2 }, required: [] },
  'actor.registered': {
    body: { actor: 'coop', roles: ['miner'], country: 'RW', key: KEY, possession: SOME_JWS },
    required: ['/actor', '/roles', '/country', '/key', '/possession'],
  },
  'actor.statusChanged': { body: { actor: 'coop', status: 'suspended' }, required: ['/actor', '/status'] },
  'key.added': {
    body: { actor: 'coop', key: KEY, possession: SOME_JWS },
    required: ['/actor', '/key', '/possession'],
  },
  'key.revoked': { body: { actor: 'coop', kid: KID, reason: 'lost' }, required: ['/actor', '/kid', '/reason'] },
  'site.registered': {
    body: { site: 'hill', country: 'RW', operator: 'coop', minerals: ['cassiterite'] },
    required: ['/site', '/country', '/operator', '/minerals'],
  },
  'site.updated': { body: { site: 'hill', operator: 'coop-2' }, required: ['/site'] },
  'site.inspected': {
    body: { site: 'hill', date: '2026-02-01', certification: 1, activity: 0 },
    required: ['/site', '/date', '/certification', '/activity'],
  },
  'tags.issued': {
    body: { series: 'SYN-M-', from: 4411, to: 4500, site: 'hill' },
    required: ['/series', '/from', '/to', '/site'],
  },
  'tags.voided': { body: { tags: ['SYN-M-4411'], reason: 'lost' }, required: ['/tags', '/reason'] },
  'facility.registered': {
    body: { facility: 'depot', kind: 'warehouse', country: 'RW' },
    required: ['/facility', '/kind', '/country'],
  },
  'index.sealed': {
    body: { iss: 'ledger', size: 7, root: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    required: ['/size', '/root'],
  },
  'log.clock': { body: { iss: 'ledger', occurredAt: '2026-05-12T06:10:02.000Z' }, required: [] },
  'event.refused': {
    body: { iss: 'ledger', event: EVENT_1, jws: EVENT_2, code: 'not-holder', signer: 'trader', lots: [LOT_1] },
    required: ['/event', '/jws', '/code', '/signer', '/lots'],
  },
  'lot.declared': {
    body: {
      place: { site: 'hill' },
      outputs: [{ lot: LOT_1, mineral: 'cassiterite', form: 'concentrate', mass: kilograms('48.6') }],
    },
    required: [
      '/place',
      '/place/site',
      '/outputs',
      '/outputs/0/lot',
      '/outputs/0/mineral',
      '/outputs/0/form',
      '/outputs/0/mass',
      '/outputs/0/mass/value',
      '/outputs/0/mass/uom',
    ],
  },
  'lot.measured': { body: { lots: [{ ...extended, mass: kilograms('48.4') }] }, required: chain },
  'lot.sealed': { body: { lots: [{ ...extended, tagsOn: ['SYN-M-4411'] }] }, required: chain },
  'custody.dispatched': { body: { to: 'trader', lots: [extended] }, required: ['/to', ...chain] },
  'custody.received': {
    body: { from: 'coop', lots: [{ ...extended, mass: kilograms('48.5') }] },
    required: ['/from', ...chain, '/lots/0/mass'],
  },
  'custody.recalled': { body: { lots: [extended], reason: 'never arrived' }, required: [...chain, '/reason'] },
  'lot.aggregated': {
    body: {
      inputs: [extended, { lot: LOT_2, prev: EVENT_2 }],
      outputs: [{ lot: LOT_3, mass: kilograms('99.8') }],
    },
    required: transformed,
  },
  'lot.split': {
    body: {
      inputs: [extended],
      outputs: [
        { lot: LOT_2, mass: kilograms('60') },
        { lot: LOT_3, mass: kilograms('39.8') },
      ],
    },
    required: transformed,
  },
  'lot.processed': {
    body: {
      process: 'gravity',
      inputs: [extended],
      outputs: [{ lot: LOT_2, form: 'concentrate', mass: kilograms('27.4') }],
    },
    required: ['/process', ...transformed, '/outputs/0/form'],
  },
  'lot.exported': { body: { lots: [extended] }, required: chain },
  'lot.imported': { body: { lots: [extended] }, required: chain },
  'lot.closed': { body: { lots: [extended], reason: 'stolen' }, required: [...chain, '/reason'] },
  'event.endorsed': { body: { events: [EVENT_1] }, required: ['/events'] },
  'lot.held': { body: { lots: [LOT_1], ground: 'seizure' }, required: ['/lots', '/ground'] },
  'lot.released': { body: { lots: [LOT_1], ground: 'seizure' }, required: ['/lots', '/ground'] },
  'assay.certified': {
    body: {
      lot: LOT_1,
      sample: 'S-1',
      grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
    },
    required: [
      '/lot',
      '/sample',
      '/grades',
      '/grades/0/analyte',
      '/grades/0/value',
      '/grades/0/uom',
      '/grades/0/basis',
    ],
  },
  'certificate.issued': {
    body: {
      serial: 'RW-2026-17',
      exporter: 'kigali-export',
      lots: [LOT_1],
      mass: kilograms('24240'),
      originCountries: ['RW'],
      issuedOn: '2026-07-01',
      expiresOn: '2026-09-29',
    },
    required: ['/serial', '/exporter', '/lots', '/mass', '/originCountries', '/issuedOn', '/expiresOn'],
  },
  'certificate.revoked': { body: { serial: 'RW-2026-17', reason: 'wrong mass' }, required: ['/serial', '/reason'] },
  'custody.assigned': {
    body: { to: 'coop', lots: [extended], ground: 'returned to its owner by the court of Rubavu' },
    required: ['/to', ...chain, '/ground'],
  },
  'incident.reported': { body: { category: 'theft', level: 2, lots: [LOT_1] }, required: ['/category', '/level'] },
  'incident.updated': { body: { incident: EVENT_1, status: 'closed' }, required: ['/incident', '/status'] },
  'origin.tested': {
    body: { lot: LOT_1, sample: 'S-17', sites: ['hill'], result: 'plausible' },
    required: ['/lot', '/sample', '/sites', '/result'],
  },
  'transit.checked': { body: { lots: [LOT_1] }, required: ['/lots'] },
  'stock.counted': {
    body: { place: { facility: 'depot' }, lots: [{ lot: LOT_1, mass: kilograms('48.6') }] },
    required: ['/place', '/place/facility', '/lots', '/lots/0/lot', '/lots/0/mass'],
  },
  'payment.recorded': { body: { kind: 'tax', payer: 'coop' }, required: ['/kind', '/payer'] },
  'event.corrected': {
    body: {
      event: EVENT_1,
      field: '/outputs/0/mass',
      was: kilograms('48.6'),
      is: kilograms('46.8'),
      reason: 'digits swapped',
    },
    required: ['/event', '/field', '/reason'],
  },
  'event.disputed': { body: { event: EVENT_1, ground: 'it never arrived' }, required: ['/event', '/ground'] },
  'event.settled': {
    body: { dispute: EVENT_1, settlement: 'withdrawn', reason: 'found in the other depot' },
    required: ['/dispute', '/settlement', '/reason'],
  },
  'finding.answered': {
    body: { finding: LOT_1, answer: 'explain', reason: 'the scale was recalibrated' },
    required: ['/finding', '/answer', '/reason'],
  },
  'data.erased': { body: { digests: [EVENT_1], ground: 'request of the person' }, required: ['/digests', '/ground'] },
};

/** A fresh copy of the minimal payload of a type, with claims changed or added; undefined takes one away. */
export const examplePayload = (type: EventTypeName, changes: Record<string, unknown> = {}): Record<string, unknown> => {
  const claims = { ...commonClaims, type, ...examples[type].body, ...changes };
  return structuredClone(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)));
};

/** An envelope that says `payload`; nobody signed it, which is not what these tests are about. */
export const envelopeOf = (payload: Record<string, unknown>, disclosures: string[] = []): Envelope => ({
  text: 'header.payload.signature~',
  jws: 'header.payload.signature',
  header: { alg: 'Ed25519', kid: KID, typ: 'custody-event+sd-jwt' },
  payload,
  signingInput: 'header.payload',
  signature: new Uint8Array(64),
  id: EVENT_2,
  disclosures,
});
