import { createHash, randomBytes } from 'node:crypto';
import {
  CompactSign,
  type CryptoKey,
  type JWK,
  calculateJwkThumbprint,
  exportJWK,
  importPKCS8,
  importSPKI,
} from 'jose';
import { newPemPair } from './key-pair.js';

/**
 * A client written from the contract alone (protocol.md, wire.md), with jose and fetch and none of Adit's code: what it
 * can do, a stranger can.
 */
export interface OutsideKey {
  kid: string;
  jwk: JWK;
  privateKey: CryptoKey;
  alg: 'Ed25519' | 'ES256';
}

export type Body = Record<string, unknown>;

const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

export async function outsideKey(alg: OutsideKey['alg'] = 'Ed25519'): Promise<OutsideKey> {
  const pair = newPemPair(alg);
  const { kty, crv, x, y } = await exportJWK(await importSPKI(pair.publicKey, alg, { extractable: true }));
  const privateKey = await importPKCS8(pair.privateKey, alg, { extractable: true });
  const jwk = (y === undefined ? { kty, crv, x } : { kty, crv, x, y }) as JWK;
  return { kid: await calculateJwkThumbprint(jwk), jwk, privateKey, alg };
}

/** ES256 signers replace S by n − S when it is high. */
function lowS(jws: string): string {
  const [header, payload, signature = ''] = jws.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  if (s * 2n <= P256_ORDER) return jws;
  const low = Buffer.from((P256_ORDER - s).toString(16).padStart(64, '0'), 'hex');
  return `${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), low]).toString('base64url')}`;
}

export async function signCompact(payload: Body, typ: string, key: OutsideKey): Promise<string> {
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ })
    .sign(key.privateKey);
  return key.alg === 'ES256' ? lowS(jws) : jws;
}

export const eventIdOf = (event: string): string => {
  const [header, payload] = event.split('.');
  return createHash('sha256').update(`${header}.${payload}`).digest('base64url');
};

export function lotIdOf(log: string, iss: string, jti: string, output: number): string {
  const bytes = createHash('sha256').update([log, iss, jti, output].join('\0')).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface Answer {
  status: number;
  body: Body;
}

/** One actor with its key, and the log it speaks to. */
export class OutsideActor {
  constructor(
    readonly base: string,
    readonly log: string,
    readonly id: string,
    readonly key: OutsideKey,
  ) {}

  /** Signs one event; outputs whose `lot` is null get their derived ids. */
  async sign(type: string, claims: Body, common: Body = {}): Promise<{ event: string; id: string; lots: string[] }> {
    const jti = randomBytes(16).toString('base64url');
    const outputs = (claims.outputs as Body[] | undefined)?.map((output, i) => ({
      ...output,
      lot: output.lot ?? lotIdOf(this.log, this.id, jti, i),
    }));
    const payload = {
      log: this.log,
      type,
      iss: this.id,
      iat: Math.floor(Date.now() / 1000),
      jti,
      occurredAt: new Date().toISOString(),
      ...common,
      ...claims,
      ...(outputs === undefined ? {} : { outputs }),
    };
    const event = `${await signCompact(payload, 'custody-event+sd-jwt', this.key)}~`;
    return { event, id: eventIdOf(event), lots: (outputs ?? []).map(({ lot }) => lot as string) };
  }

  async possession(actor: string, key: OutsideKey): Promise<string> {
    return signCompact({ log: this.log, actor, kid: key.kid }, 'key-possession+jwt', key);
  }

  /** Signs and posts; gives the answer with the event's id and the lots it creates. */
  async record(
    type: string,
    claims: Body,
    common: Body = {},
  ): Promise<Answer & { id: string; lots: string[]; event: string }> {
    const signed = await this.sign(type, claims, common);
    return { ...(await post(this.base, signed.event)), ...signed };
  }

  /** As `record`, but anything but 201 is thrown. */
  async must(
    type: string,
    claims: Body,
    common: Body = {},
  ): Promise<{ id: string; lots: string[]; event: string; body: Body }> {
    const answer = await this.record(type, claims, common);
    if (answer.status !== 201) throw new Error(`${type}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  async register(
    id: string,
    roles: string[],
    country = 'RW',
    alg: OutsideKey['alg'] = 'Ed25519',
  ): Promise<OutsideActor> {
    const key = await outsideKey(alg);
    const possession = await this.possession(id, key);
    await this.must('actor.registered', { actor: id, roles, country, key: key.jwk, possession });
    return new OutsideActor(this.base, this.log, id, key);
  }
}

export async function post(base: string, event: string): Promise<Answer> {
  const response = await fetch(`${base}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

/** Asks once more where the service closed an idle connection at the moment when it was used again. */
export const fetchAgain = (url: string): Promise<Response> => fetch(url).catch(() => fetch(url));

export async function get(base: string, path: string): Promise<Answer> {
  const response = await fetchAgain(`${base}${path}`);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: json ? (JSON.parse(text) as Body) : { text } };
}

/** Opens a ledger as its registrar. */
export async function openAsRegistrar(base: string): Promise<OutsideActor> {
  const { body } = await get(base, '/v1/ledger');
  const key = await outsideKey();
  const registrar = new OutsideActor(base, body.origin as string, 'registrar', key);
  await registrar.must('ledger.opened', {
    logKey: body.logKey,
    serviceKey: body.serviceKey,
    registrar: { actor: 'registrar', key: key.jwk },
  });
  return registrar;
}
