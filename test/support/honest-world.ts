import { KeyObject, randomBytes, sign } from 'node:crypto';
import {
  type Body,
  type OutsideActor,
  type OutsideKey,
  eventIdOf,
  get,
  lotIdOf,
  openAsRegistrar,
} from './outside-client.js';
import { readEntryBundle } from './independent-log.js';

/** An event as it is sent, with its id and the lots it creates. */
export interface SignedEvent {
  event: string;
  id: string;
  lots: string[];
}

const kilograms = (value: string): Body => ({ value, uom: 'KGM' });
const tin = (mass: string): Body => ({ mineral: 'cassiterite', form: 'concentrate', mass: kilograms(mass) });

/** Signs with the platform's own Ed25519, without a promise for each: many events are signed in a fault test. */
function signFast(log: string, actor: string, key: OutsideKey, type: string, claims: Body): SignedEvent {
  const jti = randomBytes(16).toString('base64url');
  const outputs = (claims.outputs as Body[] | undefined)?.map((output, i) => ({
    ...output,
    lot: lotIdOf(log, actor, jti, i),
  }));
  const payload = {
    log,
    type,
    iss: actor,
    iat: Math.floor(Date.now() / 1000),
    jti,
    occurredAt: new Date().toISOString(),
    ...claims,
    ...(outputs === undefined ? {} : { outputs }),
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
  const input = `${part({ alg: 'Ed25519', kid: key.kid, typ: 'custody-event+sd-jwt' })}.${part(payload)}`;
  const signature = sign(null, Buffer.from(input, 'ascii'), KeyObject.from(key.privateKey)).toString('base64url');
  const event = `${input}.${signature}~`;
  return { event, id: eventIdOf(event), lots: (outputs ?? []).map(({ lot }) => lot) };
}

/** An open ledger with a miner and traders who know the ids of their events before they send them. */
export class HonestWorld {
  private constructor(
    readonly registrar: OutsideActor,
    readonly actors: Record<string, OutsideActor>,
    /** What is in the log after that, in order. */
    readonly setUp: readonly SignedEvent[],
  ) {}

  /**
   * Opens the ledger with actors `coop`, `trader`, `rival` and `plant`, and the site `hill`.
   * @param shown waits until readers see what was recorded, where that takes witnesses.
   */
  static async open(base: string, shown: () => Promise<void> = () => Promise.resolve()): Promise<HonestWorld> {
    const registrar = await openAsRegistrar(base);
    const actors: Record<string, OutsideActor> = { registrar };
    const roles = { coop: ['miner'], trader: ['trader'], rival: ['trader'], plant: ['processor', 'exporter'] };
    for (const [id, own] of Object.entries(roles)) actors[id] = await registrar.register(id, own);
    await registrar.must('site.registered', {
      site: 'hill',
      country: 'RW',
      operator: 'coop',
      minerals: ['cassiterite'],
    });
    await shown();
    return new HonestWorld(registrar, actors, await recordedSoFar(base));
  }

  actor(id: string): OutsideActor {
    const actor = this.actors[id];
    if (actor === undefined) throw new Error(`there is no actor ${id}`);
    return actor;
  }

  sign(by: string, type: string, claims: Body): SignedEvent {
    const { log, id, key } = this.actor(by);
    return signFast(log, id, key, type, claims);
  }

  declare(lots = 1): SignedEvent {
    const outputs = Array.from({ length: lots }, () => tin('50'));
    return this.sign('coop', 'lot.declared', { place: { site: 'hill' }, outputs });
  }

  dispatch(from: string, to: string, lot: string, prev: string): SignedEvent {
    return this.sign(from, 'custody.dispatched', { to, lots: [{ lot, prev }] });
  }

  /** Five events of one honest chain: declared, sent, received, split, sent on. */
  chain(): SignedEvent[] {
    const declared = this.declare();
    const [lot = ''] = declared.lots;
    const sent = this.dispatch('coop', 'trader', lot, declared.id);
    const received = this.sign('trader', 'custody.received', {
      from: 'coop',
      lots: [{ lot, prev: sent.id, mass: kilograms('49.9') }],
    });
    const parted = this.sign('trader', 'lot.split', {
      inputs: [{ lot, prev: received.id }],
      outputs: [{ mass: kilograms('30') }, { mass: kilograms('19.9') }],
    });
    const onward = this.dispatch('trader', 'plant', parted.lots[0] ?? '', parted.id);
    return [declared, sent, received, parted, onward];
  }

  /** A batch of `size` events of honest chains, in an order that admits each. */
  batch(size = 20): SignedEvent[] {
    const events: SignedEvent[] = [];
    while (events.length < size) events.push(...this.chain());
    return events.slice(0, size);
  }
}

/** The first entries of the log as its entry bundle shows them. */
async function recordedSoFar(base: string): Promise<SignedEvent[]> {
  const { body } = await get(base, '/v1/ledger');
  const response = await fetch(`${base}/log/tile/entries/000.p/${String(body.size)}`);
  if (response.status !== 200) throw new Error(`no entry bundle: ${response.status}`);
  return readEntryBundle(Buffer.from(await response.arrayBuffer())).map((jws) => ({
    event: `${jws}~`,
    id: eventIdOf(jws),
    lots: [],
  }));
}
