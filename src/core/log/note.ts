import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { AditError } from '../errors.js';
import { type Ed25519Verify, isSoundEd25519Key, verifyEd25519 } from '../signature/ed25519.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { defaultSha256 } from './tree.js';

/**
 * C2SP signed notes with Ed25519 keys (signature type 0x01): text that ends in a newline, a blank line, then one line
 * `— <key name> <base64(key id ‖ signature)>` for each signature. A note in any other form is refused, even if signed;
 * signatures of keys that the reader does not know are ignored.
 */
export const ED25519_TYPE = 1;

/** Signatures of a note at most; a log and its witnesses need fewer. */
export const MAX_SIGNATURES = 16;
/** Length of a note at most, characters: room for sixteen signatures of post-quantum size. */
export const MAX_NOTE_LENGTH = 128 * 1024;

const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/** A key that signs notes: its name, its id (8 hexadecimal digits), and a function that signs. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  sign(message: Uint8Array): Uint8Array;
}

/** A key that a reader trusts, as `parseVkey` returns it. */
export interface NoteVerifier {
  readonly vkey: string;
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  name: string;
  /** Eight hexadecimal digits. */
  keyId: string;
  /** Bytes after the key id: 64 for Ed25519, other lengths for signature types that other software uses. */
  signature: Uint8Array;
}

/** A parsed note. Nothing in it is verified. */
export interface Note {
  /** The signed text, with its last newline, without the blank line. */
  text: string;
  signatures: NoteSignature[];
}

/** `no-known-key`: none of the reader's keys signed. `signature-wrong`: a signature of such a key does not verify. */
export type NoteFailure = 'no-known-key' | 'signature-wrong';

export type OpenedNote =
  | { ok: true; text: string; by: NoteVerifier[]; signatures: NoteSignature[] }
  | { ok: false; reason: NoteFailure; detail: string };

const encoder = new TextEncoder();
const malformed = (detail: string): AditError => new AditError('request-invalid', detail);

/** Returns whether a text is a key name: not empty, without spaces of any kind, `+` or control characters. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}\p{Cs}+]+$/u.test(name);
}

/** Computes the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key), as hexadecimal. */
export function keyId(name: string, publicKey: Uint8Array): string {
  const input = concatBytes(encoder.encode(`${name}\n`), Uint8Array.of(ED25519_TYPE), publicKey);
  return bytesToHex(defaultSha256(input).subarray(0, KEY_ID_BYTES));
}

/** Formats a verifier key: `<name>+<key id>+<base64(0x01 ‖ public key)>`. Readers configure it as trusted. */
export function vkey(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw malformed(`"${name}" is not the name of a note's key.`);
  if (!isSoundEd25519Key(publicKey)) throw malformed('The public key is not a point of Ed25519 of full order.');
  return `${name}+${keyId(name, publicKey)}+${encodeBase64(concatBytes(Uint8Array.of(ED25519_TYPE), publicKey))}`;
}

/** Parses a verifier key. Throws `request-invalid` if it is malformed, is no Ed25519 key, or has a wrong id. */
export function parseVkey(text: string): NoteVerifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{4,64})$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === null) throw malformed('A verifier key is <name>+<8 hexadecimal digits>+<base64>.');
  if (bytes[0] !== ED25519_TYPE || bytes.length !== 1 + KEY_BYTES)
    throw malformed(`The verifier key of ${name} is not an Ed25519 key.`);
  const publicKey = bytes.slice(1);
  if (vkey(name, publicKey) !== text) throw malformed(`The verifier key of ${name} has an id that is not its own.`);
  return { vkey: text, name, keyId: id, publicKey };
}

/** Creates a signer from the 32-byte private key (RFC 8032 seed), in pure JavaScript. */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner & { vkey: string } {
  const publicKey = ed25519.getPublicKey(seed);
  return {
    name,
    keyId: keyId(name, publicKey),
    vkey: vkey(name, publicKey),
    sign: (message) => ed25519.sign(message, seed),
  };
}

/** Signs `text`, which must end in a newline, and returns the note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  requirePlainText(text);
  if (!text.endsWith('\n')) throw malformed('The text of a note ends in a newline.');
  const message = encoder.encode(text);
  const signatures = signers.map((signer) => {
    if (!isKeyName(signer.name)) throw malformed(`"${signer.name}" is not the name of a note's key.`);
    return { name: signer.name, keyId: signer.keyId, signature: signer.sign(message) };
  });
  return formatNote(text, signatures);
}

/** Formats a note from its text and signatures. */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES)
    throw malformed(`A note has 1 to ${MAX_SIGNATURES} signatures.`);
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** Formats the line of one signature, with its newline. */
export function formatSignature({ name, keyId: id, signature }: NoteSignature): string {
  return `— ${name} ${encodeBase64(concatBytes(hexToBytes(id), signature))}\n`;
}

function requirePlainText(text: string): void {
  if (text.length > MAX_NOTE_LENGTH) throw malformed(`The note is longer than ${MAX_NOTE_LENGTH} characters.`);
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 && character !== '\n';
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (isControl || isSurrogate) throw malformed('The note has a control character, or is not UTF-8.');
  }
}

/** Parses a note without verifying it. Throws `request-invalid` for every deviation from the format. */
export function parseNote(note: string): Note {
  requirePlainText(note);
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw malformed('The note has no blank line before its signatures.');
  if (!note.endsWith('\n')) throw malformed('The note does not end in a newline.');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`The note has more than ${MAX_SIGNATURES} signatures.`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '—' || !isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES || rest.length > 0)
    throw malformed('A signature line is "— <key name> <base64>" with a key id and a signature.');
  return { name, keyId: bytesToHex(bytes.subarray(0, KEY_ID_BYTES)), signature: bytes.slice(KEY_ID_BYTES) };
}

/**
 * Verifies a note against the keys that a reader trusts. At least one of them must have signed, and no signature of
 * these keys may fail. Throws `request-invalid` if the note or a key is malformed.
 */
export function openNote(
  note: string,
  keys: readonly (string | NoteVerifier)[],
  verify: Ed25519Verify = verifyEd25519,
): OpenedNote {
  const { text, signatures } = parseNote(note);
  const message = encoder.encode(text);
  const verifiers = keys.map((key) => (typeof key === 'string' ? parseVkey(key) : key));
  const by: NoteVerifier[] = [];
  for (const verifier of verifiers) {
    const own = signatures.filter(({ name, keyId: id }) => name === verifier.name && id === verifier.keyId);
    for (const { signature } of own)
      if (signature.length !== SIGNATURE_BYTES || !verify(signature, message, verifier.publicKey))
        return { ok: false, reason: 'signature-wrong', detail: `The signature of ${verifier.name} does not verify.` };
    if (own.length > 0 && !by.some(({ vkey: known }) => known === verifier.vkey)) by.push(verifier);
  }
  if (by.length === 0) return { ok: false, reason: 'no-known-key', detail: otherKeySaid(signatures, verifiers) };
  return { ok: true, text, by, signatures };
}

const named = ({ name, keyId: id }: { name: string; keyId: string }): string => `${name}+${id}`;

/** Formats the error: which keys signed, and which were expected. */
const otherKeySaid = (signatures: readonly NoteSignature[], verifiers: readonly NoteVerifier[]): string =>
  `This checkpoint is by another key: ${signatures.map(named).join(', ')} signed it, and ${
    verifiers.length === 0 ? 'no key was given' : `the key given is ${verifiers.map(named).join(', ')}`
  }. Ask somebody you trust for the key of this log.`;
