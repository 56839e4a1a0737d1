import { type KeyObject, createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { AditClient } from '../../src/client/adit-client.js';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../../src/core/event/build.js';

/** Signs events of many cooperatives with a site each and one trader in advance, with the platform's signer. */

interface Actor {
  id: string;
  signer: Signer;
  header: string;
  key: KeyObject;
}

/** A lot with the data that its next event needs. */
export interface LotHead {
  lot: string;
  head: string;
}

export interface Signed {
  text: string;
  id: string;
  lots: LotHead[];
}

const kilograms = (value: string): { value: string; uom: string } => ({ value, uom: 'KGM' });

function newActor(id: string): Actor {
  const { signer: made, privateJwk } = generateSigner('Ed25519');
  const { kid, jwk } = made;
  const part = JSON.stringify({ alg: 'Ed25519', kid, typ: 'custody-event+sd-jwt' });
  const key = createPrivateKey({ key: { ...privateJwk }, format: 'jwk' });
  const signer: Signer = { kid, alg: 'Ed25519', jwk, sign: (data) => Promise.resolve(sign(null, data, key)) };
  return { id, signer, header: Buffer.from(part).toString('base64url'), key };
}

export class Chains {
  private constructor(
    private readonly origin: string,
    readonly coops: readonly Actor[],
    readonly trader: Actor,
  ) {}

  static async open(url: string, sites: number): Promise<Chains> {
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
    const register = async (id: string, role: string): Promise<Actor> => {
      const actor = newActor(id);
      const possession = await buildPossession(origin, id, actor.signer);
      await submit('actor.registered', { actor: id, roles: [role], country: 'RW', key: actor.signer.jwk, possession });
      return actor;
    };
    const trader = await register('trader', 'trader');
    const coops: Actor[] = [];
    for (let i = 0; i < sites; i += 1) {
      const coop = await register(`coop${i}`, 'miner');
      await submit('site.registered', {
        site: `site${i}`,
        country: 'RW',
        operator: coop.id,
        minerals: ['cassiterite'],
        capacity: { workers: 100_000, kilogramsPerWorkerMonth: { cassiterite: '40' } },
      });
      coops.push(coop);
    }
    return new Chains(origin, coops, trader);
  }

  private event(by: Actor, type: string, body: Record<string, unknown>): Signed {
    const jti = randomBytes(16).toString('base64url');
    const outputs = body.outputs as object[] | undefined;
    const ids = outputLotIds(this.origin, by.id, jti, outputs?.length ?? 0);
    const now = Date.now();
    const payload = {
      log: this.origin,
      type,
      iss: by.id,
      iat: Math.floor(now / 1_000),
      jti,
      occurredAt: new Date(now).toISOString(),
      ...body,
      ...(outputs === undefined ? {} : { outputs: outputs.map((output, i) => ({ lot: ids[i], ...output })) }),
    };
    const input = `${by.header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    const id = createHash('sha256').update(input).digest('base64url');
    const named = [...((body.lots ?? []) as { lot: string }[]).map(({ lot }) => lot), ...ids];
    const text = `${input}.${sign(null, Buffer.from(input), by.key).toString('base64url')}~`;
    return { text, id, lots: named.map((lot) => ({ lot, head: id })) };
  }

  /** Declares one bag of some 50 kg at the site of the cooperative of that number, by default with a tag of its own. */
  declare(number: number, tag = `SYN-${randomBytes(6).toString('hex')}`): Signed {
    const at = number % this.coops.length;
    return this.event(this.coops[at] as Actor, 'lot.declared', {
      place: { site: `site${at}` },
      device: 'phone',
      seq: Math.floor(number / this.coops.length) + 1,
      outputs: [
        {
          mineral: 'cassiterite',
          form: 'concentrate',
          mass: kilograms((45 + (number % 97) / 10).toFixed(1)),
          moisturePercent: '6.0',
          grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry' }],
          tags: [tag],
        },
      ],
    });
  }

  /** Declares that a cooperative's key was compromised from the first entry on. */
  compromised(number: number): Signed {
    const { id, signer, ...coop } = this.coops[number % this.coops.length] as Actor;
    const body = { actor: id, kid: signer.kid, reason: 'stolen', compromisedSince: 0 };
    return this.event({ id, signer, ...coop }, 'key.revoked', body);
  }

  dispatch(number: number, { lot, head }: LotHead): Signed {
    const coop = this.coops[number % this.coops.length] as Actor;
    return this.event(coop, 'custody.dispatched', { to: 'trader', mode: 'truck', lots: [{ lot, prev: head }] });
  }

  receive(number: number, { lot, head }: LotHead, mass: string): Signed {
    const from = `coop${number % this.coops.length}`;
    return this.event(this.trader, 'custody.received', { from, lots: [{ lot, prev: head, mass: kilograms(mass) }] });
  }

  /** Aggregates lots of one cooperative. */
  aggregate(number: number, inputs: readonly LotHead[], mass: string): Signed {
    const coop = this.coops[number % this.coops.length] as Actor;
    return this.event(coop, 'lot.aggregated', {
      inputs: inputs.map(({ lot, head }) => ({ lot, prev: head })),
      outputs: [{ mass: kilograms(mass) }],
    });
  }
}
