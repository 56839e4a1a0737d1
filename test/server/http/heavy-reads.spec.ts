import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../../src/server/http/heavy-reads.js';

describe('large answers that are made at once', () => {
  it('are bounded by address, so that others have their turn', async () => {
    const turns = new Turns();
    const ends = await Promise.all(['a', 'a', 'a', 'a'].map((address) => turns.take(address)));
    let begun = false;
    const fifth = turns.take('a').then((end) => {
      begun = true;
      return end;
    });
    const end = await turns.take('b');
    expect(begun).toBe(false);
    end();
    expect(begun).toBe(false);
    ends[0]?.();
    await fifth;
    expect(begun).toBe(true);
  });

  it('are bounded in all, and begin in turn when one ends', async () => {
    const turns = new Turns();
    const ends = await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map((address) => turns.take(address)));
    const order: string[] = [];
    const later = ['c', 'd'].map((address) => turns.take(address).then(() => order.push(address)));
    ends[0]?.();
    // Ended twice, it makes room once.
    ends[0]?.();
    await later[0];
    expect(order).toEqual(['c']);
    ends[1]?.();
    await Promise.all(later);
    expect(order).toEqual(['c', 'd']);
  });

  it('are refused where too many wait, or where none ends in time', async () => {
    const turns = new Turns(1);
    for (let i = 0; i < 4; i += 1) await turns.take('a');
    const asked = Array.from({ length: 9 }, () => turns.take('a'));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(Array(9).fill('rejected'));
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'overloaded' });
  });
});
