import * as z from 'zod';
import { IDENTIFIER_WANTED, isIdentifier } from '../event/identifiers.js';
import { instantMs, mineral } from '../event/primitives.js';
import { rules } from '../rules/index.js';
import { ruleFailed } from '../rules/engine/rule-failed.js';
import { countryCodes } from './countries.js';
import { noSuch } from './nearest.js';

/**
 * Schemas of the values in requests. Every text is bounded in length, and free of NUL, other control characters and
 * lone surrogates: JSON allows them, and the database cannot store them.
 */

/** One line of text, unchanged: a search term. */
export const plainText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or half characters (lone surrogates)');

/** What names a thing in the world (a tag, a lot number), in the one grammar that events have for it. */
export const identifierText = (max: number) => plainText(max).refine(isIdentifier, IDENTIFIER_WANTED);

/** Text of one line for people, such as a name; spaces around it are dropped. */
export const line = (max: number) => plainText(max).trim().min(1);

/** Several lines of text for people, such as a reason; trimmed. */
export const prose = (max: number) =>
  z
    .string()
    .max(max)
    .regex(
      /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u,
      'must not contain control characters or half characters (lone surrogates)',
    )
    .trim()
    .min(1);

const MAX_TIME_LENGTH = 35;
const TIME = /^([0-9]{4})-.*?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/;
/** Largest offset from UTC of any local time, minutes. */
const MAX_OFFSET = 14 * 60;

function isRequestTime(value: string): boolean {
  if (value.length > MAX_TIME_LENGTH || instantMs(value) === null) return false;
  const [, year, hours = '0', minutes = '0'] = TIME.exec(value) ?? [];
  return Number(year) > 0 && Number(hours) * 60 + Number(minutes) <= MAX_OFFSET;
}

/** RFC 3339 date-time of the years 0001 to 9999, offset at most 14:00, fraction of at most nine digits. */
export const requestTime = z
  .string()
  .max(MAX_TIME_LENGTH)
  .refine(isRequestTime, 'must be an RFC 3339 date-time of a real day, such as 2026-05-12T06:00:00Z')
  .meta({ format: 'date-time' });

/** Names of all rules that make findings and alerts. */
export const ruleNames: readonly string[] = [...rules.map(({ id }) => id), ruleFailed.id];

/** An enumeration whose error suggests the name most likely meant. */
export const knownName = <T extends string>(kind: string, names: readonly T[]) =>
  z.enum(names as readonly [T, ...T[]], { error: ({ input }) => noSuch(kind, input, names) });

export const ruleName = knownName('rule', ruleNames);
export const mineralName = knownName('mineral', mineral.options);
export const countryCode = knownName('country (ISO 3166-1 alpha-2)', countryCodes);

const MAX_MAIL_ADDRESS = 320;
/** Exactly one mailbox, without characters that would add a second one or a header. */
const MAIL_ADDRESS = /^[^\s\p{Cc}\p{Cs}<>@,;:"\\()[\]]{1,64}@[^\s\p{Cc}\p{Cs}<>@,;:"\\()[\]]{1,253}$/u;

/** Whether a text is one mail address to which Adit can send. */
export const isMailAddress = (value: string): boolean => MAIL_ADDRESS.test(value);

export const mailAddress = z
  .string()
  .max(MAX_MAIL_ADDRESS)
  .refine(isMailAddress, { message: 'must be one mail address, such as alerts@example.org' });
