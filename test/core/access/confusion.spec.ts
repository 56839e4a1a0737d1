import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildAccessToken, readAccessToken } from '../../../src/core/access/access-token.js';
import { buildAssertion, readAssertion } from '../../../src/core/access/assertion.js';
import { buildProof, readProof } from '../../../src/core/access/dpop.js';
import { buildPresentation, checkPresenter, readPresentation } from '../../../src/core/bundle/presentation.js';
import { buildEvent, buildPossession, randomToken } from '../../../src/core/event/build.js';
import { type Typ, parseCompactJws, parseEnvelope } from '../../../src/core/event/envelope.js';
import { readEvent } from '../../../src/core/event/event.js';
import { decodeBase64url } from '../../../src/core/event/grammar.js';
import { checkSignature } from '../../../src/core/event/keys.js';
import { buildRefusal, readRefusal } from '../../../src/core/event/refusal.js';
import { type PrivateJwk, type Signer, signCompact, signerFromJwk } from '../../../src/core/event/signer.js';
import { openCheckpoint, signCheckpoint } from '../../../src/core/log/checkpoint.js';
import { noteSigner } from '../../../src/core/log/note.js';
import { newPemPair } from '../../support/key-pair.js';
import { createPrivateKey } from 'node:crypto';

const now = 1_780_000_000;
const url = 'https://ledger.example.org';
const log = 'example.org/tin';

/** One key for everything: what is refused must be refused for what it is, not for whose it is. */
const privateJwk = createPrivateKey(newPemPair('Ed25519').privateKey).export({
  format: 'jwk',
}) as unknown as PrivateJwk;
const signer: Signer = signerFromJwk(privateJwk);
const checkpoints = noteSigner(log, decodeBase64url(privateJwk.d));

const event = (): Promise<string> =>
  buildEvent(
    {
      log,
      type: 'key.revoked',
      iss: 'coop',
      iat: now,
      jti: randomToken(),
      occurredAt: '2026-05-28T20:26:40Z',
      actor: 'coop',
      kid: signer.kid,
      reason: 'lost',
    },
    signer,
  ).then((built) => built.event);

/** Everything that Adit signs, and how each is read. */
const kinds: Record<string, { build: () => Promise<string>; read: (text: string) => Promise<unknown> }> = {
  event: { build: event, read: async (text) => readEvent(parseEnvelope(text), log) },
  possession: {
    build: () => buildPossession(log, 'coop', signer),
    read: async (text) => parseCompactJws(text, 'key-possession+jwt'),
  },
  refusal: {
    build: () => buildRefusal({ log, event: null, code: 'expired', heads: {}, size: 1, iat: now }, signer),
    read: (text) => readRefusal(text, signer.jwk),
  },
  assertion: {
    build: () => buildAssertion('coop', url, signer, now),
    read: (text) =>
      readAssertion(text, {
        urls: [url],
        now,
        check: checkSignature,
        keyOf: () => Promise.resolve({ actor: 'coop', jwk: signer.jwk }),
      }),
  },
  'access token': {
    build: () =>
      buildAccessToken({ actor: 'coop', key: signer.kid, scopes: ['read'], boundTo: null }, url, signer, now),
    read: (text) => readAccessToken(text, { url, now, check: checkSignature, serviceKey: () => signer.jwk }),
  },
  proof: {
    build: () => buildProof({ method: 'GET', url, now }, signer),
    read: (text) => readProof(text, { method: 'GET', urls: [url], now }, checkSignature),
  },
  presentation: {
    build: async () =>
      buildPresentation({ event: await event(), disclosures: [], by: 'coop', to: 'bank', now }, signer),
    read: async (text) => checkPresenter(readPresentation(text), [signer.jwk], checkSignature),
  },
  checkpoint: {
    build: async () => signCheckpoint({ origin: log, size: 1, root: new Uint8Array(32) }, checkpoints),
    read: async (text) => {
      const opened = openCheckpoint(text, [checkpoints.vkey]);
      if (!opened.ok) throw new Error(opened.reason);
    },
  },
};

/** `typ` of each kind that is a JWS. */
const types: Record<string, Typ> = {
  event: 'custody-event+sd-jwt',
  possession: 'key-possession+jwt',
  refusal: 'refusal+jwt',
  assertion: 'client-authentication+jwt',
  'access token': 'at+jwt',
  proof: 'dpop+jwt',
  presentation: 'disclosure+sd-jwt',
};

const split = (text: string): [string, string] => {
  const end = text.lastIndexOf('~') + 1;
  return [text.slice(0, end), text.slice(end)];
};

const isRead = (name: string, text: string): Promise<boolean> =>
  (kinds[name]?.read(text) ?? Promise.reject(new Error(name))).then(
    () => true,
    () => false,
  );

describe('what is signed for one purpose', () => {
  const built: Record<string, string> = {};

  beforeAll(async () => {
    for (const [name, { build }] of Object.entries(kinds)) built[name] = await build();
  });

  it.each(Object.keys(kinds))('serves no other: %s', async (name) => {
    const text = built[name] ?? '';
    for (const other of Object.keys(kinds))
      for (const form of new Set([text, text.replace(/~$/, ''), `${text.replace(/~$/, '')}~`])) {
        const isOwn = other === name && form === text;
        expect([other, form === text, await isRead(other, form)]).toEqual([other, form === text, isOwn]);
      }
  });

  it.each(Object.keys(types))('serves no other by its claims: %s', async (name) => {
    // What the presenter signs follows the event that it presents.
    const [before, own] = name === 'presentation' ? split(built[name] ?? '') : ['', built[name] ?? ''];
    const [, body = ''] = own.split('.');
    const claims = JSON.parse(new TextDecoder().decode(decodeBase64url(body))) as Record<string, unknown>;
    for (const [other, typ] of Object.entries(types)) {
      const key = name === 'proof' ? { jwk: signer.jwk } : { kid: signer.kid };
      const jws = await signCompact(claims, { alg: signer.alg, typ, ...key }, signer);
      const text = name === 'event' ? `${jws}~` : `${before}${jws}`;
      expect([other, await isRead(name, text)]).toEqual([other, other === name]);
    }
  });

  it('is verified as it was signed: each bit of the signature counts', async () => {
    for (const name of ['refusal', 'assertion', 'access token', 'proof']) {
      const [head = '', body = '', tail = ''] = (built[name] ?? '').split('.');
      const signature = decodeBase64url(tail);
      signature[5] = (signature[5] ?? 0) ^ 1;
      const changed = Buffer.from(signature).toString('base64url');
      expect([name, await isRead(name, `${head}.${body}.${changed}`)]).toEqual([name, false]);
    }
  });
});
