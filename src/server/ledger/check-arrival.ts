import { AditError, type ErrorCode, type ErrorDetail } from '../../core/errors.js';
import { type Envelope, eventIdIn, parseEnvelope } from '../../core/event/envelope.js';
import { type AditEvent, checkPossession, readEvent } from '../../core/event/event.js';
import { type PublicJwk, algOf } from '../../core/event/keys.js';
import { sha256 } from '../../platform/sha256.js';
import { verifySignature } from '../../platform/verify-signature.js';

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

export type Checked = { event: AditEvent; error: null } | { event: null; error: PlainError; id: string | null };

/** Runs all checks of wire.md that need only the event and its key: envelope, signature, payload, possession. */
export async function checkArrival(job: CheckJob, log: string): Promise<Checked> {
  let envelope: Envelope | null = null;
  try {
    envelope = parseEnvelope(job.text, sha256);
    if (job.jwk === null) throw new AditError('key-unknown', `No key ${envelope.header.kid} is registered.`);
    if (
      algOf(job.jwk) !== envelope.header.alg ||
      !(await verifySignature(job.jwk, envelope.signingInput, envelope.signature))
    )
      throw new AditError('signature-invalid', 'The signature does not verify with the key that the header names.');
    const event = readEvent(envelope, log);
    await checkPossession(event, verifySignature);
    return { event, error: null };
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    const { code, detail, errors } = error;
    return { event: null, error: { code, detail, errors }, id: envelope?.id ?? eventIdIn(job.text, sha256) };
  }
}
