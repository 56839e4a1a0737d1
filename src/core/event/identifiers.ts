import { AditError, type ErrorCode, type ErrorDetail } from '../errors.js';
import { shown } from './disclosure.js';
import type { AditEvent } from './event.js';

/**
 * An identifier of a physical thing (tag, seal, vehicle, certificate): printable ASCII with single spaces between
 * words. Otherwise two spellings that look alike would be two things: `T-1`, `T-1 ` and `T-1` with a zero-width space.
 */
const IDENTIFIER = /^[!-~]+(?: [!-~]+)*$/;

/** The form of an identifier, in words for an author who wrote another. */
export const IDENTIFIER_WANTED = 'must be printable ASCII, with single spaces between words and none around them';

export const isIdentifier = (text: string): boolean => IDENTIFIER.test(text);

/** Claims that hold identifiers, in any object of an event. Ids of actors, sites and lots have their own patterns. */
const CLAIMS = new Set([
  'barSerials',
  'certificate',
  'container',
  'containers',
  'customsDeclaration',
  'device',
  'entryNumber',
  'lotNumber',
  'number',
  'receiptNumber',
  'sealsOff',
  'sealsOn',
  'seals',
  'serial',
  'serials',
  'series',
  'tags',
  'tagsOff',
  'tagsOn',
  'vehicle',
]);

/** Faults listed for one event at most. */
const MAX_FAULTS = 20;

/**
 * Lists every invalid identifier of a payload, by JSON pointer. Only new events are checked: events that entered a log
 * before this rule existed stay valid (docs/decisions/0016-identifiers.md).
 */
function identifierFaults(payload: object): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const walk = (value: unknown, pointer: string, claim: boolean): void => {
    if (typeof value === 'string') {
      if (claim && !IDENTIFIER.test(value) && faults.length < MAX_FAULTS)
        faults.push({
          pointer,
          code: 'schema-invalid',
          detail: IDENTIFIER_WANTED,
        });
    } else if (Array.isArray(value)) for (const [i, one] of value.entries()) walk(one, `${pointer}/${i}`, claim);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, `${pointer}/${name}`, CLAIMS.has(name));
  };
  walk(payload, '', false);
  return faults;
}

/** Returns whether there is an invalid identifier. It runs for every event, so it builds no pointers. */
function isFaulty(value: unknown, claim: boolean): boolean {
  if (typeof value === 'string') return claim && !IDENTIFIER.test(value);
  if (Array.isArray(value)) return value.some((one) => isFaulty(one, claim));
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).some((name) => isFaulty((value as Record<string, unknown>)[name], CLAIMS.has(name)));
}

/** Returns the refusal of a new event with an invalid identifier; null if there is none. */
export const identifierRefusal = (payload: object): AditError | null =>
  isFaulty(payload, false) ? refusalOf('schema-invalid', identifierFaults(payload)) : null;

/** Returns the refusal of disclosures of an event in the log of which one is an identifier that is not one. */
export function disclosedIdentifierRefusal(event: AditEvent): AditError | null {
  if (event.disclosures.length === 0) return null;
  const isDisclosed = (at: string): boolean =>
    event.disclosures.some(({ pointer }) => at === pointer || at.startsWith(`${pointer}/`));
  const faults = identifierFaults(shown(event).payload).filter(({ pointer }) => isDisclosed(pointer));
  return refusalOf('disclosure-invalid', faults);
}

const refusalOf = (code: ErrorCode, faults: readonly ErrorDetail[]): AditError | null =>
  faults.length === 0
    ? null
    : new AditError(
        code,
        `An identifier has a character that cannot be seen or typed: ${faults[0]?.pointer ?? ''}.`,
        faults.map((fault) => ({ ...fault, code })),
      );

/** Digits of a tag's running number at most (`tags.issued`, `digits`). */
const MAX_TAG_DIGITS = 16;

/** Counts the digits at the end of a tag, up to `MAX_TAG_DIGITS`. */
export function tagDigits(tag: string): number {
  let count = 0;
  while (count < MAX_TAG_DIGITS && count < tag.length && /[0-9]/.test(tag[tag.length - 1 - count] ?? '')) count += 1;
  return count;
}
