import { describe, expect, it } from '@jest/globals';
import { AdmissionQueue, mostSingle } from '../../../src/server/ledger/intake/admission-queue.js';
import { FairQueue } from '../../../src/server/ledger/intake/fair-queue.js';
import { RefusalBudget, holdFor, refusalsPerSecond } from '../../../src/server/ledger/intake/refusal-budget.js';

describe('a queue of many senders', () => {
  it('gives each address its turn, and of an address each signer', () => {
    const queue = new FairQueue<string>();
    for (let i = 0; i < 100; i += 1) queue.push('a', 'one', `one ${i}`);
    queue.push('a', 'two', 'two');
    queue.push('b', 'three', 'three');
    expect(queue.take(5)).toEqual(['one 0', 'three', 'two', 'one 1', 'one 2']);
    expect(queue.length).toBe(97);
  });

  it('keeps the order of a lone sender, and gives no more than it has', () => {
    const queue = new FairQueue<number>();
    for (let i = 0; i < 3; i += 1) queue.push('a', 'one', i);
    expect(queue.take(2)).toEqual([0, 1]);
    expect(queue.take(64)).toEqual([2]);
    expect(queue.take(64)).toEqual([]);
  });
});

describe('the budget of refusals of an address', () => {
  it('is spent by what nobody known has signed, comes back with time, and is no other address’s', () => {
    let now = 0;
    const budget = new RefusalBudget(
      () => null,
      () => now,
    );
    for (let i = 0; i < 200; i += 1) budget.spend('a');
    expect([budget.allows('a'), budget.allows('b')]).toEqual([false, true]);
    now = 49;
    expect(budget.allows('a')).toBe(false);
    now = 51;
    expect(budget.allows('a')).toBe(true);
    budget.spend('a');
    expect(budget.allows('a')).toBe(false);
  });

  it('is a share of what the service records, so that a slow one does not spend itself on refusals', () => {
    expect([null, 1_000, 200, 62, 1].map(refusalsPerSecond)).toEqual([20, 20, 10, 3.1, 1]);
    let now = 0;
    const budget = new RefusalBudget(
      () => 40,
      () => now,
    );
    // Two a second, ten seconds' worth of them at once.
    for (let i = 0; i < 20; i += 1) {
      expect(budget.allows('a')).toBe(true);
      budget.spend('a');
    }
    expect(budget.allows('a')).toBe(false);
    now = 499;
    expect(budget.allows('a')).toBe(false);
    now = 501;
    expect(budget.allows('a')).toBe(true);
  });

  it('holds answers beyond it back for longer the more of them are held', () => {
    expect([holdFor(1, 20), holdFor(64, 20), holdFor(64, 3)]).toEqual([1_000, 3_200, 5_000]);
  });
});

describe('the number of single events that are let in', () => {
  it.each([
    ['before the speed is known', null, null, 128],
    ['as many as are recorded in three times the usual wait', 1_000, 60, 180],
    ['a burst that is recorded in a tenth of a second', 2_000, 5, 200],
    ['none that waits longer than a quarter of a second', 1_000, 400, 250],
    ['as many as a commit takes', 165, 400, 64],
    ['none that waits longer than two seconds', 25, 400, 50],
    ['a few, however slow the service is', 0, 1_000, 16],
  ])('is %s', (_, speed, usual, most) => {
    expect(mostSingle(speed, usual)).toBe(most);
  });
});

describe('what is let into the door', () => {
  let now = 0;
  const queueOf = (limit: number): AdmissionQueue => {
    now = 0;
    return new AdmissionQueue(limit, () => now);
  };

  it('takes a batch of any size while it is idle, however short the queue is', () => {
    const queue = queueOf(300);
    expect(queue.refusalOfBatch(1_024)).toBeNull();
    queue.enter(300);
    expect(queue.refusalOfBatch(1)).toMatchObject({ code: 'overloaded' });
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
    queue.leave(300);
    expect(queue.refusal()).toBeNull();
  });

  it('turns single events away that would wait too long by the speed that was measured', () => {
    const queue = queueOf(20_000);
    queue.enter(200, true);
    // 200 in 250 ms: 800 a second, so that 200 wait for a quarter of a second.
    now = 250;
    queue.leave(200, true);
    queue.enter(199, true);
    expect(queue.refusal()).toBeNull();
    queue.enter(1, true);
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
    queue.leave(1, true);
    expect(queue.refusal()).toBeNull();
  });

  it('does not count as recorded what was turned away after all', () => {
    const queue = queueOf(20_000);
    queue.enter(200, true);
    now = 250;
    queue.leave(100, true, false);
    queue.leave(100, true);
    queue.enter(1, true);
    expect(queue.speed).toBe(400);
  });

  it('takes a burst after events that came one after the other, however long each took', () => {
    const queue = queueOf(20_000);
    for (now = 0; now < 3_000; now += 50) {
      queue.enter(1, true);
      now += 50;
      queue.leave(1, true);
    }
    expect(queue.speed).toBeCloseTo(20);
    queue.enter(100, true);
    expect(queue.refusal()).toBeNull();
  });

  it('does not take idle time for slowness', () => {
    const queue = queueOf(20_000);
    queue.enter(500, true);
    now = 250;
    queue.leave(500, true);
    now = 600_000;
    queue.enter(400, true);
    now = 600_010;
    expect(queue.refusal()).toBeNull();
  });

  it('lets few in where nothing is recorded any more', () => {
    const queue = queueOf(20_000);
    queue.enter(17, true);
    now = 250;
    queue.leave(1, true);
    for (now = 500; now < 6_000; now += 300) queue.refusal();
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
    queue.leave(1, true);
    expect(queue.refusal()).toBeNull();
  });
});
