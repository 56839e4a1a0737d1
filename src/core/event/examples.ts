import type { Signers } from './types/event-type.js';
import { type EventTypeName, eventTypes } from './types/index.js';

/**
 * One example event of each type as data, for documentation and tests. Ids, keys and digests are those of docs/vectors
 * and of RFC 8037; lots in `outputs` have the ids that follow from `exampleClaims`.
 */

const exampleKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
const KID = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';
const VKEY = 'example.org/tin+530eaa4c+AdZ/6P4fo3nU+0f4w1FnPZhpvAdQCzT4bF4U6fCzJyAV';
const EVENT_1 = 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs';
const EVENT_2 = 'PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0';
const LOT_1 = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c01';
const LOT_2 = '3f0c2a9e-5b7d-8c41-9a10-6e2f4d8b7c02';
/** `lotId` of the claims below, outputs 0 and 1 (docs/vectors/lot-ids.json). */
const OUTPUT_0 = '8212f78d-47c2-89b7-9c21-82d5bf4a232c';
const OUTPUT_1 = '0d8be85f-3089-88b8-9a7b-4eea9e2a2e46';
/** A JWS of the right shape; its signature is not valid. */
const JWS = `eyJhbGciOiJFZDI1NTE5In0.e30.${'A'.repeat(86)}`;

/** Claims common to all examples. */
export const exampleClaims = {
  log: 'example.org/tin',
  iss: 'coop',
  iat: 1778566200,
  jti: 'V1StGXR8_Z5jdHi6B-myTg',
  occurredAt: '2026-05-12T08:10:00+02:00',
} as const;

const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });
const extended = { lot: LOT_1, prev: EVENT_1 };

/** Claims of each type besides the common ones. */
export const exampleBodies: Readonly<Record<EventTypeName, Record<string, unknown>>> = {
  'ledger.opened': { logKey: VKEY, serviceKey: exampleKey, registrar: { actor: 'registrar', key: exampleKey } },
  'ledger.updated': { admissionVersion: 2 },
  'actor.registered': { actor: 'coop', roles: ['miner'], country: 'RW', key: exampleKey, possession: JWS },
  'actor.statusChanged': { actor: 'coop', status: 'suspended' },
  'actor.related': { actor: 'coop', other: 'trader' },
  'key.added': { actor: 'coop', key: exampleKey, possession: JWS },
  'key.revoked': { actor: 'coop', kid: KID, reason: 'lost' },
  'site.registered': { site: 'hill', country: 'RW', operator: 'coop', minerals: ['cassiterite'] },
  'site.updated': { site: 'hill', operator: 'coop-2' },
  'site.inspected': { site: 'hill', date: '2026-02-01', certification: 1, activity: 0 },
  'tags.issued': { series: 'SYN-M-', from: 4411, to: 4500, site: 'hill' },
  'tags.voided': { tags: ['SYN-M-4411'], reason: 'lost' },
  'vehicle.registered': { vehicle: 'SYN-V-12', mode: 'truck' },
  'facility.registered': { facility: 'depot', kind: 'warehouse', country: 'RW' },
  'index.sealed': { iss: 'ledger', size: 7, root: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
  'log.clock': { iss: 'ledger', occurredAt: '2026-05-12T06:10:02.000Z' },
  'event.refused': { iss: 'ledger', event: EVENT_1, jws: EVENT_2, code: 'not-holder', signer: 'trader', lots: [LOT_1] },
  'lot.declared': {
    place: { site: 'hill' },
    outputs: [{ lot: OUTPUT_0, mineral: 'cassiterite', form: 'concentrate', mass: kilograms('48.6') }],
  },
  'lot.measured': { lots: [{ ...extended, mass: kilograms('48.4') }] },
  'lot.sealed': { lots: [{ ...extended, tagsOn: ['SYN-M-4411'] }] },
  'custody.dispatched': { to: 'trader', lots: [extended] },
  'custody.received': { from: 'coop', lots: [{ ...extended, mass: kilograms('48.5') }] },
  'custody.recalled': { lots: [extended], reason: 'never arrived' },
  'lot.aggregated': {
    inputs: [extended, { lot: LOT_2, prev: EVENT_2 }],
    outputs: [{ lot: OUTPUT_0, mass: kilograms('99.8') }],
  },
  'lot.split': {
    inputs: [extended],
    outputs: [
      { lot: OUTPUT_0, mass: kilograms('60') },
      { lot: OUTPUT_1, mass: kilograms('39.8') },
    ],
  },
  'lot.processed': {
    process: 'gravity',
    inputs: [extended],
    outputs: [{ lot: OUTPUT_0, form: 'concentrate', mass: kilograms('27.4') }],
  },
  'lot.exported': { lots: [extended] },
  'lot.imported': { lots: [extended] },
  'lot.closed': { lots: [extended], reason: 'stolen' },
  'event.endorsed': { events: [EVENT_1] },
  'lot.held': { lots: [LOT_1], ground: 'seizure' },
  'lot.released': { lots: [LOT_1], ground: 'seizure' },
  'assay.certified': {
    lot: LOT_1,
    sample: 'S-1',
    grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
  },
  'certificate.issued': {
    serial: 'RW-2026-17',
    exporter: 'kigali-export',
    lots: [LOT_1],
    mass: kilograms('24240'),
    originCountries: ['RW'],
    issuedOn: '2026-07-01',
    expiresOn: '2026-09-29',
  },
  'certificate.revoked': { serial: 'RW-2026-17', reason: 'wrong mass' },
  'custody.assigned': { to: 'coop', lots: [extended], ground: 'returned to its owner by the court of Rubavu' },
  'incident.reported': { category: 'theft', level: 2, lots: [LOT_1] },
  'incident.updated': { incident: EVENT_1, status: 'closed' },
  'origin.tested': { lot: LOT_1, sample: 'S-17', sites: ['hill'], result: 'plausible' },
  'transit.checked': { lots: [LOT_1] },
  'stock.counted': { place: { facility: 'depot' }, lots: [{ lot: LOT_1, mass: kilograms('48.6') }] },
  'payment.recorded': { kind: 'tax', payer: 'coop' },
  'event.corrected': {
    event: EVENT_1,
    field: '/outputs/0/mass',
    was: kilograms('48.6'),
    is: kilograms('46.8'),
    reason: 'digits swapped',
  },
  'event.disputed': { event: EVENT_1, ground: 'it never arrived' },
  'event.settled': { dispute: EVENT_1, settlement: 'withdrawn', reason: 'found in the other depot' },
  'finding.answered': { finding: LOT_1, answer: 'explain', reason: 'the scale was recalibrated' },
  'grant.given': { to: 'auditor', until: '2026-12-31T00:00:00Z' },
  'grant.withdrawn': { grant: EVENT_1 },
  'data.erased': { digests: [EVENT_1], ground: 'request of the person' },
};

/** Returns an actor that may sign the type. */
function exampleIssuer(signers: Signers | undefined): string {
  if (signers?.by === 'role') return signers.roles[0] ?? exampleClaims.iss;
  if (signers?.by === 'opener' || signers?.by === 'rootRegistrar') return 'registrar';
  return signers?.by === 'receiver' ? 'trader' : exampleClaims.iss;
}

/**
 * Returns a fresh copy of the example of a type.
 * @example exampleEvent('lot.declared').iss // 'coop'
 */
export const exampleEvent = (type: EventTypeName): Record<string, unknown> =>
  structuredClone({
    ...exampleClaims,
    iss: exampleIssuer(eventTypes.get(type)?.signers),
    type,
    ...exampleBodies[type],
  });
