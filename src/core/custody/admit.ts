import { AditError } from '../errors.js';
import { type AditEvent } from '../event/event.js';
import { applyAttestation } from './apply-attestation.js';
import { applyBirth } from './apply-birth.js';
import { applyHandover } from './apply-handover.js';
import { applyLotEvent } from './apply-lot-event.js';
import { applyRegistry } from './apply-registry.js';
import { checkLots } from './check-lots.js';
import { checkRegistry } from './check-registry.js';
import { successorOf } from './fork.js';
import { linksOf } from './links.js';
import { type LedgerView, successorKey } from './view.js';

/** What a service can sign with, so that no entry names a key that it does not have. */
export interface Identity {
  /** Verifier keys of the log whose private keys it has. */
  readonly logKeys: readonly string[];
  /** Thumbprints of the service keys whose private keys it has. */
  readonly serviceKids: readonly string[];
  /** The only key that may open the ledger; null: whoever comes first. */
  readonly registrarKid: string | null;
}

export type Admission =
  | { outcome: 'admitted' }
  /** Kept until the events named are in the log. */
  | { outcome: 'waiting'; missing: string[] }
  /** `evidence`: the attempt itself says something, and is kept (`event.refused`). */
  | { outcome: 'refused'; error: AditError; evidence: boolean };

/**
 * Judges an event at the index it would get (protocol.md §3, checks of wire.md from `expired` on, in that order; the
 * first failure decides), and if it is admitted changes the view by it. A refusal or a wait leaves the view untouched.
 * The view must hold every row that the event refers to.
 * @param own the service that is to go by it; null for whoever judges what a service has admitted before
 */
export function admit(event: AditEvent, view: LedgerView, own: Identity | null): Admission {
  const error = checkRegistry(event, view, own);
  if (error !== null) return { outcome: 'refused', error, evidence: false };
  const lots = checkLots(event, view);
  if (lots.outcome !== 'admitted') return lots;
  const index = view.size;
  applyRegistry(event, view, index);
  applyBirth(event, view, index);
  applyHandover(event, view, index);
  applyLotEvent(event, view, index);
  applyAttestation(event, view, index);
  for (const { lot, prev } of linksOf(event)) view.successors.set(successorKey(lot, prev), successorOf(event));
  view.events.set(event.id, { index, event });
  view.size = index + 1;
  return { outcome: 'admitted' };
}
