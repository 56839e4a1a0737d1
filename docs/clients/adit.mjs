#!/usr/bin/env node
// A client of an Adit ledger for Node 20 and browsers' WebCrypto, without any package:
//   adit.mjs key FILE ACTOR | declare FILE ACTOR SITE MINERAL KILOGRAMS | dispatch FILE ACTOR LOT RECEIVER
//   adit.mjs token FILE ACTOR                                 (prints a token, to read with)
//   adit.mjs verify EVENT.jws RECEIPT.tlog-proof LOG_KEY       (offline)
// ADIT_SERVER is the ledger's address.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const server = process.env.ADIT_SERVER ?? 'http://127.0.0.1:8400';
const { subtle } = globalThis.crypto;
const bytes = (text) => new TextEncoder().encode(text);
const sha256 = async (...parts) => new Uint8Array(await subtle.digest('SHA-256', Buffer.concat(parts)));
const b64url = (data) => Buffer.from(data).toString('base64url');
const fromBase64 = (text) => new Uint8Array(Buffer.from(text, 'base64'));

/** Sends a request; the same bytes go again after a 503 or a lost connection: an event is recorded once. */
async function request(path, body, token) {
  const url = server + path;
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const sent = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) };
  for (let wait = 1; ; wait *= 2) {
    const answer = await fetch(url, sent).catch((error) => ({
      status: 503,
      text: async () => `${url}: ${error.message}`,
    }));
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    if (answer.status !== 503 || wait > 8) throw new Error(`${path}: ${text}`);
    await sleep(wait * 1000);
  }
}

async function load(file) {
  const { d, ...jwk } = JSON.parse(readFileSync(file, 'utf8'));
  const key = await subtle.importKey('jwk', { ...jwk, d }, 'Ed25519', false, ['sign']);
  // The RFC 7638 thumbprint: the members in this order, without spaces.
  return { key, jwk, kid: b64url(await sha256(bytes(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`))) };
}

async function sign({ key, kid }, typ, payload) {
  const signed = [{ alg: 'Ed25519', kid, typ }, payload].map((part) => b64url(bytes(JSON.stringify(part)))).join('.');
  return `${signed}.${b64url(await subtle.sign('Ed25519', key, bytes(signed)))}`;
}

/** Signs an assertion for this ledger alone (RFC 7523), which the ledger exchanges for a token of 15 minutes. */
async function token(file, actor) {
  const iat = Math.floor(Date.now() / 1000);
  const jti = b64url(crypto.getRandomValues(new Uint8Array(16)));
  const claims = { iss: actor, sub: actor, aud: server, iat, exp: iat + 60, jti };
  const assertion = await sign(await load(file), 'client-authentication+jwt', claims);
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return (await request('/v1/token', grant)).access_token;
}

/** UUIDv8 of the first 16 bytes of SHA-256(log 0x00 iss 0x00 jti 0x00 output). */
async function lotId(log, iss, jti, output) {
  const digest = (await sha256(bytes([log, iss, jti, output].join('\0')))).slice(0, 16);
  digest[6] = (digest[6] & 0x0f) | 0x80;
  digest[8] = (digest[8] & 0x3f) | 0x80;
  return Buffer.from(digest)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

async function record(file, iss, type, body) {
  const { origin: log } = await request('/v1/ledger');
  const jti = b64url(crypto.getRandomValues(new Uint8Array(16)));
  for (const [number, output] of (body.outputs ?? []).entries()) output.lot = await lotId(log, iss, jti, number);
  const iat = Math.floor(Date.now() / 1000);
  const common = { log, type, iss, iat, jti, occurredAt: new Date().toISOString() };
  const event = `${await sign(await load(file), 'custody-event+sd-jwt', { ...common, ...body })}~`;
  const id = b64url(await sha256(bytes(event.slice(0, event.lastIndexOf('.')))));
  writeFileSync(`${id}.jws`, event); // saved before it is sent
  const { receipt = '' } = await request('/v1/events', { event }); // none yet for an event that waits for another
  writeFileSync(`${id}.tlog-proof`, receipt);
  for (const { lot } of body.outputs ?? []) console.log(`lot ${lot}`);
  console.log(`event ${id}`);
}

/** Verifies the log's signature on the checkpoint (C2SP signed note), then the inclusion proof (RFC 9162 2.1.3.2). */
async function verify(event, proof, logKey) {
  const [, name, keyHash, material] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(logKey) ?? [];
  const [head, text, signatures] = proof.split('\n\n');
  const [origin, size, root] = text.split('\n');
  const key = await subtle.importKey('raw', fromBase64(material).slice(1), 'Ed25519', false, ['verify']);
  const ours = signatures
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, signer]) => signer === name);
  const found = ours
    .map(([, , signed]) => fromBase64(signed))
    .find((signed) => Buffer.from(signed.slice(0, 4)).toString('hex') === keyHash);
  if (!found || !(await subtle.verify('Ed25519', key, found.slice(4), bytes(`${text}\n`)))) return false;
  const [, index, ...path] = head.split('\n');
  let [at, last] = [Number(index.split(' ')[1]), Number(size) - 1];
  if (origin !== name || at > last) return false;
  let node = await sha256(Uint8Array.of(0), bytes(event.split('~')[0]));
  for (const sibling of path.map(fromBase64)) {
    if (last === 0) return false;
    while (at === last && at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    node = await sha256(Uint8Array.of(1), ...(at % 2 === 1 ? [sibling, node] : [node, sibling]));
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  if (last !== 0 || Buffer.from(node).toString('base64') !== root) return false;
  console.log(`VERIFIED: ${index} of the ${size} entries of ${origin}`);
  return true;
}

const [command, file, actor, ...rest] = process.argv.slice(2);
if (command === 'key') {
  if (!existsSync(file)) {
    const { privateKey } = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    const { kty, crv, x, d } = await subtle.exportKey('jwk', privateKey);
    writeFileSync(file, JSON.stringify({ kty, crv, x, d }), { mode: 0o600, flag: 'wx' });
  }
  const mine = await load(file);
  const { origin } = await request('/v1/ledger');
  const possession = await sign(mine, 'key-possession+jwt', { log: origin, actor, kid: mine.kid });
  console.log(JSON.stringify({ actor, key: mine.jwk, possession }));
} else if (command === 'declare') {
  const [site, mineral, value] = rest;
  const outputs = [{ mineral, form: 'concentrate', mass: { value, uom: 'KGM' } }];
  await record(file, actor, 'lot.declared', { place: { site }, outputs });
} else if (command === 'dispatch') {
  const [lot, to] = rest;
  const { head } = await request(`/v1/lots/${lot}`, undefined, await token(file, actor));
  await record(file, actor, 'custody.dispatched', { to, lots: [{ lot, prev: head }] });
} else if (command === 'token') {
  console.log(await token(file, actor));
} else if (command === 'verify') {
  const verified = await verify(readFileSync(file, 'utf8'), readFileSync(actor, 'utf8'), rest[0]);
  if (!verified) {
    console.error('NOT VERIFIED');
    process.exitCode = 1;
  }
} else {
  console.error('adit.mjs key | declare | dispatch | token | verify: the first lines of this file say what each takes');
  process.exitCode = 2;
}
