import { Injectable } from '@nestjs/common';
import { buildRefusal } from '../../../core/event/refusal.js';
import type { Answer } from '../../../core/api/event.js';
import type { Problem } from '../../../core/api/problem.js';
import { Clock } from '../../clock.js';
import { ProblemError, problemOf } from '../../http/problem.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { ReadLog } from '../read/read-log.js';
import { ReadReceipt } from '../read/read-receipt.js';
import type { EventResult } from '../append/event-result.js';

/** Codes that do not concern the event: it may be sent again unchanged, so no refusal is signed. */
const NOT_OF_THE_EVENT = new Set(['overloaded', 'rate-limited', 'log-halted', 'internal']);

/** Turns the result of an event into the answer to its sender, with a receipt or a signed refusal. */
@Injectable()
export class AnswerEvents {
  constructor(
    private readonly identity: LedgerIdentity,
    private readonly log: ReadLog,
    private readonly receipts: ReadReceipt,
    private readonly clock: Clock,
  ) {}

  async answer(received: EventResult, receipt: boolean): Promise<Answer> {
    switch (received.status) {
      case 'waiting':
        return received;
      case 'refused':
        return { status: 'refused', id: received.id, problem: await this.problem(received) };
      case 'duplicate':
        return receipt ? { ...received, receipt: await this.receipts.first(received.index) } : received;
      case 'accepted': {
        const { receipt: given, ...rest } = received;
        return given === null ? rest : { ...rest, receipt: given };
      }
    }
  }

  /**
   * Returns the problem document with a refusal signed by the service key, so that the sender can prove the answer and
   * its time.
   */
  private async problem({ id, error, heads }: Extract<EventResult, { status: 'refused' }>): Promise<Problem> {
    if (NOT_OF_THE_EVENT.has(error.code)) return problemOf(error);
    const { size, serviceKid } = await this.log.head();
    const refusal = await buildRefusal(
      {
        log: this.identity.origin,
        event: id,
        code: error.code,
        heads,
        size,
        iat: Math.floor(this.clock.now() / 1000),
      },
      this.identity.signer(serviceKid),
    );
    return problemOf(error, { heads, refusal });
  }

  /** Returns the answer to a single submission, with its HTTP status. Throws the problem of a refusal. */
  async single(received: EventResult): Promise<{ status: number; body: object }> {
    const answer = await this.answer(received, true);
    switch (answer.status) {
      case 'refused':
        throw new ProblemError(answer.problem);
      case 'waiting':
        return { status: 202, body: answer };
      default: {
        const { status, ...body } = answer;
        return { status: status === 'accepted' ? 201 : 200, body };
      }
    }
  }
}
