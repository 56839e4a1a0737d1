import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeBase64url } from './grammar.js';

/** SHA-256. A server passes its platform's own, which is several times faster over a whole event. */
export type Hash = (data: Uint8Array) => Uint8Array;

const encoder = new TextEncoder();
/** One shared encoder: ids are computed by the thousand, and the bytes of a text need no second copy. */
const utf8ToBytes = (text: string): Uint8Array => encoder.encode(text);

/** Computes base64url(SHA-256(ASCII(signing input))), the id of the event without its signature (protocol.md §2). */
export const eventId = (signingInput: string, hash: Hash = sha256): string =>
  encodeBase64url(hash(utf8ToBytes(signingInput)));

/** Computes base64url(SHA-256(ASCII(JWS))), the digest of the sent text, signature included. */
export const jwsDigest = (jws: string): string => encodeBase64url(sha256(utf8ToBytes(jws)));

/**
 * Computes a lot's id: UUIDv8 (RFC 9562 §5.8) of the first 16 bytes of SHA-256(log ‖ 0 ‖ iss ‖ 0 ‖ jti ‖ 0 ‖ output),
 * so that no other actor can use the id first.
 * @param output number of the lot among the event's outputs, from 0
 */
export const lotId = (log: string, iss: string, jti: string, output: number): string =>
  derivedUuid([log, iss, jti, output].join('\0'));

/** Derives a UUIDv8 (RFC 9562 §5.8) from the first 16 bytes of SHA-256. */
export function derivedUuid(text: string): string {
  const bytes = sha256(utf8ToBytes(text)).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytesToHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
