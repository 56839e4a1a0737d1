import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import type { Viewer } from './viewer.js';

/**
 * Whether a viewer may see the disclosures of an event: its signer may, and so may the actors that it names, to whom the
 * signer disclosed them by naming them.
 */
export function mayOpen(event: AditEvent, viewer: Viewer): boolean {
  if (viewer.kind === 'everyone') return true;
  return viewer.kind === 'actor' && references(event).actors.includes(viewer.actor);
}
