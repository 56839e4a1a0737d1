import { createHmac } from 'node:crypto';
import type { Viewer } from '../../core/access/viewer.js';

/** Time for which a context is valid, ms: longer than any statement may run. */
const VALID = 120_000;

/**
 * Returns the text by which row-level security knows a viewer, `kind|id|until|expiry|MAC` (migration 0077). Ids contain no
 * `|`. A viewer that is neither an actor nor has a share sees no row, and gets an empty text.
 * @param key of `viewer_key`.
 */
export function viewerContext(viewer: Viewer, key: Buffer, now: number): string {
  const fields = fieldsOf(viewer);
  if (fields === null) return '';
  const said = [...fields, now + VALID].join('|');
  return `${said}|${createHmac('sha256', key).update(said).digest('hex')}`;
}

function fieldsOf(viewer: Viewer): [string, string, string] | null {
  if (viewer.kind === 'actor') return ['actor', viewer.actor, ''];
  if (viewer.kind === 'share') return ['share', viewer.lot, viewer.until === null ? '' : String(viewer.until)];
  return null;
}
