import { AditError } from '../errors.js';
import type { Viewer } from './viewer.js';

/** The operator as an owner. It is the id of no actor, because ids have no `@`. */
export const OPERATOR = '@operator';

/**
 * Returns who owns what a viewer creates, and whose things it manages: an actor its own; the operator its own and those of no
 * owner; null, a ledger that is open: all. Throws `not-allowed` for viewers that own nothing.
 */
export function ownerOf(viewer: Viewer): string | null {
  if (viewer.kind === 'everyone') return null;
  if (viewer.kind === 'operator') return OPERATOR;
  if (viewer.kind === 'actor') return viewer.actor;
  throw new AditError('not-allowed', 'Subscriptions, silences and notes belong to an actor or to the operator.');
}

/** Returns the viewer that sees what an owner may see. What has no owner was created while the ledger was open. */
export function viewerOf(owner: string | null): Viewer {
  if (owner === null) return { kind: 'everyone' };
  return owner === OPERATOR ? { kind: 'operator', scopes: [] } : { kind: 'actor', actor: owner, scopes: [] };
}

/** Returns the actor that is an owner; null: the operator, or no owner. */
export const actorOf = (owner: string | null): string | null => (owner === OPERATOR ? null : owner);

/** Whether `manager` manages what belongs to an owner; null manages everything. */
export const manages = (manager: string | null, owner: string | null): boolean =>
  manager === null || manager === owner || (manager === OPERATOR && owner === null);

/** Returns SQL for `manages`: a condition on a column of owners. */
export const managedBy = (manager: string, column: string): string =>
  `(${manager}::text IS NULL OR ${column} = ${manager} OR (${manager} = '${OPERATOR}' AND ${column} IS NULL))`;
