import type { Clock } from '../clock.js';

/** Time for which a state is kept, ms: what was withdrawn proves nothing after that, in any process. */
const KEPT = 3_000;
/** States kept at most. */
const MOST = 10_000;

/** Looks up states by key, and keeps each for a few seconds. */
export class Recent<T> {
  private readonly kept = new Map<string, { since: number; state: Promise<T> }>();

  constructor(
    private readonly clock: Clock,
    private readonly find: (key: string) => Promise<T>,
  ) {}

  /** Returns a state as it was at most a few seconds ago. */
  get(key: string): Promise<T> {
    const now = this.clock.now();
    const known = this.kept.get(key);
    if (known !== undefined && now - known.since < KEPT && now >= known.since) return known.state;
    if (this.kept.size >= MOST) this.kept.clear();
    const state = this.find(key);
    this.kept.set(key, { since: now, state });
    // A failed look-up is not kept.
    state.catch(() => this.kept.delete(key));
    return state;
  }
}
