import { AditError, type ErrorDetail } from '../errors.js';

/**
 * What names a thing in the world (a tag, a seal, a vehicle, a certificate) is printable ASCII with single spaces between
 * words. Two spellings that look alike would otherwise be two things: `T-1`, `T-1 ` and `T-1` with a zero-width space.
 */
const IDENTIFIER = /^[!-~]+(?: [!-~]+)*$/;

export const isIdentifier = (text: string): boolean => IDENTIFIER.test(text);

/** The claims that hold identifiers, in whatever object of an event. Ids of actors, sites and lots have patterns of their own. */
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

/** More than this many faults in one event are not listed. */
const MAX_FAULTS = 20;

/**
 * Lists every identifier of a payload that is not one, by JSON pointer. Only new events are judged by this: events that
 * entered a log before there was the grammar stay as they are (docs/decisions/0016-identifiers.md).
 */
export function identifierFaults(payload: object): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const walk = (value: unknown, pointer: string, claim: boolean): void => {
    if (typeof value === 'string') {
      if (claim && !IDENTIFIER.test(value) && faults.length < MAX_FAULTS)
        faults.push({
          pointer,
          code: 'schema-invalid',
          detail: 'must be printable ASCII, with single spaces between words and none around them',
        });
    } else if (Array.isArray(value)) for (const [i, one] of value.entries()) walk(one, `${pointer}/${i}`, claim);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, `${pointer}/${name}`, CLAIMS.has(name));
  };
  walk(payload, '', false);
  return faults;
}

/** Returns the refusal of a new event with an identifier that is not one; null where there is none. */
export function identifierRefusal(payload: object): AditError | null {
  const faults = identifierFaults(payload);
  return faults.length === 0
    ? null
    : new AditError(
        'schema-invalid',
        `An identifier has a character that cannot be seen or typed: ${faults[0]?.pointer ?? ''}.`,
        faults,
      );
}

/** Digits of a tag's running number at most (`tags.issued`, `digits`). */
const MAX_TAG_DIGITS = 16;

/** Counts the digits a tag ends in, up to those of the longest running number. */
export function tagDigits(tag: string): number {
  let count = 0;
  while (count < MAX_TAG_DIGITS && count < tag.length && /[0-9]/.test(tag[tag.length - 1 - count] ?? '')) count += 1;
  return count;
}
