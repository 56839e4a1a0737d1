import { type KeyObject, createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { AditClient } from '../src/client/adit-client.js';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../src/core/event/build.js';

/** A signed event, its id, and the ids of the lots that it makes. */
export interface SignedEvent {
  text: string;
  id: string;
  lots: string[];
}

/** Signs events of one actor in advance, by the platform's signer, which is quicker than that of the clients. */
export class Signatory {
  readonly signer: Signer;
  private readonly header: string;
  private readonly key: KeyObject;

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
  event(type: string, body: Record<string, unknown>, outputs: object[] = []): SignedEvent {
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

/** A ledger that is open, and its registrar. */
export class OpenedLedger {
  private constructor(
    readonly origin: string,
    private readonly client: AditClient,
    private readonly registrar: Signer,
  ) {}

  /** Opens the empty ledger of a service. */
  static async open(url: string): Promise<OpenedLedger> {
    const client = new AditClient(url);
    const { origin, logKey, serviceKey } = await client.ledger();
    const ledger = new OpenedLedger(origin, client, generateSigner('Ed25519').signer);
    const registrar = { actor: 'registrar', key: ledger.registrar.jwk };
    await ledger.submit('ledger.opened', { logKey, serviceKey, registrar });
    return ledger;
  }

  /** Submits an event of the registrar. */
  private async submit(type: string, body: object): Promise<void> {
    const now = Date.now();
    const times = { iat: Math.floor(now / 1_000), occurredAt: new Date(now).toISOString() };
    const claims = { log: this.origin, type, iss: 'registrar', jti: randomToken(), ...times, ...body };
    await this.client.submit((await buildEvent(claims, this.registrar)).event);
  }

  /** Registers an actor with a new key. */
  async register(actor: string, roles: readonly string[]): Promise<Signatory> {
    const signatory = new Signatory(this.origin, actor);
    const key = signatory.signer.jwk;
    const possession = await buildPossession(this.origin, actor, signatory.signer);
    await this.submit('actor.registered', { actor, roles, country: 'RW', key, possession });
    return signatory;
  }

  /** Registers a site; with workers its capacity is known, at 40 kg a worker and month. */
  registerSite(site: string, operator: string, workers?: number): Promise<void> {
    const capacity =
      workers === undefined ? {} : { capacity: { workers, kilogramsPerWorkerMonth: { cassiterite: '40' } } };
    return this.submit('site.registered', { site, country: 'RW', operator, minerals: ['cassiterite'], ...capacity });
  }
}
