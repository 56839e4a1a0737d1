import type { RecordFault } from '../../../core/rules/engine/facts.js';

/** PostgreSQL's codes for damaged pages and indexes. */
const DAMAGED = new Set(['XX001', 'XX002']);

/**
 * Whether an audit failed because of the stored data and not of the connection: a damaged file, or an impossible
 * number. An attacker must not stop the audit by such data.
 */
export const isDamage = (error: unknown): error is Error =>
  error instanceof RangeError || (error instanceof Error && DAMAGED.has((error as { code?: string }).code ?? ''));

export const unreadable = (error: Error): RecordFault => ({
  rule: 'record-root-mismatch',
  subject: 'ledger',
  cause: 'unreadable',
  lots: [],
  events: [],
  measured: 'unreadable',
  threshold: 'readable',
  detail: `The stored ledger could not be read to its end: ${error.message}`,
  firstIndex: null,
});
