import { beginStep } from '../../tracing/steps.js';

/**
 * Relates the events of one request. Children of a refused event in one batch are refused with it (protocol.md §3),
 * however the request is split into chunks, whatever other events share its transactions, and whether the check or the
 * sequencer refused the parent.
 */
export class Submission {
  /** When it began, for tracing; null: without tracing. */
  readonly beganAt = beginStep();
  /** Ids of its events that were refused by their own fault. */
  readonly refused = new Set<string>();
  /** Its waiting events, by the id of the parent. */
  private readonly children = new Map<string, string[]>();
  private readonly waiting = new Set<string>();
  /** Waiting events that this request brought first; the others waited before it. */
  private readonly begun = new Set<string>();
  /** Refused events whose children are not refused yet. */
  private unheeded: string[] = [];

  /** @param traceparent of its request (W3C Trace Context). */
  constructor(readonly traceparent?: string) {}

  refuse(id: string): void {
    this.refused.add(id);
    this.unheeded.push(id);
  }

  /** Withdraws a refusal whose transaction was rolled back. */
  forgive(id: string): void {
    this.refused.delete(id);
  }

  /** @param known whether the event waited before this request. */
  wait(id: string, missing: readonly string[], known: boolean): void {
    this.waiting.add(id);
    if (!known) this.begun.add(id);
    for (const parent of missing) {
      this.children.set(parent, [...(this.children.get(parent) ?? []), id]);
      if (this.refused.has(parent)) this.unheeded.push(parent);
    }
  }

  hasWaiting(id: string): boolean {
    return this.waiting.has(id);
  }

  /**
   * Refuses everything that waits for a refused event, and so on. Returns the ids of those that this request brought
   * first; an event that waited before is not refused because of a bad copy of its parent.
   */
  refuseChildren(): string[] {
    const orphans: string[] = [];
    for (let parent = this.unheeded.pop(); parent !== undefined; parent = this.unheeded.pop()) {
      const children = this.refused.has(parent) ? (this.children.get(parent) ?? []) : [];
      for (const child of children) {
        if (this.refused.has(child)) continue;
        this.refuse(child);
        if (this.begun.has(child)) orphans.push(child);
      }
    }
    return orphans;
  }
}
