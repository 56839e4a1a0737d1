import {
  type BuildOptions,
  type BuiltEvent,
  type Claims,
  type Signer,
  buildEvent,
  outputLotIds,
  randomToken,
} from '../core/event/build.js';
import { identifierRefusal } from '../core/event/identifiers.js';
import { readCheckpoint } from '../core/log/checkpoint.js';
import { encodeBase64 } from '../core/log/base64.js';
import type { AditClient, SubmissionResult } from './adit-client.js';

/** An event as its author writes it; missing ids, `prev` links and common claims are filled in. */
export interface Draft {
  type: string;
  /** The actor in whose name the key signs. */
  iss: string;
  /** RFC 3339 with offset; default: now. */
  occurredAt?: string | undefined;
  body: Record<string, unknown>;
}

interface ChainedLots {
  lot: string;
  prev?: string;
}

/** Returns the newest event of a lot. */
export type HeadOf = (lot: string) => Promise<string>;

/** Types whose `lots` are objects without `prev`. */
const UNCHAINED = new Set(['stock.counted']);

/** Fills missing `prev` of lots and inputs with the heads of their chains. */
export async function chainLots(
  { type, body }: Pick<Draft, 'type' | 'body'>,
  headOf: HeadOf,
): Promise<Record<string, unknown>> {
  if (UNCHAINED.has(type)) return body;
  const filled = { ...body };
  for (const name of ['lots', 'inputs']) {
    const list = filled[name];
    if (!Array.isArray(list)) continue;
    filled[name] = await Promise.all(
      list.map(async (item: unknown) =>
        isChained(item) && item.prev === undefined ? { ...item, prev: await headOf(item.lot) } : item,
      ),
    );
  }
  return filled;
}

/** Returns whether an item may have a `prev`; the schema refuses anything malformed. */
const isChained = (item: unknown): item is ChainedLots =>
  typeof item === 'object' && item !== null && 'lot' in item && typeof item.lot === 'string';

/** Fills the ids of new lots, which derive from the event. */
function bear(log: string, iss: string, jti: string, body: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(body.outputs)) return body;
  const ids = outputLotIds(log, iss, jti, body.outputs.length);
  return {
    ...body,
    outputs: body.outputs.map((output: unknown, i) =>
      typeof output === 'object' && output !== null && !Array.isArray(output) ? { lot: ids[i], ...output } : output,
    ),
  };
}

/** Returns the claim `seen` for a checkpoint, given as its signed note. */
export function seenIn(note: string): { size: number; root: string } {
  const { size, root } = readCheckpoint(note);
  return { size, root: encodeBase64(root) };
}

/** Builds, chains and signs an event. It has the newest checkpoint as `seen`: the event was signed after that. */
async function prepareEvent(
  client: AditClient,
  draft: Draft,
  signer: Signer,
  options: BuildOptions = {},
): Promise<BuiltEvent> {
  const [{ origin }, note] = await Promise.all([client.ledger(), client.checkpoint()]);
  const body = await chainLots(draft, async (lot) => (await client.lot(lot)).head);
  return signDraft(origin, { ...draft, body: { seen: seenIn(note), ...body } }, signer, options);
}

/** Builds and signs an event without any request: its body must contain every `prev`. */
export function signDraft(log: string, draft: Draft, signer: Signer, options: BuildOptions = {}): Promise<BuiltEvent> {
  const claims = draftClaims(log, draft);
  // The ledger would refuse it, so it is not signed: a withheld claim too is refused once it is disclosed.
  const refusal = identifierRefusal(claims);
  return refusal === null ? buildEvent(claims, signer, options) : Promise.reject(refusal);
}

/** Returns the claims of an event that is not signed yet, with the ids of its new lots. */
export function draftClaims(log: string, { type, iss, occurredAt, body }: Draft): Claims {
  const now = new Date();
  const jti = randomToken();
  const iat = Math.floor(now.getTime() / 1000);
  const common = { log, type, iss, iat, jti, occurredAt: occurredAt ?? now.toISOString() };
  return { ...common, ...bear(log, iss, jti, body) };
}

/** Prepares and submits an event. Throws `AditProblem` if it is refused. */
export async function recordEvent(
  client: AditClient,
  draft: Draft,
  signer: Signer,
  options: BuildOptions = {},
): Promise<SubmissionResult & Pick<BuiltEvent, 'event' | 'disclosures'>> {
  const { event, disclosures } = await prepareEvent(client, draft, signer, options);
  return { ...(await client.submit(event)), event, disclosures };
}
