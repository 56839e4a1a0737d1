import * as z from 'zod';
import { AditError } from '../errors.js';
import { type Disclosure, readDisclosures, sdDigest } from '../event/disclosure.js';
import { type CompactJws, type Envelope, isSignedBy, parseCompactJws, parseEnvelope } from '../event/envelope.js';
import { type AditEvent, readEvent } from '../event/event.js';
import { parseJsonFile } from '../event/grammar.js';
import { type PublicJwk, type SignatureCheck, publicJwkSchema, thumbprint } from '../event/keys.js';
import { eventIdSchema, registryId } from '../event/primitives.js';
import { type Signer, signJws } from '../event/signer.js';
import { eventTypes } from '../event/types/index.js';

/** `typ` of what a presenter signs (the position of the key-binding JWT of RFC 9901 §4.3). */
const PRESENTATION_TYP = 'disclosure+sd-jwt';
/** `format` of a file of presentations. */
export const PRESENTATIONS = 'adit-presentations/1';
/** Characters of such a file at most, and events in it. */
const MAX_PRESENTATIONS_LENGTH = 16 * 1024 * 1024;
export const MAX_PRESENTED = 1_000;
/** Characters of the name of a reader at most. */
const MAX_READER = 200;

const reader = z
  .string()
  .min(1)
  .max(MAX_READER)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

const claims = z.strictObject({
  log: z.string(),
  event: eventIdSchema,
  sd_hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  iss: registryId,
  aud: reader,
  iat: z.int().min(0),
});

/** What is presented: an event as it is stored, those of its disclosures that are shown, by whom and to whom. */
export interface Showing {
  /** `<JWS>~` with any disclosures. */
  event: string;
  disclosures: readonly string[];
  by: string;
  to: string;
  /** s since 1970 UTC. */
  now: number;
}

/**
 * Builds a presentation of an event: `<JWS>~<disclosure>~…~<JWS of the presenter>`. The presenter signs the digest of all
 * before it with the name of the reader, so that a passed-on presentation shows for whom it was made. Throws
 * `disclosure-invalid` for a disclosure that is not of the event.
 */
export async function buildPresentation({ event, disclosures, by, to, now }: Showing, signer: Signer): Promise<string> {
  const [jws = ''] = event.split('~', 1);
  const shown = [jws, ...disclosures, ''].join('~');
  const { id, payload } = parseEnvelope(shown);
  disclosuresOf({ disclosures: [...disclosures], payload });
  const said = {
    log: payload.log,
    event: id,
    sd_hash: sdDigest(shown),
    iss: by,
    aud: to,
    iat: now,
  };
  return `${shown}${await signJws(claims.parse(said), PRESENTATION_TYP, signer)}`;
}

/** Reads the disclosures that a holder has of an event, with their places. Throws `disclosure-invalid`. */
export const readHeld = (event: string): Disclosure[] => disclosuresOf(parseEnvelope(event));

function disclosuresOf({ disclosures, payload }: Pick<Envelope, 'disclosures' | 'payload'>): Disclosure[] {
  const type = eventTypes.get(String(payload.type));
  if (type === undefined) throw new AditError('type-unknown', `There is no event type ${String(payload.type)}.`);
  return readDisclosures(disclosures, payload, type);
}

/** A presentation whose digests are right; its signatures are not verified. */
export interface Presentation {
  event: AditEvent;
  by: string;
  to: string;
  /** s since 1970 UTC. */
  at: number;
  signedEvent: CompactJws;
  signedShowing: CompactJws;
}

/** Reads a presentation. Throws as an event does, and `disclosure-invalid` where the presenter signed something else. */
export function readPresentation(text: string): Presentation {
  const end = text.lastIndexOf('~') + 1;
  const shown = text.slice(0, end);
  const envelope = parseEnvelope(shown);
  const signedShowing = parseCompactJws(text.slice(end), PRESENTATION_TYP);
  const { data } = claims.safeParse(signedShowing.payload);
  if (data === undefined) throw invalid('What the presenter signed has not the claims of a presentation.');
  const event = readEvent(envelope, data.log);
  if (data.event !== event.id) throw invalid('The presenter signed for another event.');
  if (data.sd_hash !== sdDigest(shown)) throw invalid('A disclosure was added or left out after the presenter signed.');
  return { event, by: data.iss, to: data.aud, at: data.iat, signedEvent: envelope, signedShowing };
}

const invalid = (detail: string): AditError => new AditError('disclosure-invalid', detail);

/**
 * Who presented an event: its signer, which is proved by the key that signed both; another, in whatever name, because events name no key
 * of a holder; or a presenter whose key is not in the file.
 */
export type Presenter = 'signer' | 'other' | 'unknown';

/**
 * Verifies the signatures of a presentation by the keys that come with it, which its headers name by their thumbprints. Throws
 * `signature-invalid`. The key of the event is known to be its signer's, because the log admitted the event.
 */
export async function checkPresenter(
  { event, by, signedEvent, signedShowing }: Presentation,
  keys: readonly PublicJwk[],
  check: SignatureCheck,
): Promise<Presenter> {
  const byKid = new Map(keys.map((jwk) => [thumbprint(jwk), jwk]));
  for (const signed of [signedEvent, signedShowing]) {
    const jwk = byKid.get(signed.header.kid);
    if (jwk !== undefined && !(await isSignedBy(jwk, signed, check)))
      throw new AditError('signature-invalid', `The signature by the key ${signed.header.kid} does not verify.`);
  }
  if (!byKid.has(signedShowing.header.kid)) return 'unknown';
  return signedShowing.header.kid === signedEvent.header.kid && by === event.iss ? 'signer' : 'other';
}

const fileSchema = z.strictObject({
  format: z.literal(PRESENTATIONS),
  keys: z.array(publicJwkSchema).max(10),
  items: z
    .array(z.strictObject({ presentation: z.string(), receipt: z.string().max(64 * 1024) }))
    .min(1)
    .max(MAX_PRESENTED),
});

/** A file of presentations, each with the receipt of its event. */
export type Presentations = z.infer<typeof fileSchema>;

/** Parses a file of presentations. Throws `request-invalid`. */
export function parsePresentations(text: string): Presentations {
  const parsed = fileSchema.safeParse(parseJsonFile(text, 'The presentation', MAX_PRESENTATIONS_LENGTH));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AditError(
    'request-invalid',
    `The presentation is not as it must be at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}.`,
  );
}
