import { type Admission, type Identity, admit } from '../../src/core/custody/admit.js';
import { kilograms as inKilograms } from '../../src/core/custody/quantity.js';
import { type LedgerView, type Lot, emptyView } from '../../src/core/custody/view.js';
import { type Signer, generateSigner, outputLotIds } from '../../src/core/event/build.js';
import { type AditEvent, readEvent } from '../../src/core/event/event.js';
import { eventId } from '../../src/core/event/ids.js';
import { references } from '../../src/core/event/references.js';
import { vkey } from '../../src/core/log/note.js';
import { castKey } from './cast-keys.js';

export const LOG = 'example.org/tin';
/** A verifier key of the right form for a log of that name. */
export const logKeyOf = (origin: string): string =>
  vkey(origin, Buffer.from(generateSigner('Ed25519').signer.jwk.x, 'base64url'));

/** The log's key in every ledger in memory: nothing is signed with it. */
const OWN_LOG_KEY = logKeyOf(LOG);
const START = Date.parse('2026-05-12T06:00:00Z');
export const HOUR = 3_600_000;

export const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });
export const tin = (value: string, more: object = {}): object => ({
  mineral: 'cassiterite',
  form: 'concentrate',
  mass: kilograms(value),
  ...more,
});

export interface EventDraft {
  event: AditEvent;
  admission: Admission;
  lots: readonly string[];
}

type Body = Record<string, unknown>;

/** Types that name lots without extending their chains. */
const NAMING = new Set([
  'lot.held',
  'lot.released',
  'certificate.issued',
  'event.refused',
  'incident.reported',
  'transit.checked',
  'payment.recorded',
  'stock.counted',
]);

/**
 * A ledger in memory, of admission alone: events have the shape of their types and are judged by `admit`, and nothing
 * is signed, because admission judges what has been verified.
 */
export class CoreLedger {
  readonly view: LedgerView = emptyView(LOG);
  /** What was admitted, in order. */
  readonly entries: AditEvent[] = [];
  readonly service = castKey('the service');
  readonly signers = new Map<string, Signer>();
  readonly identity: Identity;
  private number = 0;
  private time = START;

  /** @param ready keys that the service has besides those that it opens with */
  constructor(ready: Pick<Identity, 'logKeys' | 'serviceKids'> = { logKeys: [], serviceKids: [] }) {
    this.identity = {
      logKeys: [OWN_LOG_KEY, ...ready.logKeys],
      serviceKids: [this.service.kid, ...ready.serviceKids],
      registrarKid: null,
    };
  }

