import { Injectable } from '@nestjs/common';
import { SERVICE_ACTOR } from '../../core/custody/ledger-keys.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Checked, PlainError } from './check-arrival.js';
import { CheckThreads } from './check-threads.js';
import { Crash } from './crash-points.js';
import { CandidateKeys, KeyRing, kidOf } from './key-ring.js';
import { ReadTree } from './read-tree.js';
import { Sequencer } from './sequencer.js';
import { unavailable } from './unavailable.js';
import type { Outcome } from './append-events.js';

/** Events of one batch that are checked and sequenced together. */
const CHUNK = 256;
/** Chunks of one batch under way at once: the threads check the next while the sequencer writes the last. */
const CHUNKS_AHEAD = 4;

/** An outcome before it is dressed as an answer; `id` is null where no event could be read. */
export type Received =
  | Exclude<Outcome, { status: 'refused' }>
  | { status: 'refused'; id: string | null; error: AditError; heads: Record<string, string> };

/**
 * The door: takes signed events from whoever brings them, checks what can be checked before they have a place, and
 * hands them to the sequencer in the order in which they came. It bounds what is in memory: `limit` events at most
 * are anywhere between the door and the answer, and beyond that newcomers are turned away.
 */
@Injectable()
export class ReceiveEvents {
  private inFlight = 0;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly threads: CheckThreads,
    private readonly tree: ReadTree,
    private readonly sequencer: Sequencer,
    private readonly crash: Crash,
    private readonly limit: number,
  ) {}

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
      const [checked] = await this.check([text], new CandidateKeys());
      this.crash.reach('after-verify');
      return await this.settle(text, checked as Checked, true);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Many events in order; one result each. A failure that says nothing of an event is that event's refusal. */
  async *receiveAll(texts: AsyncIterable<string>, receipts: boolean): AsyncGenerator<Received> {
    this.admitLoad(CHUNK * CHUNKS_AHEAD);
    const candidates = new CandidateKeys();
    const ahead: Promise<Received[]>[] = [];
    let turn: Promise<unknown> = Promise.resolve();
    for await (const chunk of chunksOf(texts)) {
      const checked = this.check(chunk, candidates);
      const sequenced = Promise.all([checked, turn]).then(([results]) =>
        // The sequencer keeps the order in which it is called; nothing is awaited between these calls.
        results.map((result, i) => this.settle(chunk[i] as string, result, receipts).catch(asRefusal(result))),
      );
      turn = sequenced.catch(() => undefined);
      const answers = this.counted(chunk.length, sequenced);
      // Rejections surface where the answers are awaited, which may be later.
      answers.catch(() => undefined);
      ahead.push(answers);
      if (ahead.length >= CHUNKS_AHEAD) yield* await (ahead.shift() as Promise<Received[]>);
    }
    for (const answers of ahead) yield* await answers;
  }

  private async counted(count: number, started: Promise<Promise<Received>[]>): Promise<Received[]> {
    this.inFlight += count;
    try {
      return await Promise.all(await started);
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
  private async check(texts: readonly string[], candidates: CandidateKeys): Promise<Checked[]> {
    candidates.add(texts);
    const kids = texts.map(kidOf);
    await this.keys.load(kids.filter((kid) => kid !== null));
    const results = await Promise.all(
      texts.map((text, i) => {
        const kid = kids[i] ?? null;
        const jwk = kid === null ? null : (this.keys.find(kid) ?? candidates.find(kid));
        return this.threads.check({ text, jwk });
      }),
    );
    candidates.learn(
      texts,
      results.map(({ event }) => event),
    );
    return Promise.all(results.map((result) => this.checkSeen(result)));
  }

  private async checkSeen(checked: Checked): Promise<Checked> {
    const seen = checked.event?.seen;
    if (seen === undefined || this.tree.remembers(seen)) return checked;
    const error = await this.tree.compare(seen);
    return error === null ? checked : { event: null, error, id: checked.event?.id ?? null };
  }

  private async settle(text: string, checked: Checked, receipt: boolean): Promise<Received> {
    if (checked.event === null) return this.refuse(checked);
    if (checked.event.iss === SERVICE_ACTOR)
      return this.refuse({ event: null, id: checked.event.id, error: fromOutside });
    return this.sequencer.sequence({ event: checked.event, text, receipt });
  }

  /** What is logged already is a repeat, whatever else is wrong with this copy of it (wire.md, "Codes"). */
  private async refuse({ id, error }: Extract<Checked, { event: null }>): Promise<Received> {
    if (id !== null) {
      const { rows } = await this.database.pool
        .query<{ index: number }>('SELECT index FROM entries WHERE id = $1', [id])
        .catch(unavailable);
      if (rows[0] !== undefined) return { status: 'duplicate', id, index: rows[0].index };
    }
    const refusal = error.code === 'key-unknown' && !(await this.opened()) ? notOpen : error;
    return { status: 'refused', id, error: new AditError(refusal.code, refusal.detail, refusal.errors), heads: {} };
  }

  private async opened(): Promise<boolean> {
    const { rows } = await this.database.pool.query('SELECT FROM ledger_info').catch(unavailable);
    return rows.length > 0;
  }
}

const notOpen: PlainError = {
  code: 'ledger-not-open',
  detail: 'The first entry of a ledger is `ledger.opened`, signed by its registrar (`adit init --open`).',
  errors: [],
};

/** Whoever steals the service key cannot send what it signs: the service writes its own entries itself. */
const fromOutside: PlainError = {
  code: 'key-unknown',
  detail: 'What the service signs does not come from outside.',
  errors: [],
};

const asRefusal =
  (checked: Checked) =>
  (error: unknown): Received => {
    if (!(error instanceof AditError)) throw error;
    return { status: 'refused', id: checked.event?.id ?? null, error, heads: {} };
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
