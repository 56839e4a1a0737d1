import type { AditError } from '../../../core/errors.js';

/** What has become of one event that was sent. */
export type EventResult =
  | { status: 'accepted'; id: string; index: number; receipt: string | null }
  /** `event`: the logged text, if the sent one has another signature. */
  | { status: 'duplicate'; id: string; index: number; event?: string }
  | { status: 'waiting'; id: string; missing: string[]; expiresAt: string }
  /** `id` is null if the event could not be parsed; `heads`: the newest events of the lots that it names, by lot. */
  | { status: 'refused'; id: string | null; error: AditError; heads: Record<string, string> };
