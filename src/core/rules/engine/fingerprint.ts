import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { derivedUuid } from '../../event/ids.js';
import type { Finding } from './rule.js';

/**
 * Computes SHA-256, in hexadecimal, of rule, subject and cause with 0x00 between them. The same question is the same
 * finding, regardless of the measured value and the version of the rule.
 */
export const fingerprint = ({ rule, subject, cause }: Pick<Finding, 'rule' | 'subject' | 'cause'>): string =>
  bytesToHex(sha256(utf8ToBytes([rule, subject, cause].join('\u0000'))));

/** Computes a finding's id, UUIDv8 of log, rule, subject and cause: all verifiers of a log compute the same id. */
export const findingId = (log: string, { rule, subject, cause }: Pick<Finding, 'rule' | 'subject' | 'cause'>): string =>
  derivedUuid([log, 'finding', rule, subject, cause].join('\u0000'));
