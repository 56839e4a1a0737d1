import { describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { RaiseAlerts } from '../../../src/server/alerts/raise-alerts.js';
import { RaiseAlertsProcessor } from '../../../src/server/alerts/raise-alerts.processor.js';
import type { NotifyAlerts } from '../../../src/server/alerts/notify-alerts.js';

describe('the job that tells alerts', () => {
  it('ends when the process stops, though there is always more to be told soon, and routes what it told', async () => {
    let raised = 0;
    const routed: string[] = [];
    const raise = (): Promise<void> => {
      raised += 1;
      if (raised === 3) processor.onModuleDestroy();
      return Promise.resolve();
    };
    const notifying = { notifyDue: () => Promise.resolve(1), untilNext: () => Promise.resolve(1) };
    const queue = {
      add: (name: string) => {
        routed.push(name);
        return Promise.resolve();
      },
    };
    const processor = new RaiseAlertsProcessor(
      { raise } as unknown as RaiseAlerts,
      notifying as unknown as NotifyAlerts,
      queue as unknown as Queue,
    );
    await processor.process();
    expect(raised).toBe(3);
    expect(routed).toEqual(['route', 'route', 'route']);
  });
});
