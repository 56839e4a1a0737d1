import { Injectable, Logger } from '@nestjs/common';
import { refusedWithParent } from '../../../core/custody/check-lots.js';
import { AditError } from '../../../core/errors.js';
import { AdmissionQueue } from './admission-queue.js';
import type { IntakeCheck } from './check-event.js';
import { BATCHES, CheckBatch, type Visit, beyondBudget, isBeyondBudget, visitFrom } from './check-batch.js';
import { Crash } from '../append/crash-points.js';
import { holdFor } from './refusal-budget.js';
import { type IntakeItem, RefuseEarly, isRejected } from './refuse-early.js';
import { Sequencer } from '../append/sequencer.js';
import { Submission } from './submission.js';
import { endSteps } from '../../tracing/steps.js';
import type { EventResult } from '../append/event-result.js';

/** Events of one batch that are checked and sequenced together. */
const CHUNK = 256;
/** Chunks of one batch in flight: threads check the next while the sequencer writes the last. */
const CHUNKS_AHEAD = 4;

/** Delayed answers to events above the budget of their address at most. */
const MOST_HELD_BACK = 2_000;

/** Data that the events of one request share. */
interface Request extends Visit {
  submission: Submission;
  receipts: boolean;
}

/** Where a request comes from, and how many events it has, if known before they are read. */
export interface Origin {
  address?: string;
  count?: number;
  /** W3C Trace Context of the client. */
  traceparent?: string | undefined;
}

const requestFrom = ({ address = '', traceparent }: Origin, receipts: boolean, lane: string | null): Request => ({
  ...visitFrom(address, lane),
  submission: new Submission(traceparent),
  receipts,
});

/**
 * Receives signed events, checks what does not depend on their order, and queues them for the sequencer in the order of
 * arrival. `AdmissionQueue` limits the events in flight; further ones are refused.
 */
@Injectable()
export class ReceiveEvents {
  private readonly logger = new Logger('ledger');
  private heldBack = 0;
  private closed = false;

  constructor(
    private readonly checks: CheckBatch,
    private readonly refusals: RefuseEarly,
    private readonly sequencer: Sequencer,
    private readonly crash: Crash,
    private readonly queue: AdmissionQueue,
  ) {}

  /** Number of events in flight. */
  get depth(): number {
    return this.queue.depth;
  }

  /** Refuses new events and waits until all accepted ones are answered. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sequencer.idle();
  }

  /** Returns why a single event would be refused now, whatever its content; null: it would be accepted. */
  refusal(): AditError | null {
    return this.closed ? closing() : this.queue.refusal();
  }

  /**
   * Receives one event. Idempotent: a duplicate gets the first receipt. Throws `overloaded`, `rate-limited`,
   * `log-halted` or `internal` if the event was not judged.
   */
  async receive(text: string, from: Origin = {}): Promise<EventResult> {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    return (await this.receiveOne(text, from)) ?? this.holdBack();
  }

  /** Returns null for an event above the budget of its address. */
  private async receiveOne(text: string, from: Origin): Promise<EventResult | null> {
    this.queue.enter(1, true);
    let beyond = false;
    try {
      const request = requestFrom(from, true, null);
      request.inFlight += 1;
      const arrived = await this.checks.check([text], request);
      beyond = arrived.some(isBeyondBudget);
      if (beyond) return null;
      this.crash.reach('after-verify');
      const [received] = await this.answer(arrived, this.handOver(arrived, request), request.submission);
      return received as EventResult;
    } finally {
      this.queue.leave(1, true, !beyond);
    }
  }

  /**
   * Receives many events in order; returns one result each. A failure of the service becomes the refusal of that event.
   */
  async *receiveAll(texts: AsyncIterable<string>, receipts: boolean, from: Origin = {}): AsyncGenerator<EventResult> {
    const chunkSize = Math.min(CHUNK, this.queue.limit);
    const most = Math.min(CHUNKS_AHEAD, Math.floor(this.queue.limit / chunkSize));
    const refusal = this.closed
      ? closing()
      : this.queue.refusalOfBatch(Math.min(from.count ?? Infinity, chunkSize * most));
    if (refusal !== null) throw refusal;
    const request = requestFrom(from, receipts, BATCHES);
    const ahead: Promise<EventResult[]>[] = [];
    let turn: Promise<unknown> = Promise.resolve();
    for await (const chunk of chunksOf(texts, chunkSize)) {
      request.inFlight += chunk.length;
      const checked = this.checks.check(chunk, request).catch((error: unknown) => this.unchecked(chunk, error));
      // The sequencer preserves the order of its calls; there is no `await` between them.
      const handed = Promise.all([checked, turn]).then(([arrived]) => ({
        arrived,
        outcomes: this.handOver(arrived, request).map((outcome, i) =>
          outcome.catch((error: unknown) => this.asRefusal(arrived[i], error, request.submission)),
        ),
      }));
      turn = handed.catch(() => undefined);
      const answers = this.counted(
        chunk.length,
        handed
          .then(({ arrived, outcomes }) => this.answer(arrived, outcomes, request.submission))
          .finally(() => (request.inFlight -= chunk.length)),
      );
      // The caller that awaits the answers handles rejections, perhaps later.
      answers.catch(() => undefined);
      ahead.push(answers);
      if (ahead.length >= most) yield* await (ahead.shift() as Promise<EventResult[]>);
    }
    for (const answers of ahead) yield* await answers;
  }

