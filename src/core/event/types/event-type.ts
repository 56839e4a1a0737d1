import * as z from 'zod';
import type { ErrorDetail } from '../../errors.js';
import {
  attachment,
  instant,
  jti,
  MAX_LOTS,
  place,
  registryId,
  type Role,
  seen,
  text,
  wholeNumber,
  withDigests,
  word,
} from '../primitives.js';

/**
 * Who may sign an event type, as data for admission. `by` is the relation of the signer to the subject:
 *
 * - `role`: has one of `roles`; there is no other condition.
 * - `holder`: holds every lot in `lots` or `inputs` (for a lot in transit that is the sender); with `roles`, also has
 *   one of them.
 * - `receiver`: is the receiver that the open dispatch names.
 * - `siteOperator`: operates `place.site`; or has one of `orRoles`, and then names the holder.
 * - `subject`: is `actor` itself; or has one of `orRoles`.
 * - `named`: is one of the actors that these claims of the payload name.
 * - `holderOfNamed`: holds every lot that the event names without extending its chain; or has one of `orRoles`.
 * - `targetSigner`: signed the target event; or has one of `orRoles`. `namedInTarget`: the target event names it.
 * - `caseOwner`: is the owner that the newest update of the incident names; or has one of `orRoles`.
 * - `opener`: is the registrar that entry 0 names, with the key that it names. `rootRegistrar`: is that registrar,
 *   later.
 * - `service`: the service key, as actor `ledger`. It may sign no other type.
 * - `anyone`: any registered actor; rules judge the weight of the event.
 */
export type Signers =
  | { readonly by: 'role'; readonly roles: readonly Role[] }
  | { readonly by: 'holder'; readonly roles?: readonly Role[] }
  | { readonly by: 'receiver' }
  | { readonly by: 'siteOperator'; readonly orRoles: readonly Role[] }
  | { readonly by: 'subject'; readonly orRoles: readonly Role[] }
  | { readonly by: 'named'; readonly claims: readonly string[] }
  | { readonly by: 'holderOfNamed'; readonly orRoles: readonly Role[] }
  | { readonly by: 'targetSigner'; readonly orRoles?: readonly Role[] }
  | { readonly by: 'namedInTarget' }
  | { readonly by: 'caseOwner'; readonly orRoles: readonly Role[] }
  | { readonly by: 'opener' }
  | { readonly by: 'rootRegistrar' }
  | { readonly by: 'service' }
  | { readonly by: 'anyone' };

/** What a payload names besides the claims of all types (`iss`, `place`, `lots` with `prev`, `inputs`, `outputs`). */
interface Names {
  actors?: (string | undefined)[];
  kids?: string[];
  sites?: string[];
  facilities?: string[];
  /** Lots named without extending their chain. */
  lots?: string[];
  events?: string[];
}

export interface EventType<P extends CommonClaims = CommonClaims> {
  readonly type: P['type'];
  readonly signers: Signers;
  /** The schema of the payload; it refuses unknown claims. */
  readonly schema: z.ZodType<P>;
  /** † claims as pointers; `*` matches any array index. Each may be plain, a digest in `_sd`, or absent. */
  readonly disclosable: readonly string[];
  /**
   * Claims that their signer may correct, as pointers with everything below them; `*` matches any array index. Never
   * actors, lots, heads or the type.
   */
  readonly correctable: readonly string[];
  /**
   * Returns every fault that the schema cannot express (two claims compared). The payload must have the right shape.
   */
  check(payload: P): Problem[];
  /** Lists the ids that the payload names; see `references`. */
  names?(payload: P): Names;
}

/** A fault that is `schema-invalid`. */
export type Problem = Omit<ErrorDetail, 'code'>;

/** Defines an event type, and infers the type of its payload from its schema. */
export const defineEventType = <P extends CommonClaims>(
  definition: Omit<EventType<P>, 'disclosable' | 'correctable' | 'check'> & {
    readonly disclosable?: readonly string[];
    readonly correctable?: readonly string[];
    check?(payload: P): Problem[];
  },
): EventType<P> => ({
  ...definition,
  disclosable: [...commonDisclosable, ...(definition.disclosable ?? [])],
  correctable: [...commonCorrectable, ...(definition.correctable ?? [])],
  check: (claims) => [...checkCommon(claims), ...(definition.check?.(claims) ?? [])],
});

const checkCommon = ({ device, seq }: CommonClaims): Problem[] =>
  seq !== undefined && device === undefined
    ? [{ pointer: '/seq', detail: 'is the running number of a device: name it' }]
    : [];

const commonDisclosable = [
  '/place/lat',
  '/place/lon',
  '/place/accuracyM',
  '/place/source',
  '/attachments/*/salt',
  '/attachments/*/digest',
] as const;

/** Time, place and documents of the event. Not the site or facility: goods of another origin need a new declaration. */
const commonCorrectable = [
  '/occurredAt',
  '/place/lat',
  '/place/lon',
  '/place/accuracyM',
  '/place/source',
  '/attachments',
] as const;

/** Correctable claims of a new lot. */
export const correctableOutput = ['mass', 'moisturePercent', 'grades', 'tags', 'packages', 'hs', 'lotNumber'].map(
  (claim) => `/outputs/*/${claim}`,
);

const commonShape = {
  log: text(255),
  iss: registryId,
  iat: wholeNumber,
  jti,
  occurredAt: instant,
  place: place.optional(),
  device: word.optional(),
  seq: wholeNumber.optional(),
  seen: seen.optional(),
  exp: wholeNumber.optional(),
  attachments: z.array(attachment).min(1).max(50).optional(),
  _sd_alg: z.literal('sha-256').optional(),
};

/** The claims that every payload must or may have. */
export interface CommonClaims {
  type: string;
  log: string;
  iss: string;
  iat: number;
  jti: string;
  occurredAt: string;
  place?: z.infer<typeof place> | undefined;
  device?: string | undefined;
  seq?: number | undefined;
  seen?: z.infer<typeof seen> | undefined;
  exp?: number | undefined;
  attachments?: z.infer<typeof attachment>[] | undefined;
}

/** Builds the payload schema of a type without † claims at the top: the common claims and `shape`. */
export const payload = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ ...commonShape, type: z.literal(type), ...shape });

/** Builds the payload schema of a type with † claims at the top: as `payload`, and `_sd` is allowed. */
export const payloadWithDigests = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  withDigests({ ...commonShape, type: z.literal(type), ...shape });

export const listOfLots = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MAX_LOTS);

/** Reports repeated entries: the later of two equal ones. `pointer` returns the pointer to entry `i`. */
export const repeated = (values: readonly string[], pointer: (i: number) => string, what: string): Problem[] => {
  if (new Set(values).size === values.length) return [];
  const met = new Set<string>();
  const problems: Problem[] = [];
  for (const [i, value] of values.entries()) {
    if (met.has(value)) problems.push({ pointer: pointer(i), detail: `must not name ${what} twice` });
    met.add(value);
  }
  return problems;
};

export const repeatedLots = (lots: readonly { lot: string }[]): Problem[] =>
  repeated(
    lots.map(({ lot }) => lot),
    (i) => `/lots/${i}/lot`,
    'a lot',
  );