  /** Open, with a registrar, an authority, a miner, two traders, a plant and a site. */
  static opened(ready?: Pick<Identity, 'logKeys' | 'serviceKids'>): CoreLedger {
    const ledger = new CoreLedger(ready);
    ledger.open();
    ledger.register('agent', ['authority']);
    ledger.register('coop', ['miner']);
    ledger.register('trader', ['trader']);
    ledger.register('rival', ['trader']);
    ledger.register('abroad', ['trader'], 'TZ');
    ledger.register('plant', ['processor', 'exporter']);
    ledger.must('registrar', 'site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    return ledger;
  }

  open(more: Body = {}): EventDraft {
    const key = this.key('registrar').jwk;
    return this.tell('registrar', 'ledger.opened', {
      logKey: this.identity.logKeys[0],
      serviceKey: this.service.jwk,
      registrar: { actor: 'registrar', key },
      ...more,
    });
  }

  key(actor: string): Signer {
    const known = this.signers.get(actor) ?? castKey(actor);
    this.signers.set(actor, known);
    return known;
  }

  register(actor: string, roles: string[], country = 'RW'): EventDraft {
    const { jwk } = this.key(actor);
    return this.must('registrar', 'actor.registered', {
      actor,
      roles,
      country,
      key: jwk,
      possession: `e30.e30.${'A'.repeat(86)}`,
    });
  }

  /** The log's time moves, and `log.clock` says so. */
  clock(milliseconds: number): EventDraft {
    this.time += milliseconds;
    return this.must('ledger', 'log.clock', {}, this.service.kid, new Date(this.time).toISOString());
  }

  /** An event as it would be read; `prev` and ids of outputs are filled in. */
  event(
    by: string,
    type: string,
    body: Body,
    kid = this.key(by).kid,
    occurredAt = new Date(this.time).toISOString(),
  ): AditEvent {
    this.number += 1;
    const jti = String(this.number).padStart(22, '0');
    const payload: Body = { log: LOG, type, iss: by, iat: Math.floor(this.time / 1000), jti, occurredAt, ...body };
    for (const member of ['lots', 'inputs'])
      if (Array.isArray(payload[member]))
        payload[member] = payload[member].map((item: unknown) => this.linked(type, item));
    if (Array.isArray(payload.outputs)) {
      const ids = outputLotIds(LOG, by, jti, payload.outputs.length);
      payload.outputs = payload.outputs.map((output: object, i) => ({ lot: ids[i], ...output }));
    }
    const signingInput = JSON.stringify(payload);
    const envelope = {
      text: '',
      jws: '',
      id: eventId(signingInput),
      header: { alg: 'Ed25519', kid, typ: 'custody-event+sd-jwt' } as const,
      payload,
      signingInput,
      signature: new Uint8Array(64),
      disclosures: [],
    };
    return readEvent(envelope, LOG);
  }

  judge(event: AditEvent): Admission {
    const admission = admit(event, this.view, this.identity);
    if (admission.outcome === 'admitted') this.entries.push(event);
    return admission;
  }

  tell(by: string, type: string, body: Body, kid?: string, occurredAt?: string): EventDraft {
    const event = this.event(by, type, body, kid, occurredAt);
    return { event, admission: this.judge(event), lots: references(event).outputs };
  }

  /** Throws where the event is not admitted. */
  must(by: string, type: string, body: Body, kid?: string, occurredAt?: string): EventDraft {
    const told = this.tell(by, type, body, kid, occurredAt);
    if (told.admission.outcome === 'refused') throw told.admission.error;
    if (told.admission.outcome === 'waiting') throw new Error(`waits for ${told.admission.missing.join()}`);
    return told;
  }

  /** A lot declared by `coop` at `hill`. */
  declare(mass = '48.6', more: object = {}): string {
    return this.must('coop', 'lot.declared', { place: { site: 'hill' }, outputs: [tin(mass, more)] }).lots[0] as string;
  }

  dispatch(by: string, to: string, lots: string[], more: Body = {}): EventDraft {
    return this.must(by, 'custody.dispatched', { to, lots, ...more });
  }

  receive(by: string, from: string, lots: string[], mass?: string): EventDraft {
    const weighed = lots.map((lot) => ({ lot, mass: mass === undefined ? this.massOf(lot) : kilograms(mass) }));
    return this.must(by, 'custody.received', { from, lots: weighed });
  }

  /** A lot that `holder` has received from the mine. */
  heldBy(holder: string, mass = '48.6', more: object = {}): string {
    const lot = this.declare(mass, more);
    this.dispatch('coop', holder, [lot]);
    this.receive(holder, 'coop', [lot]);
    return lot;
  }

  lot(id: string): Lot {
    const lot = this.view.lots.get(id);
    if (lot === undefined) throw new Error(`there is no lot ${id}`);
    return lot;
  }

  private massOf(id: string): { value: string; uom: string } {
    return inKilograms(this.lot(id).mass);
  }

  private linked(type: string, item: unknown): unknown {
    if (NAMING.has(type)) return item;
    const named = typeof item === 'string' ? { lot: item } : (item as { lot: string });
    return { prev: this.view.lots.get(named.lot)?.head ?? 'A'.repeat(43), ...named };
  }
}

/** What became of it, short: `admitted`, the code of the refusal with the first pointer, or what it waits for. */
export function outcomeOf(admission: Admission): string {
  if (admission.outcome === 'waiting') return `waiting ${admission.missing.length}`;
  if (admission.outcome === 'admitted') return 'admitted';
  const { code, errors } = admission.error;
  return [code, errors[0]?.pointer, admission.evidence ? 'evidence' : undefined]
    .filter((part) => part !== undefined)
    .join(' ');
}
