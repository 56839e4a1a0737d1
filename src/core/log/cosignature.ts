import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { AditError } from '../errors.js';
import { type Ed25519Verify, isSoundEd25519Key, verifyEd25519 } from '../signature/ed25519.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { formatSignature, isKeyName, parseNote } from './note.js';
import { defaultSha256 } from './tree.js';

/**
 * C2SP tlog-cosignature, cosignature/v1 with Ed25519 (signature type 0x04): a witness states that it saw this
 * checkpoint at a time, and that every checkpoint that it cosigned before was consistent with it.
 */
export const COSIGNATURE_TYPE = 4;

const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A witness's key in a policy. */
export interface WitnessKey {
  readonly vkey: string;
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

/** @param seconds the time that the witness states, s since 1970 UTC */
export interface Cosignature {
  by: WitnessKey;
  seconds: number;
}

const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

/** Computes the first four bytes of SHA-256(name ‖ "\n" ‖ 0x04 ‖ public key), as hexadecimal. */
export function witnessKeyId(name: string, publicKey: Uint8Array): string {
  const input = concatBytes(utf8ToBytes(`${name}\n`), Uint8Array.of(COSIGNATURE_TYPE), publicKey);
  return bytesToHex(defaultSha256(input).subarray(0, KEY_ID_BYTES));
}

/** Formats `<name>+<key id>+<base64(0x04 ‖ public key)>`. */
export function witnessVkey(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw malformed(`"${name}" is not the name of a witness's key.`);
  if (!isSoundEd25519Key(publicKey)) throw malformed('The public key is not a point of Ed25519 of full order.');
  const key = encodeBase64(concatBytes(Uint8Array.of(COSIGNATURE_TYPE), publicKey));
  return `${name}+${witnessKeyId(name, publicKey)}+${key}`;
}

/** Parses a witness's key. Throws `request-invalid` if it is malformed, of another type, or has a wrong id. */
export function parseWitnessKey(text: string): WitnessKey {
  const [, name = '', keyId = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{4,64})$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes?.[0] !== COSIGNATURE_TYPE || bytes.length !== 33)
    throw malformed('A witness key is <name>+<8 hexadecimal digits>+<base64 of 0x04 and an Ed25519 key>.');
  const publicKey = bytes.slice(1);
  if (witnessVkey(name, publicKey) !== text) throw malformed(`The key of ${name} has an id that is not its own.`);
  return { vkey: text, name, keyId, publicKey };
}

/** Returns the bytes that a witness signs for a checkpoint's text. */
const messageOf = (text: string, seconds: number): Uint8Array =>
  utf8ToBytes(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * Signs a checkpoint's text as a witness, and returns the signature line.
 * @param seed its 32-byte private key (RFC 8032)
 */
export function cosign(text: string, name: string, seed: Uint8Array, seconds: number): string {
  const publicKey = ed25519.getPublicKey(seed);
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  const signature = ed25519.sign(messageOf(text, seconds), seed);
  return formatSignature({ name, keyId: witnessKeyId(name, publicKey), signature: concatBytes(time, signature) });
}

/** Returns the valid cosignatures of these witnesses in a note. An invalid one is ignored and hides no valid one. */
export function openCosignatures(
  note: string,
  witnesses: readonly WitnessKey[],
  verify: Ed25519Verify = verifyEd25519,
): Cosignature[] {
  const { text, signatures } = parseNote(note);
  return witnesses.flatMap((by): Cosignature[] => {
    const own = signatures.filter(({ name, keyId }) => name === by.name && keyId === by.keyId);
    for (const { signature } of own) {
      const seconds = cosignedAt(text, signature, by.publicKey, verify);
      if (seconds !== null) return [{ by, seconds }];
    }
    return [];
  });
}

/** Returns the time that a witness states for the text; null if its signature does not verify. */
function cosignedAt(text: string, line: Uint8Array, publicKey: Uint8Array, verify: Ed25519Verify): number | null {
  if (line.length !== TIME_BYTES + SIGNATURE_BYTES) return null;
  const bytes = Uint8Array.from(line);
  const time = new DataView(bytes.buffer).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const seconds = Number(time);
  return verify(bytes.subarray(TIME_BYTES), messageOf(text, seconds), publicKey) ? seconds : null;
}
