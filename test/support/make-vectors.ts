import { createPrivateKey, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  type BuildOptions,
  type Claims,
  buildEvent,
  buildPossession,
  outputLotIds,
} from '../../src/core/event/build.js';
import { buildPresentation } from '../../src/core/bundle/presentation.js';
import { buildRefusal } from '../../src/core/event/refusal.js';
import { type PrivateJwk, signerFromJwk } from '../../src/core/event/signer.js';
import { encodeBase64 } from '../../src/core/log/base64.js';
import { signCheckpoint } from '../../src/core/log/checkpoint.js';
import { noteSigner } from '../../src/core/log/note.js';
import { formatTlogProof } from '../../src/core/log/proof-file.js';
import { leafHash, nodeHash, proveInclusion, rootHash } from '../../src/core/log/tree.js';
import { LOG } from './examples-of-events.js';
import { ED25519_ORDER, base64url } from './hand-made-jws.js';

/** Keys whose private part is public knowledge: that of RFC 8037, appendix A.1, and one for the service. */
const KEY: PrivateJwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};
const SERVICE_KEY: PrivateJwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: 'gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q',
  d: base64url(new Uint8Array(32).fill(2)),
};
const signer = signerFromJwk(KEY);
const common = { log: LOG, iss: 'coop', iat: 1778566200, occurredAt: '2026-05-12T08:10:00+02:00' };
const JTIS = ['V1StGXR8_Z5jdHi6B-myTg', 'AAAAAAAAAAAAAAAAAAAAAA', '_____________________w', 'jX5wIcc3mp_2B-anDX_w_Q'];

const keys = { key: KEY, kid: signer.kid, about: 'The private keys are public knowledge: for tests only.' };

/** A declaration of 48.6 kg. */
const declaration = (jti = JTIS[0] ?? '', more: Record<string, unknown> = {}): Claims => {
  const [lot] = outputLotIds(LOG, 'coop', jti, 1);
  const mass = { value: '48.6', uom: 'KGM' };
  const outputs = [{ lot, mineral: 'cassiterite', form: 'concentrate', mass, tags: ['RW-A000001'] }];
  return { ...common, jti, type: 'lot.declared', place: { site: 'hill' }, outputs, ...more };
};

const lotIds = () => ({
  about: 'lot = UUIDv8 of the first 16 bytes of SHA-256(log 0x00 iss 0x00 jti 0x00 output number in decimal).',
  cases: JTIS.flatMap((jti, number) =>
    [0, 1, 199].map((output) => ({
      log: LOG,
      iss: ['coop', 'a-7k3q9m'][number % 2],
      jti,
      output,
      lot: outputLotIds(LOG, ['coop', 'a-7k3q9m'][number % 2] ?? '', jti, output + 1)[output],
    })),
  ),
});

async function events() {
  const cases = [];
  for (const jti of JTIS) {
    const payload = declaration(jti);
    const { jws, id } = await buildEvent(payload, signer);
    cases.push({ payload: JSON.stringify(payload), jws, id, leaf: encodeBase64(leafHash(jws)) });
  }
  return {
    ...keys,
    about: `id = base64url(SHA-256(header.payload)); leaf = SHA-256(0x00 JWS), in base64. ${keys.about}`,
    possession: await buildPossession(LOG, 'coop', signer),
    cases,
  };
}

async function disclosures() {
  const place = { site: 'hill', lat: '-1.7903', lon: '29.6121' };
  const claims = declaration(JTIS[0], { place });
  let salts = 0;
  const build = (options: BuildOptions) => {
    salts = 0;
    return buildEvent(claims, signer, { salt: () => base64url(new Uint8Array(16).fill((salts += 1))), ...options });
  };
  const all = await build({});
  const none = await build({ disclose: false });
  const [lat = ''] = all.disclosures;
  const foreign = base64url(JSON.stringify(['AAAAAAAAAAAAAAAAAAAAAA', 'lat', '-1.7903']));
  const cases = [
    { name: 'all disclosed', event: all.event, id: all.id, place, code: null },
    { name: 'none disclosed', event: none.event, id: none.id, place: { site: 'hill' }, code: null },
    {
      name: 'a disclosure whose digest is not in the payload',
      event: `${none.event}${foreign}~`,
      code: 'disclosure-invalid',
    },
    { name: 'a disclosure twice', event: `${none.event}${lat}~${lat}~`, code: 'disclosure-invalid' },
    { name: 'no ~ at the end', event: none.event.slice(0, -1), code: 'event-malformed' },
  ];
  return {
    ...keys,
    about: `A disclosure is base64url of [salt, name, value]; its digest, base64url(SHA-256(disclosure)), stands in _sd. The same event id with and without. ${keys.about}`,
    claims: JSON.stringify(claims),
    cases,
  };
}

