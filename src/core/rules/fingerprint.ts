import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { derivedUuid } from '../event/ids.js';
import type { Finding } from './rule.js';

/**
 * SHA-256, in hexadecimal, of rule, subject and cause with 0x00 between: the same question asked again is the same
 * finding, whatever was measured this time and whichever version of the rule asks.
 */
export const fingerprint = ({ rule, subject, cause }: Pick<Finding, 'rule' | 'subject' | 'cause'>): string =>
  bytesToHex(sha256(utf8ToBytes([rule, subject, cause].join('\u0000'))));

/** A finding's id: UUIDv8 of log, rule, subject and cause, so that everybody who judges the same log names it alike. */
export const findingId = (log: string, { rule, subject, cause }: Pick<Finding, 'rule' | 'subject' | 'cause'>): string =>
  derivedUuid([log, 'finding', rule, subject, cause].join('\u0000'));
