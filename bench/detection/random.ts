/** Generates pseudo-random numbers from a seed (mulberry32), so that a run can be repeated. */
export class Random {
  constructor(private state: number) {}

  /** Returns 0 ≤ x < 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /**
   * Returns a number around `mean` with a distribution like errors of measurement: a sum of uniform numbers, cut off at
   * three deviations.
   */
  normal(mean: number, deviation: number): number {
    const sum = Array.from({ length: 12 }, () => this.next()).reduce((all, x) => all + x, -6);
    return mean + deviation * Math.max(-3, Math.min(3, sum));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.whole(0, all.length - 1)] as T;
  }
}
