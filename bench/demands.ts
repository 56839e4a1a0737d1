/** What a run must show: printed one by one with its figure, and counted, so that a failed one ends the run with an error. */
export class Demands {
  private failed = 0;

  constructor(private readonly say: (text: string) => void) {}

  /** @param figure what was measured, in words. */
  check(demand: string, figure: string, isMet: boolean): void {
    if (!isMet) this.failed += 1;
    this.say(`  ${isMet ? 'pass' : 'FAIL'}  ${demand}: ${figure}`);
  }

  /** Says how many were not met, and sets the exit code by it. */
  conclude(): void {
    this.say(this.failed === 0 ? 'every demand is met' : `${this.failed} demands are not met`);
    if (this.failed > 0) process.exitCode = 1;
  }
}
