import { AditError } from '../errors.js';

/** Size of an event's decoded payload at most, bytes. */
export const MAX_PAYLOAD_BYTES = 32 * 1024;
/** Nested arrays and objects at most. */
export const MAX_DEPTH = 16;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Bit that marks a character outside the base64url alphabet in the table of sextets. */
const OUTSIDE = 0x40;
const SEXTETS = new Uint8Array(128).fill(OUTSIDE);
for (let i = 0; i < ALPHABET.length; i += 1) SEXTETS[ALPHABET.charCodeAt(i)] = i;

const sextetAt = (text: string, at: number): number => SEXTETS[text.charCodeAt(at)] ?? OUTSIDE;

const malformed = (detail: string): AditError => new AditError('event-malformed', detail);

/**
 * Decodes canonical base64url: no padding, no space, no unused bits set (RFC 7515 §2, RFC 4648 §3.5). Throws
 * `event-malformed`.
 */
export function decodeBase64url(text: string): Uint8Array {
  const tail = text.length % 4;
  if (tail === 1) throw malformed('A part is not base64url: its length is impossible.');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  // Collects the bits of every sextet, so that one test at the end detects a character outside the alphabet.
  let seen = 0;
  let at = 0;
  let i = 0;
  for (; i + 4 <= text.length; i += 4) {
    const first = sextetAt(text, i);
    const second = sextetAt(text, i + 1);
    const third = sextetAt(text, i + 2);
    const fourth = sextetAt(text, i + 3);
    seen |= first | second | third | fourth;
    bytes[at] = (first << 2) | (second >> 4);
    bytes[at + 1] = (second << 4) | (third >> 2);
    bytes[at + 2] = (third << 6) | fourth;
    at += 3;
  }
  let leftOver = 0;
  if (tail > 0) {
    const [first, second, third] = [sextetAt(text, i), sextetAt(text, i + 1), tail === 3 ? sextetAt(text, i + 2) : 0];
    seen |= first | second | third;
    bytes[at] = (first << 2) | (second >> 4);
    if (tail === 3) bytes[at + 1] = (second << 4) | (third >> 2);
    leftOver = tail === 3 ? third & 0x03 : second & 0x0f;
  }
  if ((seen & OUTSIDE) !== 0) throw malformed('A part is not base64url: it holds a character outside the alphabet.');
  if (leftOver !== 0) throw malformed('A part is not base64url: bits are left over.');
  return bytes;
}

/** Encodes bytes as base64url without padding. */
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
 * Parses JSON that all parsers read alike: no repeated name in an object, whole numbers within ±(2^53−1) only, no lone
 * surrogate, no NUL, at most 16 levels, and no name that is special in JavaScript. Throws `event-malformed`.
 */
export function parseStrictJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('A part is not JSON.');
  }
  // The text is valid JSON, so one pass over its tokens finds what JSON.parse accepts and these rules forbid.
  new Scan(text).run();
  return parsed;
}

/** Reads the payload of a signed event, valid or not: nothing is verified. Throws `event-malformed`. */
export const peekPayload = (jws: string): unknown =>
  parseStrictJson(decodeUtf8(decodeBase64url(jws.split('.', 2)[1] ?? '')));

/**
 * Parses a JSON file or answer by the same strict rules. Throws `request-invalid` with the fault, its line and its
 * column.
 * @param what the file, as the beginning of a sentence: "The bundle"
 * @param maxLength of the text, in characters
 * @param options `decimals`: accept numbers with a fraction, as in unsigned answers
 */
export function parseJsonFile(
  text: string,
  what: string,
  maxLength: number,
  options: { decimals?: boolean } = {},
): unknown {
  const fault = (detail: string, at: number): AditError => {
    const before = text.slice(0, at).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    return new AditError('request-invalid', `${what} cannot be read at ${place}: ${detail}`);
  };
  if (text.length > maxLength)
    throw new AditError('request-invalid', `${what} is longer than ${maxLength} characters.`);
  if (text.startsWith('\ufeff')) throw fault('it begins with a byte order mark; save it as UTF-8 without one.', 0);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fault('it is not JSON.', syntaxErrorAt(error as Error, text));
  }
  const scan = new Scan(text, options.decimals);
  try {
    scan.run();
  } catch (error) {
    throw error instanceof AditError ? fault(error.detail, scan.position) : error;
  }
  return parsed;
}

