import {
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign as signWith,
} from 'node:crypto';
import { existsSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { type Signer, generateSigner } from '../../core/event/build.js';
import { type PublicJwk, publicJwkSchema, thumbprint } from '../../core/event/keys.js';
import { decodeBase64, encodeBase64 } from '../../core/log/base64.js';
import { ED25519_TYPE, type NoteSigner, isKeyName, keyId, vkey } from '../../core/log/note.js';
import { createDurably } from '../../platform/durable-file.js';
import { hasCode } from '../../platform/system-error.js';

/** Paths of the private keys of a ledger, outside the database and its folder. */
export interface KeyPaths {
  /** Key that signs checkpoints; C2SP signed-note private key text. */
  logKeyFile: string;
  /** The next log key, and the former ones. */
  otherLogKeyFiles?: readonly string[];
  /** Key that signs the log's clock and refusals; a private JWK (RFC 8037). */
  serviceKeyFile: string;
  otherServiceKeyFiles?: readonly string[];
}

export interface ServiceKeys {
  log: NoteSigner;
  /** The log's verifier key, which buyers pin. */
  vkey: string;
  service: Signer;
  serviceJwk: PublicJwk;
  /** Every log key by its verifier key, `log` first. */
  logs: ReadonlyMap<string, NoteSigner>;
  /** Every service key, `service` first. */
  services: readonly Signer[];
  /** Secret bytes derived from the service key by a one-way function. */
  derivedSecret: Uint8Array;
}

/**
 * Reason of a key file's error. `missing`, `exists`: the file. `unreadable`: it contains no such key. `foreign`: it is
 * the key of another log.
 */
export type KeyFileFailure = 'missing' | 'exists' | 'unreadable' | 'foreign';

export class KeyFileError extends Error {
  constructor(
    readonly reason: KeyFileFailure,
    message: string,
  ) {
    super(message);
    this.name = 'KeyFileError';
  }
}

const SEED_BYTES = 32;
const OTHERS = 0o077;
/** Prefix of the 32 bytes of the private key in PKCS #8 (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const privateJwkSchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** Creates both keys of a new ledger. Replaces no file: without the old log key its signatures lose their value. */
export function initKeys({ logKeyFile, serviceKeyFile }: KeyPaths, origin: string): ServiceKeys {
  for (const path of [logKeyFile, serviceKeyFile])
    if (existsSync(path)) throw new KeyFileError('exists', `There is a key at ${path} already; it is not replaced.`);
  createLogKey(logKeyFile, origin);
  try {
    createServiceKey(serviceKeyFile);
  } catch (error) {
    unlinkSync(logKeyFile);
    throw error;
  }
  return loadKeys({ logKeyFile, serviceKeyFile }, origin);
}

/**
 * Creates a log key; returns its verifier key. A private Ed25519 key is 32 random bytes (RFC 8032). Node's key
 * generator is not used, because in Node 20 the export of a key can deadlock while its generator is garbage-collected.
 */
export function createLogKey(path: string, origin: string): string {
  if (!isKeyName(origin)) throw new KeyFileError('foreign', `"${origin}" is not the name of a log.`);
  create(path, logKeyText(origin, randomBytes(SEED_BYTES)));
  return parseLogKey(
    path,
    read(path, 'log key', () => undefined),
    origin,
  ).vkey;
}

/** Creates a service key; returns its public part. */
export function createServiceKey(path: string): PublicJwk {
  create(path, `${JSON.stringify(generateSigner('Ed25519').privateJwk)}\n`);
  return parseServiceKey(
    path,
    read(path, 'service key', () => undefined),
  ).service.jwk;
}

/**
 * Reads the keys. Throws a KeyFileError with the remedy if one is missing, damaged, or of another log.
 * @param warn receives a warning about files that other users of the machine may read.
 */
export function loadKeys(
  { logKeyFile, otherLogKeyFiles = [], serviceKeyFile, otherServiceKeyFiles = [] }: KeyPaths,
  origin: string,
  warn: (message: string) => void = () => undefined,
): ServiceKeys {
  const logKey = (path: string) => parseLogKey(path, read(path, 'log key', warn), origin);
  const serviceKey = (path: string) => parseServiceKey(path, read(path, 'service key', warn));
  const log = logKey(logKeyFile);
  const service = serviceKey(serviceKeyFile);
  return {
    ...log,
    ...service,
    serviceJwk: service.service.jwk,
    logs: new Map([log, ...otherLogKeyFiles.map(logKey)].map(({ vkey: name, log: signer }) => [name, signer])),
    services: [service, ...otherServiceKeyFiles.map(serviceKey)].map(({ service: signer }) => signer),
  };
}

function create(path: string, text: string): void {
  try {
    createDurably(path, text);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    throw new KeyFileError('exists', `There is a key at ${path} already; it is not replaced.`);
  }
}

function read(path: string, name: string, warn: (message: string) => void): string {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0)
      warn(`The ${name} at ${path} can be read by others than its owner; run "chmod 600 ${path}".`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new KeyFileError(
        'missing',
        `There is no ${name} at ${path}. Run "adit init" for a new ledger; for one that exists, put its key back.`,
      );
    throw new KeyFileError('unreadable', `The ${name} at ${path} cannot be read: ${String(error)}.`);
  }
}

