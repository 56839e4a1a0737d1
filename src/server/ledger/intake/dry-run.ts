import { Injectable } from '@nestjs/common';
import { refusedWithParent } from '../../../core/custody/check-lots.js';
import type { DryRunAnswer } from '../../../core/api/event.js';
import { AditError } from '../../../core/errors.js';
import { actorNow, viewerNow } from '../../http/viewing.js';
import { problemOf } from '../../http/problem.js';
import { AdmitOnSnapshot } from '../append/admit-on-snapshot.js';
import { AdmissionQueue } from './admission-queue.js';
import { BATCHES, CheckBatch, visitFrom } from './check-batch.js';
import { type DryRunItem, ReadDrafts } from './read-drafts.js';
import type { EventResult } from '../append/event-result.js';
import { type IntakeItem, RefuseEarly, isRejected } from './refuse-early.js';
import { Submission } from './submission.js';

/** Events of one dry run. */
export const MAX_DRY_RUN = 256;

/** Judges events by the checks and the admission of recorded ones, but records nothing. */
@Injectable()
export class DryRun {
  constructor(
    private readonly queue: AdmissionQueue,
    private readonly drafts: ReadDrafts,
    private readonly checks: CheckBatch,
    private readonly refusals: RefuseEarly,
    private readonly snapshot: AdmitOnSnapshot,
  ) {}

  /**
   * Returns the answers in order, each as if the events before it had been recorded. Throws `overloaded`, and
   * `not-allowed` for events of another actor than the viewer: answers show the state of its lots.
   */
  async judge(items: readonly DryRunItem[], address = ''): Promise<DryRunAnswer[]> {
    const refusal = this.queue.refusalOfBatch(items.length);
    if (refusal !== null) throw refusal;
    this.queue.enter(items.length);
    try {
      const { texts, drafts } = await this.drafts.read(items);
      const visit = { ...visitFrom(address, BATCHES), inFlight: items.length };
      const checked = await this.checks.check(texts, visit, drafts);
      requireOwn(checked);
      const received = await this.answer(checked);
      return received.map((each, i) => answerOf(each, !drafts.has(i)));
    } finally {
      this.queue.leave(items.length);
    }
  }

  private async answer(arrived: readonly IntakeItem[]): Promise<EventResult[]> {
    const submission = new Submission();
    const rejected = arrived.filter(isRejected);
    for (const { checked } of rejected) if (checked.id !== null) submission.refuse(checked.id);
    const arrivals = arrived.flatMap(({ text, checked }) => {
      if (checked.event === null) return [];
      const { event, identifierError } = checked;
      return [{ event, text, receipt: false, submission, identifierError }];
    });
    const outcomes: EventResult[] = await this.snapshot.admit(arrivals);
    const refused = await this.refusals.refuse(rejected);
    submission.refuseChildren();
    return arrived.map(({ checked: { event } }) => {
      const received = (event === null ? refused : outcomes).shift();
      if (received === undefined) throw new Error('An event was left without an answer.');
      if (event === null || received.status !== 'waiting' || !submission.refused.has(received.id)) return received;
      const error = refusedWithParent(event, submission.refused);
      return error === null ? received : { status: 'refused', id: received.id, error, heads: {} };
    });
  }
}

function requireOwn(items: readonly IntakeItem[]): void {
  if (viewerNow().kind === 'everyone') return;
  const actor = actorNow();
  const foreign = items.find(({ checked }) => checked.event !== null && checked.event.iss !== actor);
  if (foreign !== undefined)
    throw new AditError('not-allowed', 'A dry run takes your own events alone: its answers show the state of lots.');
}

/** @param signed false: the client has not proved to be a party to the lots, so no heads are named. */
function answerOf(received: EventResult, signed: boolean): DryRunAnswer {
  const { id } = received;
  switch (received.status) {
    case 'accepted':
      return { status: 'accepted', id: received.id };
    case 'duplicate':
      return { status: 'duplicate', id: received.id, index: received.index };
    case 'waiting':
      return { status: 'waiting', id: received.id, missing: received.missing };
    case 'refused': {
      const { error, heads } = received;
      const shown = signed && Object.keys(heads).length > 0 ? { heads } : {};
      return { status: 'refused', id, problem: problemOf(error, shown) };
    }
  }
}
