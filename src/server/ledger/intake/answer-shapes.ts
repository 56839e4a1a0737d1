import * as z from 'zod';
import { publicJwkSchema } from '../../../core/event/keys.js';
import { eventText } from '../../http/describe-events.js';
import { problemShape } from '../../http/problem.js';
import type { Answer } from './answer-events.js';
import type { LedgerDescription, LedgerKeys } from '../read/describe-ledger.js';
import type { DryRunAnswer } from './dry-run.js';
import type { StoredEvent } from '../read/read-event.js';

/** Schemas of the ledger's answers (wire.md, "Responses"), for OpenAPI and tests. */

const id = z.string().describe('Event id: base64url(SHA-256(header.payload))');
const index = z.int().describe('Its place in the log');
const receipt = z.string().describe('C2SP tlog-proof');

export const ledgerShape = z.strictObject({
  origin: z.string(),
  opened: z.boolean(),
  size: z.int(),
  logKey: z.string().describe('C2SP verifier key'),
  serviceKey: publicJwkSchema,
}) satisfies z.ZodType<LedgerDescription>;

export const ledgerKeysShape = z.strictObject({
  logKeys: z.array(z.strictObject({ vkey: z.string(), from: z.int() })),
  serviceKeys: z.array(
    z.strictObject({ kid: z.string(), key: publicJwkSchema, from: z.int(), until: z.int().nullable() }),
  ),
}) satisfies z.ZodType<LedgerKeys>;

const loggedEvent = z
  .string()
  .optional()
  .describe('<JWS>~ as it was logged, where the event was sent again under another signature: what the receipt proves');

export const recordedShape = z.strictObject({ id, index, receipt, event: loggedEvent });

export const waitingShape = z.strictObject({
  id,
  status: z.literal('waiting'),
  missing: z.array(z.string()).describe('Events that it follows and that are not in the log'),
  expiresAt: z.string().describe('When it is discarded if it still waits, by the time of the log'),
});

const resultShape = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.enum(['accepted', 'duplicate']),
    id,
    index,
    receipt: receipt.optional(),
    event: loggedEvent,
  }),
  waitingShape,
  z.strictObject({ status: z.literal('refused'), id: id.nullable(), problem: problemShape }),
]) satisfies z.ZodType<Answer>;

/** Answer to an array; NDJSON is answered by one result a line. */
export const resultsShape = z.strictObject({ results: z.array(resultShape) });

/** Answer of a dry run; `id` of unsigned claims is the id that they get if signed unchanged. */
export const dryRunShape = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('accepted'), id }),
  z.strictObject({ status: z.literal('duplicate'), id, index }),
  z.strictObject({
    status: z.literal('waiting'),
    id,
    missing: z.array(z.string()).describe('Events that it follows and that are not in the log'),
  }),
  z.strictObject({ status: z.literal('refused'), id: id.nullable(), problem: problemShape }),
]) satisfies z.ZodType<DryRunAnswer>;

export const dryRunsShape = z.strictObject({ results: z.array(dryRunShape) });

export const storedEventShape = z.strictObject({
  id,
  index,
  event: z.string().meta({ ...eventText, description: '<JWS>~ and the disclosures that the service holds' }),
  recordedAt: z.string().nullable(),
}) satisfies z.ZodType<StoredEvent>;