/** Returns the raw public key of an Ed25519 key: 32 bytes (RFC 8032). */
function publicBytes(key: KeyObject): Uint8Array {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

const keyFromSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });

/** Formats a private key as `PRIVATE+KEY+<name>+<key id>+<base64(0x01 ‖ private key)>`, like C2SP signed-note tools. */
function logKeyText(origin: string, seed: Uint8Array): string {
  return `PRIVATE+KEY+${origin}+${keyId(origin, publicBytes(keyFromSeed(seed)))}+${encodeBase64(Buffer.concat([Uint8Array.of(ED25519_TYPE), seed]))}\n`;
}

function parseLogKey(path: string, text: string, origin: string): Pick<ServiceKeys, 'log' | 'vkey'> {
  const match = /^PRIVATE\+KEY\+([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?$/.exec(text);
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const bytes = decodeBase64(encoded);
  if (match === null || bytes?.[0] !== ED25519_TYPE || bytes.length !== 1 + SEED_BYTES)
    throw new KeyFileError('unreadable', `The log key at ${path} is not a private key for signing notes with Ed25519.`);
  const key = keyFromSeed(bytes.subarray(1));
  const publicKey = publicBytes(key);
  if (keyId(name, publicKey) !== id)
    throw new KeyFileError('unreadable', `The log key at ${path} is damaged: its id does not derive from it.`);
  if (name !== origin)
    throw new KeyFileError('foreign', `The log key at ${path} is that of ${name}, and this log is ${origin}.`);
  const sign = (message: Uint8Array): Uint8Array => new Uint8Array(signWith(null, message, key));
  return { log: { name, keyId: id, sign }, vkey: vkey(name, publicKey) };
}

function parseServiceKey(path: string, text: string): Pick<ServiceKeys, 'service' | 'derivedSecret'> {
  const damaged = new KeyFileError('unreadable', `The service key at ${path} is not a private Ed25519 key (JWK).`);
  let parsed: z.infer<typeof privateJwkSchema>;
  try {
    parsed = privateJwkSchema.parse(parseStrictJson(text));
  } catch {
    throw damaged;
  }
  const key = keyFromSeed(Buffer.from(parsed.d, 'base64url'));
  if (Buffer.from(publicBytes(key)).toString('base64url') !== parsed.x)
    throw new KeyFileError('unreadable', `The service key at ${path} is damaged: x is not the public key of d.`);
  const jwk = publicJwkSchema.parse({ kty: parsed.kty, crv: parsed.crv, x: parsed.x });
  const sign = (data: Uint8Array): Promise<Uint8Array> => Promise.resolve(new Uint8Array(signWith(null, data, key)));
  const derivedSecret = hkdfSync(
    'sha256',
    Buffer.from(parsed.d, 'base64url'),
    '',
    'adit webhook master v1',
    SEED_BYTES,
  );
  return {
    service: { kid: thumbprint(jwk), alg: 'Ed25519', jwk, sign },
    derivedSecret: new Uint8Array(derivedSecret),
  };
}
