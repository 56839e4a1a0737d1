import type { AditClient } from '../../client/adit-client.js';
import { AditProblem } from '../../client/problem.js';
import type { Cast } from './cast.js';
import type { Outcome } from './outcome.js';

/**
 * Code of a step whose parent never arrived. The ledger would store it for 90 days, but a scenario sends nothing more.
 */
const NEVER_CAME = 'waiting';
const PARENT_REFUSED = 'parent-refused';

interface Waiting {
  event: string;
  missing: readonly string[];
}

/** Sends signed steps, records their results, and asks again for waiting ones. */
export class Sender {
  private readonly refused = new Map<number, string>();
  private readonly waiting = new Map<number, Waiting>();

  constructor(
    private readonly client: AditClient,
    private readonly cast: Cast,
  ) {}

  async send(step: number, event: string): Promise<void> {
    if (await this.submit(step, event)) await this.askForThoseAfter(step);
  }

  refuse(step: number, code: string): void {
    this.refused.set(step, code);
    this.cast.settled(step, 'refused');
  }

  /** Asks a last time; steps that still wait were not accepted. */
  async finish(): Promise<Outcome['refused']> {
    let before: number;
    do {
      before = this.waiting.size;
      for (const [step, { event }] of this.waiting) await this.submit(step, event);
    } while (this.waiting.size < before);
    const codes = [...this.waiting.keys()].map(
      (step) => [step, this.cast.restsOnRefused(step) ? PARENT_REFUSED : NEVER_CAME] as const,
    );
    for (const [step, code] of codes) this.refuse(step, code);
    return [...this.refused].map(([step, code]) => ({ step, code })).sort((a, b) => a.step - b.step);
  }

  /**
   * Sends one step.
   * @returns whether it has a final result, so that its successors may have one too.
   */
  private async submit(step: number, event: string): Promise<boolean> {
    try {
      const answer = await this.client.submit(event);
      if (answer.status === 'waiting') {
        this.waiting.set(step, { event, missing: answer.missing });
        return false;
      }
      this.cast.settled(step, 'admitted');
    } catch (error) {
      if (!(error instanceof AditProblem)) throw error;
      this.refuse(step, error.code);
    }
    this.waiting.delete(step);
    return true;
  }

  /** Sending an event again is idempotent and returns its result. */
  private async askForThoseAfter(settled: number): Promise<void> {
    const ids = new Set([this.cast.event(settled)]);
    const after = [...this.waiting].filter(([, { missing }]) => missing.some((id) => ids.has(id)));
    for (const [step, { event }] of after) await this.send(step, event);
  }
}
