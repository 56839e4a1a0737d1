import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { NotifyAlerts } from '../../../src/server/alerts/notify-alerts.js';
import { RaiseAlerts } from '../../../src/server/alerts/raise-alerts.js';
import { RaiseAlertsProcessor } from '../../../src/server/alerts/raise-alerts.processor.js';
import { Jobs } from '../../../src/server/queue/jobs.js';

/** Runs the job once while the next notification is due after `wait` ms; returns the jobs that it wakes. */
async function wokenBy(written: number, wait: number | null): Promise<unknown[]> {
  const woken: unknown[] = [];
  const wake = (...call: unknown[]): Promise<void> => Promise.resolve(void woken.push(call));
  const module = await Test.createTestingModule({
    providers: [
      RaiseAlertsProcessor,
      { provide: RaiseAlerts, useValue: { raise: () => Promise.resolve() } },
      {
        provide: NotifyAlerts,
        useValue: { notifyDue: () => Promise.resolve(written), untilNext: () => Promise.resolve(wait) },
      },
      { provide: Jobs, useValue: { wake } },
    ],
  }).compile();
  await module.get(RaiseAlertsProcessor).process({ data: {} });
  return woken;
}

describe('the job that notifies of alerts', () => {
  it('delivers what it wrote, and asks to run again when the next notification is due soon', async () => {
    expect(await wokenBy(1, 300)).toEqual([['deliver'], ['raise', 300]]);
    expect(await wokenBy(0, -5)).toEqual([['raise', 20]]);
  });

  it('leaves later notifications to the repeating job', async () => {
    for (const wait of [null, 5_000, Number.POSITIVE_INFINITY]) expect(await wokenBy(0, wait)).toEqual([]);
  });
});
