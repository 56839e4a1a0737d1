import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { buildAccessToken } from '../../../src/core/access/access-token.js';
import { type PrivateJwk, type Signer, signerFromJwk } from '../../../src/core/event/signer.js';
import type { ActorKey, ActorKeys } from '../../../src/server/access/actor-keys.js';
import { AccessTokens } from '../../../src/server/access/sign-in/access-tokens.js';
import type { SpentProofs } from '../../../src/server/access/spent-proofs.js';
import type { Config } from '../../../src/server/config/config.js';
import type { LedgerIdentity } from '../../../src/server/ledger/ledger-identity.js';
import { newPemPair } from '../../support/key-pair.js';

const url = 'https://ledger.example.org';
const START = 1_800_000_000;

const signerOf = (): Signer =>
  signerFromJwk(createPrivateKey(newPemPair('Ed25519').privateKey).export({ format: 'jwk' }) as unknown as PrivateJwk);

/** Returns a service that accepts tokens, whose time and key of the actor a test changes. */
function service() {
  const [own, actor] = [signerOf(), signerOf()];
  const state = { now: START, asked: 0 };
  const key: ActorKey = { actor: 'coop', jwk: actor.jwk, isActive: true, serviceKid: own.kid };
  const serviceJwk = (kid: string) => {
    state.asked += 1;
    return kid === own.kid ? own.jwk : null;
  };
  const tokens = new AccessTokens(
    { recent: () => Promise.resolve(key) } as unknown as ActorKeys,
    {} as SpentProofs,
    { serviceJwk } as unknown as LedgerIdentity,
    { now: () => state.now * 1_000 },
    { publicUrl: url } as Config,
  );
  const access = { actor: 'coop', key: actor.kid, scopes: ['read'] as const, boundTo: null };
  return { tokens, state, key, issue: () => buildAccessToken(access, url, own, START) };
}

describe('an access token that was verified before', () => {
  it('is not verified again, by its text alone', async () => {
    const { tokens, state, issue } = service();
    const token = await issue();
    for (let i = 0; i < 3; i += 1) expect(await tokens.byBearer(token)).toMatchObject({ actor: 'coop' });
    expect(state.asked).toBe(1);
    const altered = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    await expect(tokens.byBearer(altered)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('ends with its time, with the key of its actor, and with the key of the service', async () => {
    const { tokens, state, key, issue } = service();
    const token = await issue();
    await tokens.byBearer(token);
    key.isActive = false;
    await expect(tokens.byBearer(token)).rejects.toMatchObject({ code: 'token-invalid' });
    const { serviceKid } = key;
    Object.assign(key, { isActive: true, serviceKid: 'another' });
    await expect(tokens.byBearer(token)).rejects.toMatchObject({ code: 'token-invalid' });
    key.serviceKid = serviceKid;
    expect(await tokens.byBearer(token)).toMatchObject({ actor: 'coop' });
    state.now = START + 901;
    await expect(tokens.byBearer(token)).rejects.toMatchObject({ code: 'token-invalid' });
  });
});
