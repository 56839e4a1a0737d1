import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { AditError } from '../../../core/errors.js';
import type { Answer } from '../../../core/api/event.js';
import { NDJSON_TYPE, readNdjson } from '../../http/ndjson.js';
import { parseRequest } from '../../http/validation.js';
import { problemOf } from '../../http/problem.js';
import { AnswerEvents } from './answer-events.js';
import type { EventResult } from '../append/event-result.js';
import { type Origin, ReceiveEvents } from './receive-events.js';

/** Limits of one batch request; a line may be as long as a single request. Each event has its own limits too. */
export const batchLimits = { maxLines: 10_000, maxBytes: 32 * 1024 * 1024, maxLineBytes: 1024 * 1024 } as const;

const batchItem = z.strictObject({ event: z.string().max(batchLimits.maxLineBytes) });
const batchBody = z.array(batchItem).min(1);

/** Records many events of one request, in order, and reads them no faster than it writes. */
@Injectable()
export class RecordBatch {
  constructor(
    private readonly door: ReceiveEvents,
    private readonly answers: AnswerEvents,
  ) {}

  /**
   * Records a batch.
   * @param body an NDJSON stream, or the parsed array; throws `request-invalid` for anything else, `request-too-large`
   * above the limits.
   */
  record(body: unknown, receipts: boolean, from: Origin = {}): AsyncGenerator<Answer> {
    if (body instanceof Readable) return this.answerStream(body, receipts, from);
    if (Array.isArray(body) && body.length > batchLimits.maxLines)
      throw new AditError('request-too-large', `A batch holds at most ${batchLimits.maxLines} events.`);
    const items = parseRequest(batchBody, body);
    return this.answerAll(listOf(items), receipts, { ...from, count: items.length });
  }

  /** Sends results: NDJSON line by line as they come, an array as `{"results": […]}`. */
  async send(reply: FastifyReply, results: AsyncGenerator<Answer>, ndjson: boolean): Promise<void> {
    // Before the first result an error is still a problem document.
    const first = await results.next();
    if (first.done !== true && first.value.status === 'refused' && first.value.problem.code === 'log-halted')
      throw new AditError('log-halted', first.value.problem.detail ?? 'The log is halted; send the batch again later.');
    const all = startingWith(first, results);
    if (ndjson) {
      await reply.type(`${NDJSON_TYPE}; charset=utf-8`).send(Readable.from(linesOf(all), { objectMode: false }));
      return;
    }
    const list: Answer[] = [];
    for await (const answer of all) list.push(answer);
    await reply.send({ results: list });
  }

  /**
   * Answers a stream. Above a limit it ends: the answer contains the results so far, and its last line the error. If no
   * event was read, the whole request is refused.
   */
  private async *answerStream(stream: Readable, receipts: boolean, from: Origin): AsyncGenerator<Answer> {
    const fault: { error: AditError | null } = { error: null };
    let begun = false;
    for await (const answer of this.answerAll(textsOf(stream, fault), receipts, from)) {
      begun = true;
      yield answer;
    }
    if (fault.error === null && !begun)
      fault.error = new AditError('request-invalid', 'There is no event in the body.');
    if (fault.error === null) return;
    // Reads the rest of the body, because some clients read the answer only after they have sent all.
    stream.resume();
    if (!begun) throw fault.error;
    yield { status: 'refused', id: null, problem: problemOf(fault.error) };
  }

  private async *answerAll(texts: AsyncIterable<string>, receipts: boolean, from: Origin): AsyncGenerator<Answer> {
    for await (const received of this.door.receiveAll(texts, receipts, from)) {
      yield plain(received) ?? (await this.answers.answer(received, receipts));
    }
  }
}

/** Returns the answer to an accepted event, which needs no further data; null for others. */
function plain(received: EventResult): Answer | null {
  if (received.status !== 'accepted' || received.receipt !== null) return null;
  const { status, id, index } = received;
  return { status, id, index };
}

async function* listOf(items: readonly { event: string }[]): AsyncGenerator<string> {
  for (const { event } of items) yield event;
}

/**
 * Returns the texts of lines. A line that is not an event is passed on, and its check refuses it in its place. A broken
 * limit ends the stream.
 */
async function* textsOf(stream: Readable, fault: { error: AditError | null }): AsyncGenerator<string> {
  try {
    for await (const value of readNdjson(stream, batchLimits)) {
      const parsed = value instanceof AditError ? null : batchItem.safeParse(value);
      yield parsed?.success === true ? parsed.data.event : '';
    }
  } catch (error) {
    if (!(error instanceof AditError)) throw error;
    fault.error = error;
  }
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function* linesOf(answers: AsyncIterable<Answer>): AsyncGenerator<string> {
  for await (const answer of answers) yield `${JSON.stringify(answer)}\n`;
}
