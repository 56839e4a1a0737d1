import type { AditEvent } from '../event/event.js';
import { references } from '../event/references.js';
import { type Grant, grantOpens } from './grants.js';
import type { Viewer } from './viewer.js';

/** Whose disclosures a viewer may see: its own, and those that grants show it. */
export interface Opening {
  viewer: Viewer;
  grants: readonly Pick<Grant, 'by' | 'lots' | 'sites' | 'disclosures'>[];
}

/**
 * Whether the disclosures of an event may be shown: its signer sees them, and so do the actors that it names, to whom the
 * signer disclosed them by naming them, and actors to whom one of these granted them.
 */
export function mayOpen(event: AditEvent, { viewer, grants }: Opening): boolean {
  if (viewer.kind === 'everyone') return true;
  const isOwn = viewer.kind === 'actor' && references(event).actors.includes(viewer.actor);
  return isOwn || grants.some((grant) => grantOpens(grant, event));
}
