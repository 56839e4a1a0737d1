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

/** What this ledger's first entry must name, and who signs in the ledger's own name. */
export interface Identity {
  /** The log's verifier key. */
  readonly logKey: string;
  readonly serviceKid: string;
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
 */
export function admit(event: AditEvent, view: LedgerView, identity: Identity): Admission {
  const error = checkRegistry(event, view, identity);
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