/**
 * Returns the offset at which JSON.parse stopped, from the position or the line and column in its message; else the
 * end.
 */
function syntaxErrorAt({ message }: Error, text: string): number {
  const [, position] = /at position ([0-9]+)/.exec(message) ?? [];
  if (position !== undefined) return Number(position);
  const [, line, column] = /line ([0-9]+) column ([0-9]+)/.exec(message) ?? [];
  if (line === undefined) return text.length;
  const lines = text.split('\n').slice(0, Number(line) - 1);
  return lines.reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** Numbers with fewer digits are always within ±(2^53−1). */
const MANY_DIGITS = 16;
/** Above this many names in one object, a set finds a repetition faster than a list. */
const MANY_NAMES = 16;
const UNSAFE_ESCAPE = /\\u(?:[dD][89a-fA-F]|0000)/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const MEANINGFUL_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** The names of one object so far. */
class Names {
  private readonly few: string[] = [];
  private many: Set<string> | null = null;

  /** Adds a name; false if it was added before. */
  add(name: string): boolean {
    if (this.many !== null) {
      const { size } = this.many;
      return this.many.add(name).size > size;
    }
    if (this.few.includes(name)) return false;
    this.few.push(name);
    if (this.few.length > MANY_NAMES) this.many = new Set(this.few);
    return true;
  }
}

class Scan {
  private at = 0;
  /** The names of every open object; null for an array. */
  private readonly open: (Names | null)[] = [];

  constructor(
    private readonly text: string,
    private readonly takesDecimals = false,
  ) {}

  /** Offset of the scan. */
  get position(): number {
    return this.at;
  }

  run(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) this.string();
      else if (code === 0x7b) this.enter(new Names());
      else if (code === 0x5b) this.enter(null);
      else if (code === 0x7d || code === 0x5d) this.leave();
      else if (code === MINUS || (code >= ZERO && code <= NINE)) this.number(code);
      else this.at += 1;
    }
  }

  private enter(names: Names | null): void {
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
    let surrogate = false;
    let end = start + 1;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
      if (code === BACKSLASH) {
        escaped = true;
        end += 1;
      } else if (code >= 0xd800 && code <= 0xdfff) surrogate = true;
      end += 1;
    }
    this.at = end + 1;
    const raw = text.slice(start + 1, end);
    if (surrogate || (escaped && UNSAFE_ESCAPE.test(raw))) this.checkCharacters(raw);
    if (this.isName()) this.name(escaped ? (JSON.parse(`"${raw}"`) as string) : raw);
  }

  private checkCharacters(raw: string): void {
    const value = JSON.parse(`"${raw}"`) as string;
    if (LONE_SURROGATE.test(value)) throw malformed('A string holds half a character (a lone surrogate).');
    if (value.includes('\0')) throw malformed('A string holds the character NUL.');
  }

  /** Returns whether the string is a name: in valid JSON, exactly if a colon follows. */
  private isName(): boolean {
    if (this.open.at(-1) === null) return false;
    let next = this.at;
    for (let code = this.text.charCodeAt(next); code <= 0x20; code = this.text.charCodeAt(next)) next += 1;
    return this.text.charCodeAt(next) === 0x3a;
  }

  private name(name: string): void {
    if (this.open.at(-1)?.add(name) === false)
      throw malformed(`The name "${name.slice(0, 50)}" stands twice in one object.`);
    if (MEANINGFUL_NAMES.has(name)) throw malformed(`The name "${name}" is not allowed.`);
  }

  /** Checks a number. In valid JSON a fraction or an exponent follows its digits, or the number is whole. */
  private number(first: number): void {
    const { text } = this;
    const start = this.at;
    let end = start + 1;
    let code = text.charCodeAt(end);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(end)) end += 1;
    const fraction = code === 0x2e || code === 0x45 || code === 0x65;
    if (fraction && this.takesDecimals) {
      while (/[-+.0-9eE]/.test(text.charAt(end))) end += 1;
      this.at = end;
      return;
    }
    const minusZero = first === MINUS && text.charCodeAt(start + 1) === ZERO;
    const unsafe = end - start >= MANY_DIGITS && !Number.isSafeInteger(Number(text.slice(start, end)));
    if (fraction || minusZero || unsafe)
      throw malformed(
        `${text.slice(start, start + 40)} is not a whole number within ±(2^53−1); decimals are written as strings.`,
      );
    this.at = end;
  }
}
