import * as z from 'zod';

/**
 * The small schemas that all event types use. Patterns are those of wire.md ("Forms"). All text is bounded and has no
 * control characters, because a NUL is valid in JSON and fails in the database.
 */

export const MAX_LOTS = 200;
const MAX_DIGESTS = 64;
/** Errors listed in one refusal at most. */
export const MAX_ERRORS = 20;

const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f`;

/** Free text: 1 to `max` UTF-16 units, no control characters. */
export const text = (max: number) =>
  z
    .string()
    .regex(new RegExp(`^[^${CONTROL}]{1,${max}}$`), `must be 1 to ${max} characters without control characters`);

/** A code from a list that may grow (kinds, modes, processes). */
export const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._:/+-]{0,63}$/, 'must be a code: up to 64 letters, digits and . _ : / + - or space');

export const reason = text(500);

/** Id of an actor, a site or a facility. */
export const registryId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'must be an id: up to 64 letters, digits and . _ : -');

/** UUIDv8 (RFC 9562) in lower case. Admission checks that it derives from its event. */
export const lotIdSchema = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'must be a lot id (UUIDv8, lower case)',
  );

const sha256Base64url = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** base64url(SHA-256) in canonical form: 43 characters whose last carries two zero bits. */
export const digest = z.string().regex(sha256Base64url, 'must be a SHA-256 digest in base64url');
export const eventIdSchema = z.string().regex(sha256Base64url, 'must be an event id');
export const kidSchema = z.string().regex(sha256Base64url, 'must be an RFC 7638 SHA-256 thumbprint');
export const jti = z.string().regex(/^[A-Za-z0-9_-]{22,86}$/, 'must be 22 to 86 base64url characters');

export const wholeNumber = z.int().min(0);
export const positiveNumber = z.int().min(1);

export const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code');
export const roleSchema = z.enum([
  'registrar',
  'authority',
  'miner',
  'trader',
  'transporter',
  'warehouse',
  'processor',
  'exporter',
  'importer',
  'smelter',
  'buyer',
  'assayer',
  'auditor',
  'observer',
]);
export type Role = z.infer<typeof roleSchema>;
export const mineral = z.enum(['cassiterite', 'coltan', 'wolframite', 'gold', 'cobalt']);
export const form = z.enum(['ore', 'concentrate', 'dore', 'hydroxide', 'slag', 'metal']);
/** Chain-of-custody models (ISO 22095), strongest first. */
export const model = z.enum(['identityPreserved', 'segregated', 'controlledBlending', 'massBalance']);
export const modelsByStrength: readonly string[] = model.options;
export const hs = z.string().regex(/^[0-9]{4}(\.?[0-9]{2}){0,3}$/, 'must be an HS code of 4 to 10 digits');
export const locode = z.string().regex(/^[A-Z]{2} ?[A-Z2-9]{3}$/, 'must be a UN/LOCODE');

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const INSTANT =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_MS = 86_400_000;

/** Returns the days since 1970-01-01 in the proleptic Gregorian calendar; null if there is no such day. */
const dayNumber = (year: number, month: number, day: number): number | null => {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  if (day < 1 || day > last) return null;
  // Years count from March, so that the leap day is the last of its year (Date.UTC reads years 0–99 as 1900–1999).
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
};

/**
 * Returns the instant of an RFC 3339 date-time with offset, in milliseconds since 1970 UTC (finer fractions are cut
 * off); null if there is none: a day that is not in the calendar, hour 24, a leap second.
 */
export const instantMs = (value: string): number | null => {
  const part = INSTANT.exec(value);
  if (part === null) return null;
  const day = dayNumber(Number(part[1]), Number(part[2]), Number(part[3]));
  const [hour, minute, second] = [Number(part[4]), Number(part[5]), Number(part[6])];
  const [offsetHour, offsetMinute] = [Number(part[9] ?? 0), Number(part[10] ?? 0)];
  if (day === null || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return null;
  const offset = (offsetHour * 60 + offsetMinute) * (part[8] === '-' ? -1 : 1);
  const milliseconds = part[7] === undefined ? 0 : Number(part[7].padEnd(3, '0').slice(0, 3));
  return day * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1000 + milliseconds;
};

/** Returns midnight UTC of a calendar date `YYYY-MM-DD` in ms; null if there is no such day. */
export const dateMs = (value: string): number | null => {
  const part = DATE.exec(value);
  const day = part === null ? null : dayNumber(Number(part[1]), Number(part[2]), Number(part[3]));
  return day === null ? null : day * DAY_MS;
};

export const instant = z
  .string()
  .refine((value) => instantMs(value) !== null, 'must be an RFC 3339 date-time with offset, of a real day');
export const date = z.string().refine((value) => dateMs(value) !== null, 'must be a real date, YYYY-MM-DD');

/** Checks a period of dates, both ends included. */
export const datesInOrder = (period: { from?: string | undefined; to?: string | undefined }): boolean =>
  period.from === undefined || period.to === undefined || period.from <= period.to;
export const datesFromTo = z
  .strictObject({ from: date, to: date })
  .refine(datesInOrder, 'must not end before it begins');
/** A person's licence card. Its first day is not always known; its last day always is. */
export const card = z
  .strictObject({ from: date.optional(), to: date })
  .refine(datesInOrder, 'must not end before it begins');

/** A decimal string without sign, for numbers that are neither a mass nor a percentage. */
export const decimal = z
  .string()
  .regex(
    /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/,
    'must be a decimal string, at most 12 digits before and 6 after the point',
  );
/** 0 to 100 as a decimal string. */
export const percentage = z
  .string()
  .regex(/^(100(\.0{1,6})?|[1-9]?[0-9](\.[0-9]{1,6})?)$/, 'must be a decimal string from 0 to 100');

const coordinate = (limit: number) =>
  z
    .string()
    .regex(/^-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,9})?$/, 'must be a decimal string of degrees')
    .refine((value) => Math.abs(Number(value)) <= limit, `must be from -${limit} to ${limit} degrees`);
const latitude = coordinate(90);
const longitude = coordinate(180);
/** `["lon","lat"]`, the order of GeoJSON. */
export const point = z.tuple([longitude, latitude]);
/** GeoJSON polygon (RFC 7946 §3.1.6) whose numbers are decimal strings; each ring ends with its first point. */
export const polygon = z.strictObject({
  type: z.literal('Polygon'),
  coordinates: z
    .array(
      z
        .array(point)
        .min(4)
        .max(500)
        .refine((ring) => ring[0]?.join() === ring.at(-1)?.join(), 'must close: the last point equals the first'),
    )
    .min(1)
    .max(20),
});

/** Digests of hidden claims; may be empty, as in RFC 9901. */
const digestList = z
  .array(digest)
  .max(MAX_DIGESTS)
  .refine((list) => list.length < 2 || new Set(list).size === list.length, 'must not name a digest twice');
/** Adds `_sd` to an object that has † claims (RFC 9901 §4.2.4.1); other objects must not have it. */
export const withDigests = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, _sd: digestList.optional() });

export const place = withDigests({
  site: registryId.optional(),
  facility: registryId.optional(),
  lat: latitude.optional(),
  lon: longitude.optional(),
  // Whole metres as a number or a decimal string: devices send either, and only distances are computed from it.
  accuracyM: z.union([decimal, wholeNumber]).optional(),
  source: word.optional(),
});
/** A place whose site, or facility, is required; otherwise as `place`. */
export const placeWithSite = place.extend({ site: registryId });
export const placeWithFacility = place.extend({ facility: registryId });

/** The newest checkpoint that the signer had; the root in standard base64, as in the checkpoint. */
export const seen = z.strictObject({
  size: wholeNumber,
  root: z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'must be a SHA-256 in standard base64'),
});

/**
 * A document or photograph. `commit` = SHA-256(salt ‖ bytes) is permanent; salt and digest of the bytes can be erased.
 */
export const attachment = withDigests({
  commit: digest,
  mediaType: z.string().regex(/^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,126}$/, 'must be a media type'),
  kind: word,
  size: wholeNumber,
  salt: jti.optional(),
  digest: digest.optional(),
});

/** A verifier key. Its name has no space or plus; its key is 0x01 and 32 bytes, hence 44 base64 characters. */
export const vkey = z
  .string()
  .regex(/^[^\s+]{1,255}\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/, 'must be a note verifier key (vkey) for Ed25519');

const roleList = z.array(roleSchema).min(1).max(roleSchema.options.length);
export const roles = roleList.refine((list) => new Set(list).size === list.length, 'must not name a role twice');
const mineralList = z.array(mineral).min(1).max(mineral.options.length);
export const minerals = mineralList.refine(
  (list) => new Set(list).size === list.length,
  'must not name a mineral twice',
);

/**
 * A compact JWS inside a payload, checked for its length only. The code that verifies it checks the strict grammar and
 * reports faults with the error code of the proof.
 */
export const compactJws = z.string().max(2_048, 'must be a compact JWS of at most 2,048 characters');
