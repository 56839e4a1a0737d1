/**
 * Notifies `alerts` that findings have changed. It reads them by `change`, so a lost job loses nothing, and a failed
 * wake-up must not fail the findings.
 */
export class WakeAlerts {
  /**
   * @param add enqueues one job;
   * @param failed receives its error.
   */
  constructor(
    private readonly add: () => Promise<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {}

  async wake(): Promise<void> {
    try {
      await this.add();
    } catch (error) {
      this.failed(error);
    }
  }
}
