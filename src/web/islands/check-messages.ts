import type { BundleReport, Step } from '../../core/bundle/check.js';

export type CheckOutcome = Step['outcome'];

/** What a page asks of the worker. */
export interface CheckRequest {
  bundle: string;
  /** The key that the reader trusts; empty: none. */
  logKey: string;
}

/** What the worker answers: each step, then the result. */
export type CheckMessage =
  ({ kind: 'step' } & Step) | { kind: 'done'; word: BundleReport['word'] } | { kind: 'failed'; detail: string };
