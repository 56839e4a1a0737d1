import { AditError } from '../errors.js';

/** Decoded payload of an event at most, bytes. */
export const MAX_PAYLOAD_BYTES = 32 * 1024;
/** Arrays and objects within one another at most. */
export const MAX_DEPTH = 16;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i += 1) VALUES[ALPHABET.charCodeAt(i)] = i;

const malformed = (detail: string): AditError => new AditError('event-malformed', detail);

/**
 * Decodes base64url that is written in the one way that re-encodes to itself: no padding, no space, no bits left over
 * (RFC 7515 §2, RFC 4648 §3.5). Throws `event-malformed`.
 */
export function decodeBase64url(text: string): Uint8Array {
  const tail = text.length % 4;
  if (tail === 1) throw malformed('A part is not base64url: its length is impossible.');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) throw malformed('A part is not base64url: it holds a character outside the alphabet.');
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
    held &= (1 << bits) - 1;
  }
  if (held !== 0) throw malformed('A part is not base64url: bits are left over.');
  return bytes;
}

/** Encodes without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const held = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6));
    for (let digit = 0; digit < digits; digit += 1) text += ALPHABET[(held >> (18 - 6 * digit)) & 63];
  }
  return text;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 strictly; throws `event-malformed`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('A part is not UTF-8.');
  }
}

/**
 * Parses JSON that every parser reads alike: no name twice in an object, whole numbers within ±(2^53−1) only, no lone
 * surrogate, no NUL, at most 16 levels, and no name that JavaScript gives a meaning of its own. Throws `event-malformed`.
 */
export function parseStrictJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('A part is not JSON.');
  }
  // The text is known to be JSON now, so one pass over its tokens is enough to see what JSON.parse lets pass.
  new Scan(text).run();
  return parsed;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHOLE_NUMBER = /^(?:0|-?[1-9][0-9]*)$/;
const UNSAFE_ESCAPE = /\\u(?:[dD][89a-fA-F]|0000)/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const MEANINGFUL_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

class Scan {
  private at = 0;
  /** The names met so far of every object that is open; null for an array. */
  private readonly open: (string[] | null)[] = [];

  constructor(private readonly text: string) {}

  run(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) this.string();
      else if (code === 0x7b) this.enter([]);
      else if (code === 0x5b) this.enter(null);
      else if (code === 0x7d || code === 0x5d) this.leave();
      else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) this.number();
      else this.at += 1;
    }
  }

  private enter(names: string[] | null): void {
    if (this.open.length === MAX_DEPTH) throw malformed(`The payload is nested deeper than ${MAX_DEPTH} levels.`);
    this.open.push(names);
    this.at += 1;
  }

  private leave(): void {
    this.open.pop();
    this.at += 1;
  }

  private string(): void {
    const { text } = this;
    const start = this.at;
    let escaped = false;
    let end = start + 1;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
      if (code === BACKSLASH) {
        escaped = true;
        end += 1;
      }
      end += 1;
    }
    this.at = end + 1;
    const raw = text.slice(start + 1, end);
    if (escaped && UNSAFE_ESCAPE.test(raw)) this.checkEscapes(raw);
    if (this.isName()) this.name(escaped ? (JSON.parse(`"${raw}"`) as string) : raw);
  }

  private checkEscapes(raw: string): void {
    const value = JSON.parse(`"${raw}"`) as string;
    if (LONE_SURROGATE.test(value)) throw malformed('A string holds half a character (a lone surrogate).');
    if (value.includes('\0')) throw malformed('A string holds the character NUL.');
  }

  /** In valid JSON a string is a name exactly if a colon follows. */
  private isName(): boolean {
    if (this.open.at(-1) === null) return false;
    let next = this.at;
    for (let code = this.text.charCodeAt(next); code <= 0x20; code = this.text.charCodeAt(next)) next += 1;
    return this.text.charCodeAt(next) === 0x3a;
  }

  private name(name: string): void {
    const names = this.open.at(-1) as string[];
    if (names.includes(name)) throw malformed(`The name "${name.slice(0, 50)}" stands twice in one object.`);
    if (MEANINGFUL_NAMES.has(name)) throw malformed(`The name "${name}" is not allowed.`);
    names.push(name);
  }

  private number(): void {
    const start = this.at;
    while (/[-+.0-9eE]/.test(this.text.charAt(this.at))) this.at += 1;
    const digits = this.text.slice(start, this.at);
    if (!WHOLE_NUMBER.test(digits) || !Number.isSafeInteger(Number(digits)))
      throw malformed(
        `${digits.slice(0, 40)} is not a whole number within ±(2^53−1); decimals are written as strings.`,
      );
  }
}
