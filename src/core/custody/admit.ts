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
import { recordParties } from './parties.js';
import { type LedgerView, successorKey } from './view.js';

/** The keys that a service can sign with. Admission refuses an entry that names a key which the service lacks. */
export interface Identity {
  /** Verifier keys (vkey) of the log whose private keys the service has. */
  readonly logKeys: readonly string[];
  /** Thumbprints of the service keys whose private keys the service has. */
  readonly serviceKids: readonly string[];
  /** The only key that may open the ledger; null: any key may. */
  readonly registrarKid: string | null;
}

export type Admission =
  | { outcome: 'admitted' }
  /** The event waits until the events named in `missing` are in the log. */
  | { outcome: 'waiting'; missing: string[] }
  /** `evidence`: the refused attempt is itself evidence; the service logs it as `event.refused`. */
  | { outcome: 'refused'; error: AditError; evidence: boolean };

/**
 * Decides whether the log accepts an event at the index that it would get (protocol.md §3). The checks are those of
 * wire.md from `expired` on, in that order; the first failure decides. On acceptance, applies the event to the view. A
 * refusal or a wait does not change the view. The view must contain every row that the event refers to.
 * @param own the keys of the service that applies the event; null when a monitor or verifier judges events that a
 * service accepted before
 */
export function admit(event: AditEvent, view: LedgerView, own: Identity | null): Admission {
  const error = checkRegistry(event, view, own);
  if (error !== null) return { outcome: 'refused', error, evidence: false };
  const lots = checkLots(event, view);
  if (lots.outcome !== 'admitted') return lots;
  const index = view.size;
  recordParties(event, view, index);
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
