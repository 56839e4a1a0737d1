import { Injectable, Logger } from '@nestjs/common';
import { refusedWithParent } from '../../core/custody/check-lots.js';
import { SERVICE_ACTOR } from '../../core/custody/ledger-keys.js';
import { AditError, type ErrorCode } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { AdmissionQueue } from './admission-queue.js';
import type { Checked, PlainError } from './check-arrival.js';
import { CheckThreads } from './check-threads.js';
import { Crash } from './crash-points.js';
import { CandidateKeys, KeyRing, kidOf } from './key-ring.js';
import { LedgerIdentity } from './ledger-identity.js';
import { ReadTree } from './read-tree.js';
import { RefusalBudget, holdFor } from './refusal-budget.js';
import { type Arrived, RefuseAtDoor, type Rejected } from './refuse-at-door.js';
import { Sequencer } from './sequencer.js';
import { Submission } from './submission.js';
import { forgetWaiting } from './waiting.js';
import type { Outcome } from './append-events.js';

/** Events of one batch that are checked and sequenced together. */
const CHUNK = 256;
/** Chunks of one batch under way at once: the threads check the next while the sequencer writes the last. */
const CHUNKS_AHEAD = 4;

/** An outcome before it is dressed as an answer; `id` is null where no event could be read. */
export type Received =
  | Exclude<Outcome, { status: 'refused' }>
  | { status: 'refused'; id: string | null; error: AditError; heads: Record<string, string> };

/** Answers to events beyond the budget of their address that are held back at most. */
const MOST_HELD_BACK = 2_000;

/** Events of other requests between the door and the answer from which on the service is called busy. */
const BUSY = 4;

/** What the events of one request share. */
interface Request {
  /** The address that it came from. */
  address: string;
  candidates: CandidateKeys;
  submission: Submission;
  receipts: boolean;
  /** Its own events between the door and the answer. */
  inFlight: number;
}

const requestFrom = (address: string, receipts: boolean): Request => ({
  address,
  candidates: new CandidateKeys(),
  submission: new Submission(),
  receipts,
  inFlight: 0,
});

/**
 * The door: takes signed events from whoever brings them, checks what can be checked before they have a place, and
 * hands them to the sequencer in the order in which they came. `AdmissionQueue` bounds what is anywhere between the door and
 * the answer; beyond that newcomers are turned away.
 */
