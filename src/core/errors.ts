/**
 * Every error code of a refusal, in the order of the checks (wire.md, "Codes"). The HTTP status and title belong to the
 * code, so that server, client and documentation agree.
 */
export const errorCodes = {
  'request-invalid': { status: 400, title: 'The request is not of the expected form' },
  'request-too-large': { status: 413, title: 'The request is larger than the limit' },
  'rate-limited': { status: 429, title: 'Too many requests came from one address or actor' },
  'token-required': { status: 401, title: 'This needs a sign-in' },
  'token-invalid': { status: 401, title: 'The proof of who you are is not valid' },
  'not-allowed': { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is nothing here by that name' },
  overloaded: { status: 503, title: 'Too much is waiting; try again shortly' },
  'log-halted': { status: 503, title: 'The log has stopped signing' },
  internal: { status: 500, title: 'Something failed on our side' },

  'event-malformed': { status: 422, title: 'The event does not follow the strict grammar' },
  'event-too-large': { status: 422, title: 'The event is larger than 32 KiB' },
  'header-invalid': { status: 422, title: 'The signed header is not exactly alg, kid and typ' },

  'ledger-not-open': { status: 409, title: 'The ledger has no first entry yet' },
  'key-unknown': { status: 403, title: 'The signing key is not registered' },
  'signature-invalid': { status: 403, title: 'The signature does not verify' },

  'log-mismatch': { status: 422, title: 'The event was signed for another log' },
  'type-unknown': { status: 422, title: 'The event type is not known' },
  'schema-invalid': { status: 422, title: 'The event does not follow the schema of its type' },
  'quantity-invalid': { status: 422, title: 'A quantity is not a positive whole number of milligrams' },
  'disclosure-invalid': { status: 422, title: 'A disclosure does not belong to this event' },
  'possession-invalid': { status: 422, title: 'The proof of possession of the new key does not verify' },
  'seen-mismatch': { status: 409, title: 'The checkpoint the signer saw is not of this log' },
  expired: { status: 422, title: 'The event asked not to be admitted this late' },

  'ledger-already-open': { status: 409, title: 'The ledger has its first entry already' },
  'ledger-mismatch': { status: 422, title: 'The keys named are not those of this service' },
  'key-revoked': { status: 403, title: 'The signing key has been revoked' },
  'issuer-mismatch': { status: 403, title: 'The key belongs to another actor' },
  'role-not-allowed': { status: 403, title: 'The signer may not sign this type of event' },
  'actor-unknown': { status: 422, title: 'An actor named is not registered' },
  'site-unknown': { status: 422, title: 'The site named is not registered' },
  'facility-unknown': { status: 422, title: 'The facility named is not registered' },
  'id-exists': { status: 409, title: 'The id is taken' },
  'key-exists': { status: 409, title: 'The key has been registered before' },

  'lot-id-invalid': { status: 422, title: 'The lot id does not derive from this event' },
  'lot-unknown': { status: 422, title: 'The lot is not known' },
  'lot-consumed': { status: 409, title: 'The lot has been consumed' },
  'lot-closed': { status: 409, title: 'The lot is closed' },
  'lot-on-hold': { status: 409, title: 'An authority holds the lot' },
  'parent-refused': { status: 409, title: 'The event this one follows was refused' },
  'head-moved': { status: 409, title: 'The lot has moved on' },
  'lot-in-transit': { status: 409, title: 'The lot is in transit' },
  'lot-not-in-transit': { status: 409, title: 'The lot is not in transit' },
  'recall-too-early': { status: 409, title: 'The dispatch may not be recalled yet' },
  'not-holder': { status: 403, title: 'The signer does not hold the lot' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** One fault in the input: an RFC 6901 pointer into the payload (or body), and the reason. */
export interface ErrorDetail {
  pointer: string;
  code: ErrorCode;
  detail: string;
}

/** A refusal or failure with a code; every part of Adit throws it for unacceptable input. */
export class AditError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly errors: readonly ErrorDetail[] = [],
  ) {
    super(`${code}: ${detail}`);
    this.name = 'AditError';
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** Creates the error about one value of a request. @param pointer RFC 6901, into the body; empty: the body as a whole. */
export const requestInvalid = (pointer: string, detail: string): AditError =>
  new AditError('request-invalid', detail, [{ pointer, code: 'request-invalid', detail }]);