async function presentations() {
  const { event, disclosures: all } = await buildEvent(
    declaration(JTIS[0], { place: { site: 'hill', lat: '-1.7903', lon: '29.6121' } }),
    signer,
    { salt: () => base64url(new Uint8Array(16).fill(1)) },
  );
  const [lat = '', lon = ''] = all;
  const to = 'Bank of Kigali';
  const show = (shown: string[], by = 'coop'): Promise<string> =>
    buildPresentation({ event, disclosures: shown, by, to, now: common.iat }, signer);
  const one = await show([lat]);
  const end = one.lastIndexOf('~') + 1;
  const cases = [
    { name: 'one claim', presentation: one, shown: { '/place/lat': '-1.7903' }, presenter: 'signer', code: null },
    {
      name: 'one claim, in the name of another actor than the key of the event has',
      presentation: await show([lat], 'trader'),
      shown: { '/place/lat': '-1.7903' },
      presenter: 'other',
      code: null,
    },
    {
      name: 'two claims',
      presentation: await show([lat, lon]),
      shown: { '/place/lat': '-1.7903', '/place/lon': '29.6121' },
      presenter: 'signer',
      code: null,
    },
    { name: 'no claim', presentation: await show([]), shown: {}, presenter: 'signer', code: null },
    {
      name: 'a disclosure added after it was signed',
      presentation: `${one.slice(0, end)}${lon}~${one.slice(end)}`,
      code: 'disclosure-invalid',
    },
    {
      name: 'a disclosure left out after it was signed',
      presentation: one.replace(`${lat}~`, ''),
      code: 'disclosure-invalid',
    },
    { name: 'without what the presenter signs', presentation: one.slice(0, end), code: 'event-malformed' },
    {
      name: 'an event in the place of what the presenter signs',
      presentation: `${one.slice(0, end)}${one.split('~')[0]}`,
      code: 'header-invalid',
    },
  ];
  return {
    ...keys,
    to,
    about: `<JWS>~<disclosure>~…~ and a JWS of typ disclosure+sd-jwt over log, event, iss, aud, iat and sd_hash = base64url(SHA-256(all before it)). ${keys.about}`,
    cases,
  };
}

/** A JWS with this header and payload to the letter, and its signature changed by `alter`. */
function handSigned(
  header: string,
  payload: string,
  alter = (signature: Buffer): string => base64url(signature),
): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const key = createPrivateKey({ key: { ...KEY }, format: 'jwk' });
  return `${input}.${alter(sign(null, Buffer.from(input), key))}~`;
}

/** S + L: the same signature to a verifier that does not compare S with the group's order. */
function withLargeS(signature: Buffer): string {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + ED25519_ORDER;
  const written = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return base64url(Buffer.concat([signature.subarray(0, 32), written]));
}

function refusedEvents() {
  const header = JSON.stringify({ alg: 'Ed25519', kid: signer.kid, typ: 'custody-event+sd-jwt' });
  const plain = JSON.stringify(declaration());
  const headerWith = (more: object): string => JSON.stringify({ ...(JSON.parse(header) as object), ...more });
  const payloadWith = (more: object): string => JSON.stringify({ ...declaration(), ...more });
  const cases = [
    { lie: 'alg none', event: handSigned(headerWith({ alg: 'none' }), plain), code: 'header-invalid' },
    {
      lie: 'a header with a fourth member',
      event: handSigned(headerWith({ jwk: { kty: 'OKP' } }), plain),
      code: 'header-invalid',
    },
    { lie: 'the typ of a token', event: handSigned(headerWith({ typ: 'JWT' }), plain), code: 'header-invalid' },
    {
      lie: 'a name twice in the payload',
      event: handSigned(header, plain.replace('{', '{"iss":"coop",')),
      code: 'event-malformed',
    },
    { lie: 'a fraction as a number', event: handSigned(header, payloadWith({ iat: 1.5 })), code: 'event-malformed' },
    { lie: 'a lone surrogate', event: handSigned(header, plain.replace('hill', '\\ud800')), code: 'event-malformed' },
    {
      lie: 'padding in the signature',
      event: handSigned(header, plain, (signature) => `${base64url(signature)}==`),
      code: 'event-malformed',
    },
    {
      lie: 'trailing bits in the signature',
      event: handSigned(
        header,
        plain,
        (signature) => `${base64url(signature).slice(0, -1)}${base64url(signature).endsWith('A') ? 'B' : 'x'}`,
      ),
      code: 'event-malformed',
    },
    { lie: 'S beyond the order of the group', event: handSigned(header, plain, withLargeS), code: 'signature-invalid' },
    {
      lie: 'another payload under the same signature',
      event: handSigned(header, plain).replace(/\.[^.]*\./, `.${base64url(payloadWith({ iss: 'trader' }))}.`),
      code: 'signature-invalid',
    },
    {
      lie: 'an event for another log',
      event: handSigned(header, payloadWith({ log: 'example.org/gold' })),
      code: 'log-mismatch',
    },
    {
      lie: 'a type that there is not',
      event: handSigned(header, payloadWith({ type: 'lot.stolen' })),
      code: 'type-unknown',
    },
    {
      lie: 'a member that there is not',
      event: handSigned(header, payloadWith({ price: '12' })),
      code: 'schema-invalid',
    },
    {
      lie: 'a comma for a decimal point',
      event: handSigned(header, plain.replace('48.6', '48,6')),
      code: 'quantity-invalid',
    },
  ];
  return {
    ...keys,
    about: `Events signed by the key, all refused, with the code of the refusal. ${keys.about}`,
    log: LOG,
    cases,
  };
}

