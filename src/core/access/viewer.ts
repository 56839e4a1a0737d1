import type { Scope } from './scopes.js';

/** Who makes a request, as far as it decides what the answer shows. */
export type Viewer =
  /** No token: the public tier. */
  | { readonly kind: 'nobody' }
  /** The service runs on loopback with `ADIT_ACCESS=open`: nothing is hidden. */
  | { readonly kind: 'everyone' }
  | ActorViewer
  | OperatorViewer
  | ShareViewer;

/** The viewer of a request without a token. */
export const NOBODY: Viewer = { kind: 'nobody' };

/** What proved who a viewer is. Absent for a viewer that is an owner and makes no request. */
interface Proven {
  readonly scopes: readonly Scope[];
  /** Names what the viewer signed in with, and what ends with it: the thumbprint of a key of the actor. */
  readonly signedInBy?: string;
  /** Whether it is a program with a key for machines, which neither makes further keys nor signs people in. */
  readonly isMachine?: boolean;
}

/** The operator of the service; it sees no contents of trade. */
interface OperatorViewer extends Proven {
  readonly kind: 'operator';
}

/** A person or program that acts for an actor of the registry. */
export interface ActorViewer extends Proven {
  readonly kind: 'actor';
  readonly actor: string;
}

/** A reader who has a link to one lot. */
export interface ShareViewer {
  readonly kind: 'share';
  /** Id of the share, not its secret. */
  readonly share: string;
  /** The actor that made it. */
  readonly by: string;
  readonly lot: string;
  /** Index of the last entry that the share shows; null: all up to now. */
  readonly until: number | null;
  /** RFC 3339: when the share ends. */
  readonly expiresAt: string;
  /** Whether the share shows disclosures that its giver may see. */
  readonly disclosures: boolean;
}

/** Whether a viewer may do what a scope permits. A share permits reading alone, of its lot. */
export function hasScope(viewer: Viewer, scope: Scope): boolean {
  if (viewer.kind === 'everyone') return true;
  if (viewer.kind === 'nobody') return false;
  if (viewer.kind === 'share') return scope === 'read';
  return viewer.scopes.includes(scope);
}

/** Whether a viewer is a program with a key for machines. */
export const isMachine = (viewer: Viewer): boolean => 'isMachine' in viewer && viewer.isMachine === true;

/** Names a viewer for the record of access, such as `actor:a-7k3q9m`. */
export function viewerName(viewer: Viewer): string {
  if (viewer.kind === 'actor') return `actor:${viewer.actor}`;
  return viewer.kind === 'share' ? `share:${viewer.share}` : viewer.kind;
}
