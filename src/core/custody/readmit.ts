import { AditError, type ErrorCode } from '../errors.js';
import { type Signed, isSignedBy } from '../event/envelope.js';
import { type AditEvent, checkPossession } from '../event/event.js';
import { type PublicJwk, type SignatureCheck, isSameKey } from '../event/keys.js';
import { admit } from './admit.js';
import type { LedgerView } from './view.js';

/** How an entry of a log breaks the rules by which the service admits events. */
export interface ReadmissionFault {
  /** `waiting`: it follows events that are not before it. */
  kind: 'key' | 'signature' | 'possession' | 'replay' | 'refused' | 'waiting';
  code: ErrorCode | null;
  /** The rest of a sentence that begins with the entry. */
  detail: string;
  /** The ids of the events that it waits for. */
  missing: readonly string[];
}

const fault = (
  kind: ReadmissionFault['kind'],
  detail: string,
  code: ErrorCode | null = null,
  missing: readonly string[] = [],
): ReadmissionFault => ({ kind, code, detail, missing });

/** Returns the key of an event's signature: from the registry at its index, or the one that entry 0 brings. */
const keyOf = (event: AditEvent, view: LedgerView): PublicJwk | null =>
  event.type === 'ledger.opened' ? event.payload.registrar.key : (view.keys.get(event.kid)?.jwk ?? null);

/** Returns whether `jwk` is the key by which an event must be signed, so that what was verified with it need not be again. */
export function isKeyInForce(event: AditEvent, view: LedgerView, jwk: PublicJwk): boolean {
  const inForce = keyOf(event, view);
  return inForce !== null && isSameKey(inForce, jwk);
}

/**
 * Verifies the signature of an entry with the key in force at its index, and the proof of possession of a new key.
 * Returns null if both are valid.
 * @param view the ledger before the entry
 */
export async function signatureFault(
  event: AditEvent,
  signed: Signed,
  view: LedgerView,
  check: SignatureCheck,
): Promise<ReadmissionFault | null> {
  const jwk = keyOf(event, view);
  if (jwk === null) return fault('key', `names the key ${event.kid}, which was not registered before it`);
  if (!(await isSignedBy(jwk, signed, check))) return fault('signature', 'is not signed by the key that it names');
  try {
    await checkPossession(event, check);
    return null;
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    return fault('possession', error.detail, error.code);
  }
}

/**
 * Admits an entry of a log again at its index, by the same rules as the service, and applies it to the view. Returns
 * null if it is admitted; otherwise the view has only the index as its size.
 * @param before the index of the same event earlier in the log, if the caller looked for it: an event applies once
 */
export function readmit(
  event: AditEvent,
  index: number,
  view: LedgerView,
  before: number | null = null,
): ReadmissionFault | null {
  if (before !== null) return fault('replay', `is entry ${before} once more: a replay`);
  view.size = index;
  const admission = admit(event, view, null);
  switch (admission.outcome) {
    case 'admitted':
      return null;
    case 'refused':
      return fault('refused', `would not be admitted: ${admission.error.detail}`, admission.error.code);
    case 'waiting': {
      const { missing } = admission;
      const detail = `would not be admitted: it follows ${missing.join(', ')}, which is not before it`;
      return fault('waiting', detail, null, missing);
    }
  }
}
