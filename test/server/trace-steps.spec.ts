import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from '@jest/globals';
import { STEPS, beginStep, endSteps } from '../../src/server/tracing/steps.js';

it('measures and publishes steps only while somebody subscribes', () => {
  expect(beginStep()).toBeNull();
  const published: unknown[] = [];
  const take = (step: unknown): void => void published.push(step);
  subscribe(STEPS, take);
  try {
    endSteps(null, ['a'], { name: 'judge' });
    expect(published).toEqual([]);
    const began = beginStep();
    expect(began).toBeGreaterThan(Date.parse('2026-01-01'));
    endSteps(began, ['a', 'b'], { name: 'judge' });
    expect(published).toEqual(
      ['a', 'b'].map((event) => ({ name: 'judge', event, from: began, to: expect.any(Number) as unknown })),
    );
  } finally {
    unsubscribe(STEPS, take);
  }
  expect(beginStep()).toBeNull();
});
