import type { Envelope } from '../../src/core/event/envelope.js';
import { exampleBodies, exampleClaims } from '../../src/core/event/examples.js';
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
export const EVENT_1 = 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs';
export const EVENT_2 = 'PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0';
/** The thumbprint of the public key of RFC 8037, Appendix A.3. */
export const KID = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

export const commonClaims = exampleClaims;

const chain = ['/lots', '/lots/0/lot', '/lots/0/prev'];
const transformed = ['/inputs', '/inputs/0/lot', '/inputs/0/prev', '/outputs', '/outputs/0/lot', '/outputs/0/mass'];

const required: Record<EventTypeName, string[]> = {
  'ledger.opened': ['/logKey', '/serviceKey', '/registrar', '/registrar/actor', '/registrar/key'],
  'ledger.updated': [],
  'actor.registered': ['/actor', '/roles', '/country', '/key', '/possession'],
  'actor.statusChanged': ['/actor', '/status'],
  'actor.related': ['/actor'],
  'key.added': ['/actor', '/key', '/possession'],
  'key.revoked': ['/actor', '/kid', '/reason'],
  'site.registered': ['/site', '/country', '/operator', '/minerals'],
  'site.updated': ['/site'],
  'site.inspected': ['/site', '/date', '/certification', '/activity'],
  'tags.issued': ['/series', '/from', '/to', '/site'],
  'tags.voided': ['/tags', '/reason'],
  'vehicle.registered': ['/vehicle', '/mode'],
  'facility.registered': ['/facility', '/kind', '/country'],
  'index.sealed': ['/size', '/root'],
  'log.clock': [],
  'event.refused': ['/event', '/jws', '/code', '/signer', '/lots'],
  'lot.declared': [
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
  'lot.measured': chain,
  'lot.sealed': chain,
  'custody.dispatched': ['/to', ...chain],
  'custody.received': ['/from', ...chain, '/lots/0/mass'],
  'custody.recalled': [...chain, '/reason'],
  'lot.aggregated': transformed,
  'lot.split': transformed,
  'lot.processed': ['/process', ...transformed, '/outputs/0/form'],
  'lot.exported': chain,
  'lot.imported': chain,
  'lot.closed': [...chain, '/reason'],
  'event.endorsed': ['/events'],
  'lot.held': ['/lots', '/ground'],
  'lot.released': ['/lots', '/ground'],
  'assay.certified': [
    '/lot',
    '/sample',
    '/grades',
    '/grades/0/analyte',
    '/grades/0/value',
    '/grades/0/uom',
    '/grades/0/basis',
  ],
  'certificate.issued': ['/serial', '/exporter', '/lots', '/mass', '/originCountries', '/issuedOn', '/expiresOn'],
  'certificate.revoked': ['/serial', '/reason'],
  'custody.assigned': ['/to', ...chain, '/ground'],
  'incident.reported': ['/category', '/level'],
  'incident.updated': ['/incident', '/status'],
  'origin.tested': ['/lot', '/sample', '/sites', '/result'],
  'transit.checked': ['/lots'],
  'stock.counted': ['/place', '/place/facility', '/lots', '/lots/0/lot', '/lots/0/mass'],
  'payment.recorded': ['/kind', '/payer'],
  'event.corrected': ['/event', '/field', '/reason'],
  'event.disputed': ['/event', '/ground'],
  'event.settled': ['/dispute', '/settlement', '/reason'],
  'finding.answered': ['/finding', '/answer', '/reason'],
  'grant.given': ['/to', '/until'],
  'grant.withdrawn': ['/grant'],
  'data.erased': ['/digests', '/ground'],
};

export const examples = Object.fromEntries(
  Object.entries(exampleBodies).map(([type, body]) => [type, { body, required: required[type as EventTypeName] }]),
) as Record<EventTypeName, Example>;

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