async function refusals() {
  const service = signerFromJwk(SERVICE_KEY);
  const refusal = { log: LOG, event: 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs', code: 'head-moved' as const };
  const signed = await buildRefusal({ ...refusal, heads: {}, size: 12, iat: 1778566201 }, service);
  const byAnother = await buildRefusal({ ...refusal, heads: {}, size: 12, iat: 1778566201 }, signer);
  const { d: _, ...publicKey } = SERVICE_KEY;
  return {
    about: 'A refusal is a JWS of typ refusal+jwt by the service key, over log, event, code, heads, size and iat.',
    serviceKey: publicKey,
    cases: [
      { name: 'a refusal', jws: signed, event: refusal.event, code: null },
      { name: 'a refusal by another key', jws: byAnother, code: 'signature-invalid' },
      {
        name: 'an event in place of a refusal',
        jws: (await buildEvent(declaration(), service)).jws,
        code: 'header-invalid',
      },
    ],
  };
}

async function receipts() {
  const log = noteSigner(LOG, new Uint8Array(32).fill(1));
  const other = noteSigner(LOG, new Uint8Array(32).fill(3));
  const jwss: string[] = [];
  for (let entry = 0; entry < 7; entry += 1) {
    const { jws } = await buildEvent(declaration(base64url(new Uint8Array(16).fill(entry))), signer);
    jwss.push(jws);
  }
  const leaves = jwss.map((jws) => leafHash(jws));
  const hashOf = (level: number, index: number): Uint8Array =>
    level === 0
      ? (leaves[index] ?? new Uint8Array())
      : nodeHash(hashOf(level - 1, index * 2), hashOf(level - 1, index * 2 + 1));
  const size = leaves.length;
  const checkpoint = { origin: LOG, size, root: rootHash(size, hashOf) };
  const proofOf = (index: number, note = signCheckpoint(checkpoint, log)): string =>
    formatTlogProof({ index, proof: proveInclusion(index, size, hashOf), checkpoint: note });
  const eventOf = (index: number): string => `${jwss[index]}~`;
  return {
    about:
      'C2SP tlog-proof: an inclusion proof (RFC 9162 2.1.3) above a signed checkpoint. verdict: verified, not-included, signature-wrong or no-known-key.',
    logKey: log.vkey,
    cases: [
      ...leaves.map((_, index) => ({
        name: `entry ${index} of ${size}`,
        event: eventOf(index),
        proof: proofOf(index),
        verdict: 'verified',
      })),
      { name: 'the proof of another entry', event: eventOf(0), proof: proofOf(1), verdict: 'not-included' },
      {
        name: 'another index',
        event: eventOf(6),
        proof: proofOf(6).replace('index 6', 'index 5'),
        verdict: 'not-included',
      },
      {
        name: 'an index beyond the size',
        event: eventOf(6),
        proof: proofOf(6).replace('index 6', 'index 7'),
        verdict: 'not-included',
      },
      {
        name: 'a hash too many',
        event: eventOf(0),
        proof: proofOf(0).replace('\n\n', `\n${encodeBase64(leaves[0] ?? new Uint8Array())}\n\n`),
        verdict: 'not-included',
      },
      {
        name: 'a checkpoint of another size',
        event: eventOf(0),
        proof: proofOf(0).replace(`\n${size}\n`, `\n${size + 1}\n`),
        verdict: 'signature-wrong',
      },
      {
        name: 'a checkpoint by another key of that name',
        event: eventOf(0),
        proof: proofOf(0, signCheckpoint(checkpoint, other)),
        verdict: 'no-known-key',
      },
    ],
  };
}

/** Makes the test vectors of `docs/vectors`, by file name. The same each time: Ed25519 is deterministic, the rest is fixed. */
export const makeVectors = async (): Promise<Record<string, unknown>> => ({
  'lot-ids.json': lotIds(),
  'events.json': await events(),
  'disclosures.json': await disclosures(),
  'presentations.json': await presentations(),
  'refused-events.json': refusedEvents(),
  'refusals.json': await refusals(),
  'receipts.json': await receipts(),
});

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [name, vectors] of Object.entries(await makeVectors()))
    writeFileSync(`docs/vectors/${name}`, `${JSON.stringify(vectors, null, 2)}\n`);
