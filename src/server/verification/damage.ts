import type { RecordFault } from '../../core/rules/facts.js';

/** What PostgreSQL answers where a page or an index of its own files is damaged. */
const DAMAGED = new Set(['XX001', 'XX002']);

/**
 * Whether an audit failed because of what is stored, and not because it could not ask: a damaged file, or a number that
 * no ledger can hold. Whoever wrote it must not silence the audit by it.
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
