import { type KeyObject, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { AditClient } from '../src/client/adit-client.js';
import {
  type Signer,
  buildEvent,
  buildPossession,
  generateSigner,
  outputLotIds,
  randomToken,
} from '../src/core/event/build.js';

/** Actors and a site on a running ledger, and signed declarations, made in advance. */
export interface World {
  origin: string;
  /** Signs `count` declarations of one bag each. */
  declarations(count: number): string[];
}

const claims = (log: string, type: string, iss: string) => ({
  log,
  type,
  iss,
  iat: Math.floor(Date.now() / 1000),
  jti: randomToken(),
  occurredAt: new Date().toISOString(),
});

export async function makeWorld(base: string): Promise<World> {
  const client = new AditClient(base);
  const { origin, logKey, serviceKey } = await client.ledger();
  const registrar = generateSigner('Ed25519').signer;
  const submit = async (type: string, body: object, signer: Signer = registrar): Promise<void> => {
    const { event } = await buildEvent({ ...claims(origin, type, 'registrar'), ...body }, signer);
    await client.submit(event);
  };
  await submit('ledger.opened', { logKey, serviceKey, registrar: { actor: 'registrar', key: registrar.jwk } });
  const coop = fastSigner();
  const possession = await buildPossession(origin, 'coop', coop.signer);
  await submit('actor.registered', {
    actor: 'coop',
    roles: ['miner'],
    country: 'RW',
    key: coop.signer.jwk,
    possession,
  });
  await submit('site.registered', { site: 'hill', country: 'RW', operator: 'coop', minerals: ['cassiterite'] });
  return { origin, declarations: (count) => Array.from({ length: count }, (_, i) => declare(origin, coop, i)) };
}

interface FastSigner {
  signer: Signer;
  header: string;
  key: KeyObject;
}

/** Returns the platform's signer, so that signing does not slow down the bench. */
function fastSigner(): FastSigner {
  const { signer: made, privateJwk } = generateSigner('Ed25519');
  const { kid, jwk } = made;
  const header = Buffer.from(JSON.stringify({ alg: 'Ed25519', kid, typ: 'custody-event+sd-jwt' })).toString(
    'base64url',
  );
  const key = createPrivateKey({ key: { ...privateJwk }, format: 'jwk' });
  return { signer: { kid, alg: 'Ed25519', jwk, sign: (data) => Promise.resolve(sign(null, data, key)) }, header, key };
}

/** Returns a declaration of one bag, about 870 characters, as a phone sends it. */
function declare(origin: string, { header, key }: FastSigner, number: number): string {
  const jti = randomBytes(16).toString('base64url');
  const payload = {
    ...claims(origin, 'lot.declared', 'coop'),
    jti,
    place: { site: 'hill' },
    pit: 'north-2',
    teamSize: 14,
    method: 'handTools',
    outputs: [
      {
        lot: outputLotIds(origin, 'coop', jti, 1)[0],
        mineral: 'cassiterite',
        form: 'concentrate',
        mass: { value: '48.6', uom: 'KGM' },
        moisturePercent: '6.0',
        grades: [{ analyte: 'Sn', value: '52.0', uom: 'P1', basis: 'dry', method: 'XRF' }],
        tags: [`SYN-M-${number}-${jti.slice(0, 6)}`],
        packages: { kind: 'bag', count: 1 },
      },
    ],
  };
  const input = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}~`;
}
