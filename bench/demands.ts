/**
 * Prints each requirement of a run with its figure, and counts those that are not met, so that the run ends with an
 * error.
 */
export class Demands {
  private failed = 0;

  constructor(private readonly say: (text: string) => void) {}

  /** @param figure the measured value as text. */
  check(demand: string, figure: string, isMet: boolean): void {
    if (!isMet) this.failed += 1;
    this.say(`  ${isMet ? 'pass' : 'FAIL'}  ${demand}: ${figure}`);
  }

  /** Prints how many requirements are not met, and sets the exit code. */
  conclude(): void {
    this.say(this.failed === 0 ? 'every demand is met' : `${this.failed} demands are not met`);
    if (this.failed > 0) process.exitCode = 1;
  }
}
