import * as z from 'zod';
import { EVENT_TYP } from '../event/envelope.js';
import { problemShape } from './problem.js';
import { named } from './named.js';

/** JSON Schema of a text that contains a signed event. */
export const eventText = {
  contentMediaType: `application/${EVENT_TYP}`,
  contentSchema: { $ref: '#/components/schemas/EventPayload' },
  description:
    'A signed event: `<JWS>~` and its disclosures, each followed by `~`. The payload of the JWS follows `contentSchema`; docs/event-format.md says how to sign it.',
} as const;

const id = z.string().describe('Event id: base64url(SHA-256(header.payload))');
const index = z.int().describe('Its place in the log');
const receipt = z.string().describe('C2SP tlog-proof');
const loggedEvent = z
  .string()
  .optional()
  .describe('<JWS>~ as it was logged, where the event was sent again under another signature: what the receipt proves');
const missing = z.array(z.string()).describe('Events that it follows and that are not in the log');

/** Describes the answer to an event that is in the log (`POST /v1/events`). */
export const recordedShape = named('RecordedEvent', { id, index, receipt, event: loggedEvent });
export type Recorded = z.infer<typeof recordedShape>;

/** Describes the answer to an event that waits for its parents. */
export const waitingShape = named('Waiting', {
  id,
  status: z.literal('waiting'),
  missing,
  expiresAt: z.string().describe('When it is discarded if it still waits, by the time of the log'),
});
export type Waiting = z.infer<typeof waitingShape>;

const refusedShape = z.strictObject({ status: z.literal('refused'), id: id.nullable(), problem: problemShape });

/** Describes the answer to one event of a batch (`POST /v1/events/batch`). */
const answerShape = z
  .discriminatedUnion('status', [
    z.strictObject({
      status: z.enum(['accepted', 'duplicate']),
      id,
      index,
      receipt: receipt.optional(),
      event: loggedEvent,
    }),
    waitingShape,
    refusedShape,
  ])
  .meta({ id: 'EventAnswer' });
export type Answer = z.infer<typeof answerShape>;

/** Describes the answer to an array; NDJSON is answered by one result a line. */
export const answersShape = z.strictObject({ results: z.array(answerShape) });
export type Answers = z.infer<typeof answersShape>;

/**
 * Describes what the ledger would answer to an event that is not recorded (`POST /v1/events/check`); `id` of unsigned
 * claims is the id that they get if signed unchanged.
 */
export const dryRunShape = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('accepted'), id }),
    z.strictObject({ status: z.literal('duplicate'), id, index }),
    z.strictObject({ status: z.literal('waiting'), id, missing }),
    refusedShape,
  ])
  .meta({ id: 'DryRunAnswer' });
export type DryRunAnswer = z.infer<typeof dryRunShape>;
export const dryRunsShape = z.strictObject({ results: z.array(dryRunShape) });
export type DryRunAnswers = z.infer<typeof dryRunsShape>;

const recordedAt = z
  .string()
  .nullable()
  .describe("The log's clock before the entry; null before the first `log.clock`");

/** Describes an event as stored (`GET /v1/events/{id}`). */
export const storedEventShape = named('StoredEvent', {
  id,
  index,
  event: z.string().meta({ ...eventText, description: '<JWS>~ and the disclosures that the service holds' }),
  recordedAt,
});
export type StoredEvent = z.infer<typeof storedEventShape>;

/** Describes an event on the chain of a lot (`GET /v1/lots/{id}/events`). */
export const lotEventShape = storedEventShape
  .extend({
    seq: z.int(),
    type: z.string(),
    iss: z.string(),
    occurredAt: z.string(),
    event: z.string().meta({ ...eventText, description: '<JWS>~ without disclosures' }),
  })
  .meta({ id: 'LotEvent' });
export type LotEvent = z.infer<typeof lotEventShape>;
