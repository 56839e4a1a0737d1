/** Returns the time of the ledger, ms: the clock of this device may be years off. Its own where the ledger does not answer. */
export async function ledgerTime(): Promise<number> {
  const answer = await fetch('/v1/session').catch(() => null);
  const time = Date.parse(answer?.headers.get('date') ?? '');
  return Number.isNaN(time) ? Date.now() : time;
}
