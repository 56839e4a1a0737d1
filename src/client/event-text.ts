import { AditError } from '../core/errors.js';
import { peekPayload } from '../core/event/grammar.js';
import { eventId } from '../core/event/ids.js';

interface ClaimText {
  outcome?: unknown;
  lot?: unknown;
  prev?: unknown;
  tags?: unknown;
  tagsOn?: unknown;
  lotNumber?: unknown;
  mineral?: unknown;
  mass?: unknown;
}

/** Plain claims of a signed event about lots; the signature is not verified. */
export interface LotClaimTexts {
  id: string;
  log: string;
  type: string;
  iss: string;
  occurredAt: string;
  to: string | undefined;
  born: ClaimText[];
  extended: {
    lot: string;
    prev: string;
    /** Present value in the event. */
    mass?: { value: string; uom: string };
    outcome?: unknown;
    /** Whether it goes into others by this event. */
    usedUp: boolean;
  }[];
  claims: Record<string, unknown>;
}

const isMass = (mass: unknown): mass is { value: string; uom: string } =>
  typeof mass === 'object' && mass !== null && 'value' in mass && 'uom' in mass;

const listOf = (value: unknown): ClaimText[] =>
  Array.isArray(value) ? value.filter((item): item is ClaimText => typeof item === 'object' && item !== null) : [];

/**
 * Puts the signature that a ledger has logged in the place of that of an event, and leaves its disclosures: the same words can
 * be signed twice, and the receipt is of the text in the log. Throws where it is another event.
 */
export function withLoggedSignature(event: string, logged: string): string {
  if (readEventText(event).id !== readEventText(logged).id)
    throw new AditError('event-malformed', 'The ledger answered with another event than the one that was sent.');
  const [, ...disclosures] = event.trim().split('~');
  return [logged.trim().split('~')[0], ...disclosures].join('~');
}

/** Parses a signed event. Throws `event-malformed` if the text is not one. */
export function readEventText(event: string): LotClaimTexts {
  const [jws = ''] = event.trim().split('~');
  const [header, payload, signature] = jws.split('.');
  if (header === undefined || payload === undefined || signature === undefined)
    throw new AditError('event-malformed', 'The text is no signed event.');
  let claims: Record<string, unknown>;
  try {
    claims = peekPayload(jws) as Record<string, unknown>;
  } catch {
    throw new AditError('event-malformed', 'The text is no signed event.');
  }
  return { ...saidInClaims(claims), id: eventId(`${header}.${payload}`) };
}

/** Reads the claims about lots, of a signed or unsigned event. */
function saidInClaims(claims: Record<string, unknown>): Omit<LotClaimTexts, 'id'> {
  const chained = [
    ...listOf(claims.lots).map((item) => ({ ...item, usedUp: false })),
    ...listOf(claims.inputs).map((item) => ({ ...item, usedUp: true })),
  ];
  return {
    log: String(claims.log),
    type: String(claims.type),
    iss: String(claims.iss),
    occurredAt: String(claims.occurredAt),
    to: typeof claims.to === 'string' ? claims.to : undefined,
    born: listOf(claims.outputs),
    extended: chained.flatMap(({ lot, prev, mass, outcome, usedUp }) =>
      typeof lot === 'string' && typeof prev === 'string'
        ? [{ lot, prev, usedUp, ...(isMass(mass) ? { mass } : {}), ...(outcome === undefined ? {} : { outcome }) }]
        : [],
    ),
    claims,
  };
}

/** Reads the claims of an event about lots from its text or, before it is signed, from its claims. */
export const saidBy = (event: string | Record<string, unknown>): Omit<LotClaimTexts, 'id'> =>
  typeof event === 'string' ? readEventText(event) : saidInClaims(event);
