import { describe, expect, it } from '@jest/globals';
import { StepSize } from '../../../src/server/verification/judging/step-size.js';
import { StepTooLarge, WorkBudget } from '../../../src/server/verification/judging/work-budget.js';

const failure = new Error('The statement was cancelled.');

describe('bounding a step of judging', () => {
  it('halves what failed twice, and sets aside the one entry that is left', () => {
    const size = new StepSize(4);
    const answers = Array.from({ length: 6 }, () => [size.failed(failure), size.entries]);
    expect(answers).toEqual([
      ['again', 4],
      ['smaller', 2],
      ['again', 2],
      ['smaller', 1],
      ['again', 1],
      ['set-aside', 1],
    ]);
  });

  it('does not try again as it is what reads too many rows', () => {
    const size = new StepSize(500);
    expect([size.failed(new StepTooLarge(1)), size.entries]).toEqual(['smaller', 250]);
  });

  it('takes fewer after a slow step, never one by one for that alone, and more after a fast one', () => {
    const size = new StepSize(500);
    for (let i = 0; i < 20; i += 1) size.succeeded(60_000);
    expect(size.entries).toBe(10);
    for (let i = 0; i < 20; i += 1) size.succeeded(1);
    expect(size.entries).toBe(500);
  });

  it('forgets a failure after a step that held', () => {
    const size = new StepSize(8);
    size.failed(failure);
    size.succeeded(2_000);
    expect(size.failed(failure)).toBe('again');
  });

  it('lets one entry alone read more than a share of a full step', () => {
    const size = new StepSize(2);
    size.failed(new StepTooLarge(1));
    expect(() => size.budget().spend(1_000_000)).not.toThrow();
    expect(() => new StepSize(2).budget().spend(1_000_000)).toThrow(StepTooLarge);
  });

  it('counts what is read in pieces', () => {
    const budget = new WorkBudget(10);
    budget.spend(6);
    budget.spend(4);
    expect(() => budget.spend(1)).toThrow('more than 10 rows');
  });
});
