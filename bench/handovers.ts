import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { AditClient } from '../src/client/adit-client.js';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../src/core/event/build.js';

/** Signs events of one actor in advance, by the platform's signer, which is quicker than that of the clients. */
class Signatory {
  readonly signer: Signer;
  private readonly header: string;
  private readonly key;

  constructor(
    private readonly origin: string,
    readonly id: string,
  ) {
    const { signer, privateJwk } = generateSigner('Ed25519');
    this.key = createPrivateKey({ key: { ...privateJwk }, format: 'jwk' });
    this.signer = signer;
    const header = { alg: 'Ed25519', kid: signer.kid, typ: 'custody-event+sd-jwt' };
    this.header = Buffer.from(JSON.stringify(header)).toString('base64url');
  }

  /** Returns a signed event, its id, and the ids of the lots that it makes. */
  event(
    type: string,
    body: Record<string, unknown>,
    outputs: object[] = [],
  ): { text: string; id: string; lots: string[] } {
    const jti = randomBytes(16).toString('base64url');
    const lots = outputLotIds(this.origin, this.id, jti, outputs.length);
    const now = Date.now();
    const payload = {
      log: this.origin,
      type,
      iss: this.id,
      iat: Math.floor(now / 1_000),
      jti,
      occurredAt: new Date(now).toISOString(),
      ...body,
      ...(outputs.length === 0 ? {} : { outputs: outputs.map((output, i) => ({ lot: lots[i], ...output })) }),
    };
    const input = `${this.header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    const text = `${input}.${sign(null, Buffer.from(input), this.key).toString('base64url')}~`;
    return { text, id: createHash('sha256').update(input).digest('base64url'), lots };
  }
}

/** A ledger of so many traders, each with a site of its own, and chains of handovers among them. */
export class Handovers {
  private number = 0;

  private constructor(private readonly traders: readonly Signatory[]) {}

  /** Opens an empty ledger and registers the traders. */
  static async open(url: string, traders: number): Promise<Handovers> {
    const client = new AditClient(url);
    const { origin, logKey, serviceKey } = await client.ledger();
    const registrar = generateSigner('Ed25519').signer;
    const submit = async (type: string, body: object): Promise<void> => {
      const now = Date.now();
      const times = { iat: Math.floor(now / 1_000), occurredAt: new Date(now).toISOString() };
      const claims = { log: origin, type, iss: 'registrar', jti: randomToken(), ...times, ...body };
      await client.submit((await buildEvent(claims, registrar)).event);
    };
    await submit('ledger.opened', { logKey, serviceKey, registrar: { actor: 'registrar', key: registrar.jwk } });
    const made: Signatory[] = [];
    for (let i = 0; i < traders; i += 1) {
      const trader = new Signatory(origin, `trader${i}`);
      const possession = await buildPossession(origin, trader.id, trader.signer);
      const actor = { actor: trader.id, roles: ['miner', 'trader'], country: 'RW', key: trader.signer.jwk, possession };
      await submit('actor.registered', actor);
      await submit('site.registered', {
        site: `site${i}`,
        country: 'RW',
        operator: trader.id,
        minerals: ['cassiterite'],
        capacity: { workers: 100_000, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      });
      made.push(trader);
    }
    return new Handovers(made);
  }

  /** Returns the events of one lot in order: declared, then dispatched and received in turn, about 1,100 characters each. */
  chain(length: number): string[] {
    const first = this.number;
    this.number += 1;
    const by = (at: number): Signatory => this.traders[at % this.traders.length] as Signatory;
    const mass = { value: (45 + (first % 97) / 10).toFixed(1), uom: 'KGM' };
    const tag = `SYN-${randomBytes(6).toString('hex')}`;
    const output = {
      mineral: 'cassiterite',
      form: 'concentrate',
      mass,
      moisturePercent: '6.0',
      grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
      tags: [tag],
      packages: { kind: 'bag', count: 1 },
    };
    const place = { site: `site${first % this.traders.length}` };
    const declared = by(first).event('lot.declared', { place, method: 'handTools', pit: 'north-2' }, [output]);
    const [lot = ''] = declared.lots;
    const texts = [declared.text];
    for (let [at, prev] = [first, declared.id]; texts.length < length; at += 1) {
      const seals = [`SEAL-${randomBytes(5).toString('hex')}`, `SEAL-${randomBytes(5).toString('hex')}`];
      const sent = by(at).event('custody.dispatched', {
        to: by(at + 1).id,
        mode: 'truck',
        vehicle: `RAB ${100 + (at % 900)} C`,
        route: 'Rutongo, Musasa, Nyacyonga, Kigali, Magerwa warehouse',
        seals,
        documents: [{ kind: 'waybill', number: `WB-${randomBytes(6).toString('hex')}` }],
        lots: [{ lot, prev, mass }],
      });
      const received = by(at + 1).event('custody.received', {
        from: by(at).id,
        seals,
        sealState: 'intact',
        lots: [{ lot, prev: sent.id, mass }],
      });
      texts.push(sent.text, received.text);
      prev = received.id;
    }
    return texts.slice(0, length);
  }
}