@Injectable()
export class ReceiveEvents {
  private readonly logger = new Logger('ledger');
  private readonly refusals: RefuseAtDoor;
  private readonly budget: RefusalBudget;
  private heldBack = 0;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly keys: KeyRing,
    private readonly threads: CheckThreads,
    private readonly tree: ReadTree,
    private readonly sequencer: Sequencer,
    private readonly crash: Crash,
    private readonly queue: AdmissionQueue,
  ) {
    this.refusals = new RefuseAtDoor(database, keys);
    this.budget = new RefusalBudget(() => queue.speed);
  }

  /** Events between the door and the answer. */
  get depth(): number {
    return this.queue.depth;
  }

  /** Refuses newcomers and waits until everything taken in is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sequencer.idle();
  }

  /** Why a single event would be turned away if it came now, whatever it says; null: it would be taken. */
  refusal(): AditError | null {
    return this.closed ? closing() : this.queue.refusal();
  }

  /** One event. Throws `overloaded`, `rate-limited`, `log-halted` or `internal` where nothing can be said of the event itself. */
  async receive(text: string, address = ''): Promise<Received> {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
    return (await this.receiveOne(text, address)) ?? this.holdBack();
  }

  /** Null for an event beyond the budget of its address. */
  private async receiveOne(text: string, address: string): Promise<Received | null> {
    this.queue.enter(1, true);
    let beyond = false;
    try {
      const request = requestFrom(address, true);
      request.inFlight += 1;
      const arrived = await this.check([text], request);
      beyond = arrived.some(isBeyondBudget);
      if (beyond) return null;
      this.crash.reach('after-verify');
      const [received] = await this.answer(arrived, this.handOver(arrived, request), request.submission);
      return received as Received;
    } finally {
      this.queue.leave(1, true, !beyond);
    }
  }

  /**
   * Many events in order; one result each. A failure that says nothing of an event is that event's refusal.
   * @param count how many, where it is known before they are read.
   */
  async *receiveAll(
    texts: AsyncIterable<string>,
    receipts: boolean,
    { address = '', count = Infinity }: { address?: string; count?: number } = {},
  ): AsyncGenerator<Received> {
    const chunkSize = Math.min(CHUNK, this.queue.limit);
    const most = Math.min(CHUNKS_AHEAD, Math.floor(this.queue.limit / chunkSize));
    const refusal = this.closed ? closing() : this.queue.refusalOfBatch(Math.min(count, chunkSize * most));
    if (refusal !== null) throw refusal;
    const request = requestFrom(address, receipts);
    const ahead: Promise<Received[]>[] = [];
    let turn: Promise<unknown> = Promise.resolve();
    for await (const chunk of chunksOf(texts, chunkSize)) {
      request.inFlight += chunk.length;
      const checked = this.check(chunk, request).catch((error: unknown) => this.unchecked(chunk, error));
      // The sequencer keeps the order in which it is called; nothing is awaited between these calls.
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
      // Rejections surface where the answers are awaited, which may be later.
      answers.catch(() => undefined);
      ahead.push(answers);
      if (ahead.length >= most) yield* await (ahead.shift() as Promise<Received[]>);
    }
    for (const answers of ahead) yield* await answers;
  }

  /** Turns away an event that nobody known has signed. Whoever sends many waits for each answer, which costs nothing. */
  private async holdBack(): Promise<never> {
    if (this.heldBack < MOST_HELD_BACK) {
      this.heldBack += 1;
      const hold = holdFor(this.heldBack, this.budget.perSecond);
      await new Promise((resolve) => setTimeout(resolve, hold));
      this.heldBack -= 1;
    }
    throw beyondBudget();
  }

  private async counted(count: number, answers: Promise<Received[]>): Promise<Received[]> {
    this.queue.enter(count);
    try {
      return await answers;
    } finally {
      this.queue.leave(count);
    }
  }

  /** Envelope, signature, payload and possession in the threads; then `seen` against our own tree. */
  private async check(texts: readonly string[], request: Request): Promise<Arrived[]> {
    const { address, candidates } = request;
    const first = candidates.add(texts);
    const kids = texts.map(kidOf);
    await this.keys.load(kids.filter((kid) => kid !== null));
    const arrived = await Promise.all(
      texts.map(async (text, i): Promise<Arrived> => {
        const kid = kids[i] ?? null;
        const known = kid === null ? null : this.keys.find(kid);
        const candidate = kid === null || known !== null ? null : candidates.find(kid, first + i);
        const jwk = known ?? candidate?.jwk ?? null;
        // Whoever opens the ledger brings the key that this needs; only a later event can be a stranger to it.
        const registered = known !== null || candidate?.at === first + i;
        if (jwk === null && this.isBeyondBudget(request)) return { text, kid, checked: unread, registered };
        const checked = await this.threads.check({ text, jwk }, address, kid ?? '');
        if (checked.event !== null || !UNSIGNED.has(checked.error.code)) return { text, kid, checked, registered };
        const beyond = this.isBeyondBudget(request);
        this.budget.spend(address);
        return { text, kid, checked: beyond ? unread : checked, registered };
      }),
    );
    candidates.learn(
      first,
      arrived.map(({ checked }) => checked.event),
    );
    return Promise.all(arrived.map(async (each) => ({ ...each, checked: await this.checkMore(each) })));
  }

  /** Whether one more event that nobody known has signed is turned away: only while others have work for the service. */
  private isBeyondBudget({ address, inFlight }: Request): boolean {
    return this.queue.depth - inFlight >= BUSY && !this.budget.allows(address);
  }

  private async checkMore({ checked, kid }: Arrived): Promise<Checked> {
    const { event } = checked;
    if (event === null) return checked;
    if (event.iss === SERVICE_ACTOR && this.isServiceKey(kid ?? ''))
      return { event: null, id: event.id, error: fromOutside };
    if (event.seen === undefined || this.tree.remembers(event.seen)) return checked;
    const error = await this.tree.compare(event.seen);
    return error === null ? checked : { event: null, error, id: event.id };
  }

  private isServiceKey(kid: string): boolean {
    return this.identity.serviceJwk(kid) !== null || this.keys.actorOf(kid) === SERVICE_ACTOR;
  }

  /** Events whose check failed, for want of a thread or of the database: they may be sent again as they are. */
  private unchecked(texts: readonly string[], error: unknown): Arrived[] {
    const { code, detail, errors } = this.coded(error);
    const checked: Checked = { event: null, id: null, error: { code, detail, errors } };
    return texts.map((text) => ({ text, kid: null, checked, registered: true }));
  }

  /** Gives what passed the door to the sequencer, in order; the outcome of the rest is a promise that nobody keeps. */
  private handOver(arrived: readonly Arrived[], { submission, receipts }: Request): Promise<Received | null>[] {
    const passed = new Set(arrived.flatMap(({ checked }) => checked.event?.id ?? []));
    for (const { checked } of arrived)
      if (checked.event === null && checked.id !== null && !passed.has(checked.id)) submission.refuse(checked.id);
    return arrived.map(({ text, checked: { event } }) =>
      event === null ? noOutcome : this.sequencer.sequence({ event, text, receipt: receipts, submission }),
    );
  }

  /** One result each, as it stands once all of them have an outcome and what fell has taken its children with it. */
  private async answer(
    arrived: readonly Arrived[],
    pending: readonly Promise<Received | null>[],
    submission: Submission,
  ): Promise<Received[]> {
    const outcomes = await Promise.all(pending);
    const rejected = arrived.filter(isRejected);
    const refused = await this.refusals.refuse(rejected).catch((error: unknown): Received[] => {
      const failure = this.coded(error);
      return rejected.map(({ checked: { id } }) => ({ status: 'refused', id, error: failure, heads: {} }));
    });
    await this.dropChildren(submission);
    return arrived.map(({ checked }, i) => {
      const received = outcomes[i] ?? refused.shift();
      if (received === undefined) throw new Error('An event was left without an answer.');
      if (received.status !== 'waiting' || !submission.refused.has(received.id) || checked.event === null)
        return received;
      const error = refusedWithParent(checked.event, submission.refused);
      return error === null ? received : { status: 'refused', id: received.id, error, heads: {} };
    });
  }

  /** Events that wait for one which was refused with them wait for nothing. */
  private async dropChildren(submission: Submission): Promise<void> {
    const orphans = submission.refuseChildren();
    if (orphans.length === 0) return;
    await this.database
      .transaction(async (client) => {
        // Whoever appends may be about to judge them.
        await client.query('SELECT FROM log_state FOR UPDATE');
        await forgetWaiting(client, orphans);
      })
      // What is left of them goes when its time is up, as that of every event that waits.
      .catch((err: unknown) => this.logger.warn({ msg: 'children of a refused event could not be dropped', err }));
  }

  private asRefusal(arrived: Arrived | undefined, error: unknown, submission: Submission): Received {
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

/** Codes of events of which nobody known has signed anything. */
const UNSIGNED = new Set<ErrorCode>(['event-malformed', 'header-invalid', 'key-unknown', 'signature-invalid']);

const closing = (): AditError => new AditError('overloaded', 'The ledger is closing; send the event again shortly.');
const beyondBudget = (): AditError =>
  new AditError(
    'rate-limited',
    'This address sent too many events that no registered key has signed; wait a second, and check the key before you send more.',
  );

/** An event that is turned away without a word of what is in it. */
const unread: Checked = {
  event: null,
  id: null,
  error: { code: 'rate-limited', detail: beyondBudget().detail, errors: [] },
};
const isBeyondBudget = ({ checked }: Arrived): boolean => checked === unread;
const isRejected = (each: Arrived): each is Rejected => each.checked.event === null;
const noOutcome = Promise.resolve(null);

/** Whoever steals the service key cannot send what it signs: the service writes its own entries itself. */
const fromOutside: PlainError = {
  code: 'key-unknown',
  detail: 'What the service signs does not come from outside.',
  errors: [],
};

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
