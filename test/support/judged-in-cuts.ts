import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OPENED, TestLedger } from './test-ledger.js';

/** Stories whose events are judged one by one, and then all at once: both must find the same. */

const HOUR = 3_600_000;

export let ledger: TestLedger;

/** Gives each test of a suite a ledger of its own. A suite calls it: this module is loaded once for several suites. */
export function withLedger(): void {
  beforeEach(async () => {
    ledger = await TestLedger.open();
  });
  afterEach(() => ledger.close());
}

export const at = (hours: number): string => new Date(OPENED + hours * HOUR).toISOString();
export const mass = { value: '50', uom: 'KGM' };

/** What is open, whatever its number and its times. */
export const open = (): Promise<unknown[]> =>
  ledger.database.rows(
    `SELECT rule, severity, subject, cause, lots, events, measured, threshold FROM findings
      WHERE status = 'open' ORDER BY rule, subject, cause`,
  );

export const rules = (findings: readonly unknown[]): string[] =>
  findings.map((finding) => (finding as { rule: string }).rule);

/** Takes all that verification has made, as if it had never looked. */
async function forget(): Promise<void> {
  await ledger.tamper(
    `TRUNCATE findings, undecided, deadlines, filings, totals, revisits, site_production, site_days CASCADE;
     UPDATE verification_cursor SET next = 0`,
  );
}

/** Records what happened then; the clock has gone on to there, if it was not past it. */
export async function record(type: string, by: string, hours: number, body: Record<string, unknown>) {
  if (OPENED + hours * HOUR > ledger.clock.now()) ledger.clock.setTo(OPENED + hours * HOUR);
  return ledger.record(type, by, { occurredAt: at(hours), ...body });
}

export const declareAt = (hours: number, more: Record<string, unknown> = {}) =>
  record('lot.declared', 'coop', hours, {
    place: { site: 'hill' },
    outputs: [{ mineral: 'cassiterite', form: 'concentrate', mass }],
    ...more,
  });

export const declared = async (hours = 0): Promise<string> => (await declareAt(hours)).lots[0] ?? '';

export const says = (type: string, by: string, hours: number, body: Record<string, unknown>) => (): Promise<unknown> =>
  record(type, by, hours, body);

/** The steps after the declaration of a lot. */
export type Story = (lot: string) => (() => Promise<unknown>)[];

/** Tests that each story finds what is listed, however its entries are judged. */
export const findsTheSame = (stories: Readonly<Record<string, [Story, string[]]>>): void =>
  it.each(Object.keys(stories))('finds the same however often it looks: %s', async (name) => {
    const [story, expected] = stories[name] as [Story, string[]];
    const lot = await declared();
    await ledger.verifier().verify();
    for (const step of story(lot)) {
      await step();
      await ledger.verifier().verify();
    }
    const often = await open();
    await forget();
    await ledger.verifier().verify();
    expect(often).toEqual(await open());
    expect(rules(often)).toEqual(expected);
  });