  /**
   * Refuses an event without a valid signature after a delay, so that clients which send many are slowed down at no
   * cost.
   */
  private async holdBack(): Promise<never> {
    if (this.heldBack < MOST_HELD_BACK) {
      this.heldBack += 1;
      const hold = holdFor(this.heldBack, this.checks.refusalsPerSecond);
      await new Promise((resolve) => setTimeout(resolve, hold));
      this.heldBack -= 1;
    }
    throw beyondBudget();
  }

  private async counted(count: number, answers: Promise<EventResult[]>): Promise<EventResult[]> {
    this.queue.enter(count);
    try {
      return await answers;
    } finally {
      this.queue.leave(count);
    }
  }

  /**
   * Returns the refusals of events whose check failed because of a thread or the database; they may be sent again
   * unchanged.
   */
  private unchecked(texts: readonly string[], error: unknown): IntakeItem[] {
    const { code, detail, errors } = this.coded(error);
    const checked: IntakeCheck = { event: null, id: null, error: { code, detail, errors } };
    return texts.map((text) => ({ text, kid: null, checked, registered: true }));
  }

  /** Queues the valid events in order. Rejected events get `null`. */
  private handOver(arrived: readonly IntakeItem[], { submission, receipts }: Request): Promise<EventResult | null>[] {
    const passed = new Set(arrived.flatMap(({ checked }) => checked.event?.id ?? []));
    for (const { checked } of arrived)
      if (checked.event === null && checked.id !== null && !passed.has(checked.id)) submission.refuse(checked.id);
    return arrived.map(({ text, checked }) => {
      if (checked.event === null) return noOutcome;
      const { event, identifierError } = checked;
      return this.sequencer.sequence({ event, text, receipt: receipts, submission, identifierError });
    });
  }

  /** Returns one result each, once all have an outcome and the children of refused events are refused. */
  private async answer(
    arrived: readonly IntakeItem[],
    pending: readonly Promise<EventResult | null>[],
    submission: Submission,
  ): Promise<EventResult[]> {
    const outcomes = await Promise.all(pending);
    const rejected = arrived.filter(isRejected);
    const refused = await this.refusals.refuse(rejected).catch((error: unknown): EventResult[] => {
      const failure = this.coded(error);
      return rejected.map(({ checked: { id } }) => ({ status: 'refused', id, error: failure, heads: {} }));
    });
    await this.refusals.dropChildren(submission);
    endReceipts(outcomes, submission);
    return arrived.map(({ checked }, i) => {
      const received = outcomes[i] ?? refused.shift();
      if (received === undefined) throw new Error('An event was left without an answer.');
      if (received.status !== 'waiting' || !submission.refused.has(received.id) || checked.event === null)
        return received;
      const error = refusedWithParent(checked.event, submission.refused);
      return error === null ? received : { status: 'refused', id: received.id, error, heads: {} };
    });
  }

  private asRefusal(arrived: IntakeItem | undefined, error: unknown, submission: Submission): EventResult {
    const id = arrived?.checked.event?.id ?? null;
    if (id !== null) submission.forgive(id);
    return { status: 'refused', id, error: this.coded(error), heads: {} };
  }

  private coded(error: unknown): AditError {
    if (error instanceof AditError) return error;
    this.logger.error({ msg: 'an event of a batch failed', err: error });
    return new AditError('internal', 'The failure is recorded in the log of the service; send the event again.');
  }
}

/** Publishes the accepted events of a request, for tracing. */
function endReceipts(outcomes: readonly (EventResult | null)[], { beganAt, traceparent }: Submission): void {
  if (beganAt === null) return;
  const accepted = outcomes.flatMap((outcome) => (outcome?.status === 'accepted' ? outcome.id : []));
  endSteps(beganAt, accepted, { name: 'receive', traceparent });
}

const closing = (): AditError => new AditError('overloaded', 'The ledger is closing; send the event again shortly.');
const noOutcome = Promise.resolve(null);

async function* chunksOf(texts: AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let chunk: string[] = [];
  for await (const text of texts) {
    chunk.push(text);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
