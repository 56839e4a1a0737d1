import { type ErrorCode, errorCodes } from '../../core/errors.js';

/** Meaning of a code and the remedy. */
export interface Explanation {
  meaning: string;
  remedy: string;
}

const explain = (meaning: string, remedy: string): Explanation => ({ meaning, remedy });

/** Explanations of all codes, the source of `/errors/<code>` and docs/errors.md. */
export const explanations: Record<ErrorCode, Explanation> = {
  'request-invalid': explain(
    'The request itself, not an event in it, does not have the form that this path reads: body, query or content type. Where it is the content type, the HTTP status is 415.',
    'Look at `errors`: each pointer names a place. The forms are at /docs. Bodies are `application/json`, a batch may be `application/x-ndjson`.',
  ),
  'request-too-large': explain(
    'The body exceeds the limit of the path: 1 MiB, or 32 MiB, 10,000 events and 1 MiB a line for a batch. A batch of lines that was begun ends with this as its last line.',
    'Send fewer events at a time.',
  ),
  'rate-limited': explain(
    'The address from which the request came has sent as many requests as it may in a minute (ADIT_RATE_LIMIT_PER_MINUTE), or the actor or share link as many reads or changes (ADIT_READS_PER_MINUTE, ADIT_CHANGES_PER_MINUTE), or, while others wait, too many events that no registered key has signed.',
    'Wait for the time in `Retry-After` and send the same bytes again. Send many events as one batch, which counts as one request.',
  ),
  'token-required': explain(
    'This path shows or changes what has an owner, and the request has no proof of who makes it. Signed events need no token.',
    'Sign in: `adit login --key <file>`, a token of `POST /v1/token`, a key for machines, or a session of the browser.',
  ),
  'token-invalid': explain(
    'The token, key, session or share link is not known here, has expired, was withdrawn, is bound to another key, or was used before where it may be used once.',
    'Ask for a new one. If your clock is wrong, set it: assertions and proofs are valid for a few minutes.',
  ),
  'not-allowed': explain(
    'You are known, but the token lacks the scope that this path needs, or what you may see does not include this.',
    'Ask for the scope, or ask a holder of the lot to grant or share it. A holder sees by `GET /v1/access/explain` who may see a lot, and why.',
  ),
  'not-found': explain(
    'No such path, or nothing recorded under this id.',
    'Check the id. An event still waiting for its predecessor is not in the log yet.',
  ),
  overloaded: explain(
    'The backlog of events to append is full, too many large answers are being made at once, or the database cannot be reached. The event itself is not known to have a fault.',
    'Wait for the time in `Retry-After` and send the same bytes again: if they were recorded meanwhile, you get the first receipt.',
  ),
  'log-halted': explain(
    'The service refuses to sign, because the stored log and the signed one do not agree: an older copy of the database was restored, or it was changed.',
    'Keep your events. The operator must restore the right database; see the operator guide. Do not delete the guard file.',
  ),
  internal: explain(
    'An unexpected failure. It has nothing to do with your event.',
    'Send the same bytes again. If it persists, give the operator the `request_id`.',
  ),
  'event-malformed': explain(
    'What was sent is not `<JWS>~` with disclosures in the strict grammar: base64url without padding or stray bits, JSON without duplicate names, integers within 2^53.',
    'Send the bytes exactly as they were signed. Do not re-encode or wrap them.',
  ),
  'event-too-large': explain(
    'The payload is larger than 32 KiB, or the event with its disclosures larger than 256 KiB.',
    'Attach documents by their hash instead of putting them in, or split the event.',
  ),
  'header-invalid': explain(
    'The signed header is not exactly `alg` (Ed25519 or ES256), `kid` and `typ`.',
    'Remove other members; write `Ed25519`, not `EdDSA`; set `typ` to `custody-event+sd-jwt`.',
  ),
  'ledger-not-open': explain(
    'Entry 0, `ledger.opened`, has not been recorded.',
    'The registrar opens the ledger first: `adit init --open`.',
  ),
  'key-unknown': explain(
    'No registered key has this thumbprint, or it is not active yet: a key added by one that is itself new waits 72 hours.',
    'Register the actor or add the key first; check `kid`.',
  ),
  'signature-invalid': explain(
    'The signature does not verify with the named key, or has a form that every verifier must refuse: high S, or a point of small order.',
    'Sign the bytes that you send. ES256 signers replace S by n−S when S is above n/2.',
  ),
  'log-mismatch': explain(
    'The event names another log in `log`.',
    'Sign it for the origin that `GET /v1/ledger` gives.',
  ),
  'type-unknown': explain(
    'This ledger does not know the type of the event.',
    'Check the spelling of `type`, and the version of the service.',
  ),
  'schema-invalid': explain(
    'A claim is missing, has the wrong form, or is not one that this type has.',
    'Look at `errors`: each pointer names a claim of the payload. Correct and sign anew.',
  ),
  'quantity-invalid': explain(
    'A quantity is zero, is not a whole number of milligrams, breaks the number format, or has a unit other than KGM, GRM or TNE.',
    'Write the value as a decimal string of at most six places, such as "48.5".',
  ),
  'disclosure-invalid': explain(
    'A disclosure sent along matches no digest of the signed payload, or reveals what may not be hidden.',
    'Send the disclosures made with this very event.',
  ),
  'possession-invalid': explain(
    'The proof that someone holds the new key does not verify: wrong key, actor or log.',
    'Let the holder of the new key sign `{log, actor, kid}` with `typ` `key-possession+jwt`.',
  ),
  'seen-mismatch': explain(
    'The signer claims to have seen a checkpoint that this log never signed.',
    'Do not sign on. Keep that checkpoint: together with ours it may prove that the log showed two histories.',
  ),
  expired: explain('The event set `exp`, and the log’s time is past it.', 'If it still holds, sign it anew.'),
  'ledger-already-open': explain('Entry 0 exists; a ledger is opened once.', 'Nothing to do.'),
  'ledger-mismatch': explain(
    '`ledger.opened` names a log key or service key other than this service’s, or is signed by a key other than the registrar’s that was configured.',
    'Take both keys from `GET /v1/ledger`, and sign with the key of ADIT_REGISTRAR.',
  ),
  'key-revoked': explain(
    'The key was revoked before this event was admitted.',
    'Sign with an active key of the same actor.',
  ),
  'issuer-mismatch': explain(
    '`iss` names one actor, and the key belongs to another.',
    'Set `iss` to the actor whose key signs.',
  ),
  'role-not-allowed': explain(
    'None of the signer’s roles may sign this type of event, or the actor’s card has expired.',
    'See the event format for who signs what; the registrar grants roles.',
  ),
  'actor-unknown': explain(
    'An actor named in the event is not registered.',
    'Check the id, or have the actor registered first.',
  ),
  'site-unknown': explain('The site named is not registered.', 'Check the id, or have the site registered first.'),
  'facility-unknown': explain(
    'The facility named is not registered.',
    'Check the id, or have the facility registered first.',
  ),
  'id-exists': explain(
    'An actor, site, facility, tag or other thing of this id is registered already.',
    'Choose another id. Ids are never given twice.',
  ),
  'key-exists': explain(
    'This key has been registered before, maybe for another actor. Keys are never given twice.',
    'Make a new key.',
  ),
  'lot-id-invalid': explain(
    'The id of a lot that the event creates does not derive from log, issuer, `jti` and position.',
    'Derive it as described in the event format; `adit record` does so.',
  ),
  'lot-unknown': explain(
    'No event has created this lot, and none that waits may create it.',
    'Check the id; send the event that creates the lot.',
  ),
  'lot-consumed': explain(
    'The whole lot became part of other lots.',
    'Look at its lineage downstream: act on the lots that it became.',
  ),
  'lot-closed': explain('The lot’s chain has been closed or exported for good.', 'Nothing follows a closed lot.'),
  'lot-on-hold': explain(
    'An authority has placed a hold on the lot. No actor may move it until the hold is released.',
    'Wait for `lot.released`, or ask the authority.',
  ),
  'parent-refused': explain(
    'The event that this one follows was refused, so this one can never be accepted.',
    'Correct the first, and sign this one again after it.',
  ),
  'head-moved': explain(
    'The lot has moved on since the event that `prev` names: another actor recorded an event first, or this is an attempt to give the lot to two receivers.',
    'Look at `heads` and at the lot’s chain. If your event is still true, sign it again after the present head.',
  ),
  'lot-in-transit': explain(
    'The lot was dispatched and not yet received.',
    'Let the receiver record `custody.received`, or recall the dispatch.',
  ),
  'lot-not-in-transit': explain(
    'The lot was not dispatched, so that it cannot be received or recalled.',
    'Let its holder record `custody.dispatched` first.',
  ),
  'recall-too-early': explain(
    'A dispatch may be recalled only after its planned arrival.',
    'Wait, or let the receiver record the lot as rejected.',
  ),
  'not-holder': explain(
    'The signer does not hold the lot, or is not the one to whom it was sent.',
    'Only the holder acts on a lot. `/v1/lots/<id>` names the holder.',
  ),
};

/** Renders docs/errors.md: a heading for each code, in the order of the checks. */
export function errorsDocument(): string {
  const sections = Object.entries(errorCodes).map(([code, { status, title }]) => {
    const { meaning, remedy } = explanations[code as ErrorCode];
    return `## ${code}\n\n**${title}.** HTTP status ${status}.\n\n${meaning}\n\nWhat to do: ${remedy}\n`;
  });
  return `# Errors

Every refusal is problem+json (RFC 9457) with a \`code\`; its \`type\`, \`/errors/<code>\`, is a page of the service with
the same text. Codes come in the order of checking: the first failure decides. Codes never change their meaning.

${sections.join('\n')}`;
}
