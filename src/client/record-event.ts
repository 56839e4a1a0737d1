import {
  type BuildOptions,
  type BuiltEvent,
  type Signer,
  buildEvent,
  outputLotIds,
  randomToken,
} from '../core/event/build.js';
import { readCheckpoint } from '../core/log/checkpoint.js';
import { encodeBase64 } from '../core/log/base64.js';
import type { AditClient, Submitted } from './adit-client.js';

/** What an author says; ids, links to the chain and the common claims are filled in where they are missing. */
export interface Draft {
  type: string;
  /** The actor in whose name the key signs. */
  iss: string;
  /** RFC 3339 with offset; now if absent. */
  occurredAt?: string | undefined;
  body: Record<string, unknown>;
}

interface Chained {
  lot: string;
  prev?: string;
}

/** Fills `prev` of lots and inputs from the heads the ledger shows, as far as the author has not named it. */
async function chain(client: AditClient, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const filled = { ...body };
  for (const name of ['lots', 'inputs']) {
    const list = filled[name];
    if (!Array.isArray(list)) continue;
    filled[name] = await Promise.all(
      list.map(async (item: string | Chained) =>
        typeof item === 'string' || item.prev !== undefined
          ? item
          : { ...item, prev: (await client.lot(item.lot)).head },
      ),
    );
  }
  return filled;
}

/** New lots get the ids that derive from the event. */
function bear(log: string, iss: string, jti: string, body: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(body.outputs)) return body;
  const ids = outputLotIds(log, iss, jti, body.outputs.length);
  return { ...body, outputs: body.outputs.map((output: object, i) => ({ lot: ids[i], ...output })) };
}

/** Builds, chains and signs an event; it carries the newest checkpoint as `seen`, which bounds when it can have been signed. */
export async function prepareEvent(
  client: AditClient,
  draft: Draft,
  signer: Signer,
  options: BuildOptions = {},
): Promise<BuiltEvent> {
  const [{ origin }, note] = await Promise.all([client.ledger(), client.checkpoint()]);
  const { size, root } = readCheckpoint(note);
  const seen = { size, root: encodeBase64(root) };
  return signDraft(origin, { ...draft, body: { seen, ...(await chain(client, draft.body)) } }, signer, options);
}

/** Builds and signs an event without asking anybody: the body names the heads that it follows itself. */
export function signDraft(
  log: string,
  { type, iss, occurredAt, body }: Draft,
  signer: Signer,
  options: BuildOptions = {},
): Promise<BuiltEvent> {
  const now = new Date();
  const jti = randomToken();
  const iat = Math.floor(now.getTime() / 1000);
  const common = { log, type, iss, iat, jti, occurredAt: occurredAt ?? now.toISOString() };
  return buildEvent({ ...common, ...bear(log, iss, jti, body) }, signer, options);
}

/** Prepares and submits; throws `AditProblem` when it is refused. */
export async function recordEvent(
  client: AditClient,
  draft: Draft,
  signer: Signer,
  options: BuildOptions = {},
): Promise<Submitted & Pick<BuiltEvent, 'event' | 'disclosures'>> {
  const { event, disclosures } = await prepareEvent(client, draft, signer, options);
  return { ...(await client.submit(event)), event, disclosures };
}
