/**
 * Secrets that people copy: a prefix that shows what a secret is for (also to scanners of published code), 32 random
 * characters, and a checksum that detects a mistyped one without a look-up.
 */
const secretKinds = {
  live: 'a key for machines',
  operator: 'the token of the operator',
  share: 'a share link',
} as const;

export type SecretKind = keyof typeof secretKinds;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Random characters: 190 bits. */
const LENGTH = 32;
/** 62⁶ exceeds 2³². */
const CHECK_LENGTH = 6;
const FORM = /^adit_([a-z]+)_([0-9A-Za-z]*)$/;
const PREFIX = 'adit_';
/** The largest multiple of 62 that a byte may have, so that every character is equally likely. */
const FAIR = 248;

/** CRC-32 (ISO 3309), bit by bit: the text is short. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let digit = 0; digit < CHECK_LENGTH; digit += 1) {
    digits = `${ALPHABET[rest % ALPHABET.length] ?? ''}${digits}`;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/** Generates a secret with the platform's randomness. */
export function newSecret(kind: SecretKind): string {
  let text = `${PREFIX}${kind}_`;
  const { length } = text;
  while (text.length < length + LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < FAIR && text.length < length + LENGTH) text += ALPHABET[byte % ALPHABET.length] ?? '';
  return text + checksum(text);
}

/** Returns the kind of a secret; `mistyped` if its checksum does not fit; null for a text that is no secret of Adit. */
export function secretKind(text: string): SecretKind | 'mistyped' | null {
  const [, kind = '', body = ''] = FORM.exec(text) ?? [];
  if (!text.startsWith(PREFIX)) return null;
  const isWhole = Object.hasOwn(secretKinds, kind) && body.length === LENGTH + CHECK_LENGTH;
  return isWhole && text.endsWith(checksum(text.slice(0, -CHECK_LENGTH))) ? (kind as SecretKind) : 'mistyped';
}
