import { Injectable, Logger } from '@nestjs/common';
import { refusedWithParent } from '../../core/custody/check-lots.js';
import { SERVICE_ACTOR } from '../../core/custody/ledger-keys.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Checked, PlainError } from './check-arrival.js';
import { CheckThreads } from './check-threads.js';
import { Crash } from './crash-points.js';
import { CandidateKeys, KeyRing, kidOf } from './key-ring.js';
import { LedgerIdentity } from './ledger-identity.js';
import { ReadTree } from './read-tree.js';
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

/** What the events of one request share. */
interface Request {
  candidates: CandidateKeys;
  submission: Submission;
  receipts: boolean;
}

/**
 * The door: takes signed events from whoever brings them, checks what can be checked before they have a place, and
 * hands them to the sequencer in the order in which they came. It bounds what is in memory: `limit` events at most
 * are anywhere between the door and the answer, and beyond that newcomers are turned away.
 */
@Injectable()
export class ReceiveEvents {
  private readonly logger = new Logger('ledger');
  private readonly refusals: RefuseAtDoor;
  private inFlight = 0;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly keys: KeyRing,
    private readonly threads: CheckThreads,
    private readonly tree: ReadTree,
    private readonly sequencer: Sequencer,
    private readonly crash: Crash,
    private readonly limit: number,
  ) {
    this.refusals = new RefuseAtDoor(database, keys);
  }

  /** Events between the door and the answer. */
  get depth(): number {
    return this.inFlight;
  }

  /** Refuses newcomers and waits until everything taken in is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sequencer.idle();
  }

  /** One event. Throws `overloaded`, `log-halted` or `internal` where nothing can be said of the event itself. */
  async receive(text: string): Promise<Received> {
    this.admitLoad(1);
    this.inFlight += 1;
    try {
      const request = { candidates: new CandidateKeys(), submission: new Submission(), receipts: true };
      const arrived = await this.check([text], request.candidates);
      this.crash.reach('after-verify');
      const [received] = await this.answer(arrived, this.handOver(arrived, request), request.submission);
      return received as Received;
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Many events in order; one result each. A failure that says nothing of an event is that event's refusal. */
  async *receiveAll(texts: AsyncIterable<string>, receipts: boolean): AsyncGenerator<Received> {
    this.admitLoad(CHUNK * CHUNKS_AHEAD);
    const request = { candidates: new CandidateKeys(), submission: new Submission(), receipts };
    const ahead: Promise<Received[]>[] = [];
    let turn: Promise<unknown> = Promise.resolve();
    for await (const chunk of chunksOf(texts)) {
      const checked = this.check(chunk, request.candidates).catch((error: unknown) => this.unchecked(chunk, error));
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
        handed.then(({ arrived, outcomes }) => this.answer(arrived, outcomes, request.submission)),
      );
      // Rejections surface where the answers are awaited, which may be later.
      answers.catch(() => undefined);
      ahead.push(answers);
      if (ahead.length >= CHUNKS_AHEAD) yield* await (ahead.shift() as Promise<Received[]>);
    }
    for (const answers of ahead) yield* await answers;
  }

  private async counted(count: number, answers: Promise<Received[]>): Promise<Received[]> {
    this.inFlight += count;
    try {
      return await answers;
    } finally {
      this.inFlight -= count;
    }
  }

  private admitLoad(count: number): void {
    if (this.closed) throw new AditError('overloaded', 'The ledger is closing; send the event again shortly.');
    if (this.inFlight + count > this.limit)
      throw new AditError('overloaded', `${this.inFlight} events are being recorded; send this again shortly.`);
  }

  /** Envelope, signature, payload and possession in the threads; then `seen` against our own tree. */
  private async check(texts: readonly string[], candidates: CandidateKeys): Promise<Arrived[]> {
    const first = candidates.add(texts);
    const kids = texts.map(kidOf);
    await this.keys.load(kids.filter((kid) => kid !== null));
    const arrived = await Promise.all(
      texts.map(async (text, i): Promise<Arrived> => {
        const kid = kids[i] ?? null;
        const known = kid === null ? null : this.keys.find(kid);
        const candidate = kid === null || known !== null ? null : candidates.find(kid, first + i);
        const checked = await this.threads.check({ text, jwk: known ?? candidate?.jwk ?? null });
        // Whoever opens the ledger brings the key that this needs; only a later event can be a stranger to it.
        return { text, kid, checked, registered: known !== null || candidate?.at === first + i };
      }),
    );
    candidates.learn(
      first,
      arrived.map(({ checked }) => checked.event),
    );
    return Promise.all(arrived.map(async (each) => ({ ...each, checked: await this.checkMore(each) })));
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

const isRejected = (each: Arrived): each is Rejected => each.checked.event === null;
const noOutcome = Promise.resolve(null);

/** Whoever steals the service key cannot send what it signs: the service writes its own entries itself. */
const fromOutside: PlainError = {
  code: 'key-unknown',
  detail: 'What the service signs does not come from outside.',
  errors: [],
};

async function* chunksOf(texts: AsyncIterable<string>): AsyncGenerator<string[]> {
  let chunk: string[] = [];
  for await (const text of texts) {
    chunk.push(text);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
