/**
 * What the events of one request have to do with each other. Children of a refused event in one batch are refused with it
 * (protocol.md §3), however the request is cut into chunks, whoever's events share its transactions, and whether the
 * parent fell at the door or at the sequencer.
 */
export class Submission {
  /** Ids of its events that were refused for what they are. */
  readonly refused = new Set<string>();
  /** Its events that wait, by the id of what they wait for. */
  private readonly children = new Map<string, string[]>();
  private readonly waiting = new Set<string>();
  /** Those that nobody had sent before; the others wait in their own right. */
  private readonly begun = new Set<string>();
  /** Refused events whose children have not been looked for yet. */
  private unheeded: string[] = [];

  refuse(id: string): void {
    this.refused.add(id);
    this.unheeded.push(id);
  }

  /** Takes back a refusal of which nothing is known to be true: the transaction that it stood in was rolled back. */
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
   * Refuses whatever waits for a refused event, and what waits for that. Gives the ids of those that began to wait by
   * this request: what waited before does not fall by a bad copy of its parent.
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
