/**
 * Tells `alerts` that findings have changed. It reads them by their `change`, so a job that is lost loses nothing, and a
 * failure to wake it must not fail what was found.
 */
export class WakeAlerts {
  /** @param add adds one job; @param failed is told when that does not work. */
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
