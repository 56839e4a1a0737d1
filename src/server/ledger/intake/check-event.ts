import { AditError, type ErrorCode, type ErrorDetail } from '../../../core/errors.js';
import { shown } from '../../../core/event/disclosure.js';
import { type Envelope, eventIdIn, isSignedBy, parseEnvelope } from '../../../core/event/envelope.js';
import { type SignedEvent, checkPossession, readEvent } from '../../../core/event/event.js';
import { identifierRefusal } from '../../../core/event/identifiers.js';
import type { PublicJwk } from '../../../core/event/keys.js';
import { sha256 } from '../../../platform/sha256.js';
import { verifySignature } from '../../../platform/verify-signature.js';

/** One event to check, with the key that its header names, if known. */
export interface CheckJob {
  text: string;
  jwk: PublicJwk | null;
}

/** A refusal as plain data, to pass between threads. */
export interface PlainError {
  code: ErrorCode;
  detail: string;
  errors: readonly ErrorDetail[];
}

/** `identifierError` names an invalid identifier of an event that is good otherwise; it applies to new events only. */
export type IntakeCheck =
  | { event: SignedEvent; error: null; identifierError: PlainError | null }
  | { event: null; error: PlainError; id: string | null };

const plainError = ({ code, detail, errors }: AditError): PlainError => ({ code, detail, errors });

/** Runs all checks of wire.md that need only the event and its key: envelope, signature, payload, possession. */
export const checkEvent = ({ text, jwk }: CheckJob, log: string): Promise<IntakeCheck> =>
  checkText(text, log, (envelope) => checkSignature(envelope, jwk));

/** Runs the same checks of a text that is not signed yet, without that of the signature. */
export const checkDraft = (text: string, log: string): Promise<IntakeCheck> =>
  checkText(text, log, () => Promise.resolve());

async function checkSignature(envelope: Envelope, jwk: PublicJwk | null): Promise<void> {
  if (jwk === null) throw new AditError('key-unknown', `No key ${envelope.header.kid} is registered.`);
  if (!(await isSignedBy(jwk, envelope, verifySignature)))
    throw new AditError('signature-invalid', 'The signature does not verify with the key that the header names.');
}

async function checkText(
  text: string,
  log: string,
  checkSigned: (envelope: Envelope) => Promise<void>,
): Promise<IntakeCheck> {
  let envelope: Envelope | null = null;
  try {
    envelope = parseEnvelope(text, sha256);
    await checkSigned(envelope);
    const event = readEvent(envelope, log);
    await checkPossession(event, verifySignature);
    const identifier = identifierRefusal(shown(event).payload);
    return { event, error: null, identifierError: identifier === null ? null : plainError(identifier) };
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    return { event: null, error: plainError(error), id: envelope?.id ?? eventIdIn(text, sha256) };
  }
}
