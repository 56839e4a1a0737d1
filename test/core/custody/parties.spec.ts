import { describe, expect, it } from '@jest/globals';
import { partyRows } from '../../../src/core/custody/parties.js';

const LOT = 'lot';
const opens = (index: number, ...names: string[]) => ({ lot: LOT, index, opens: names, keeps: null });
const keeps = (index: number, ...names: string[]) => ({ lot: LOT, index, opens: [], keeps: names });
const row = (party: string, from: number, until: number | null) => ({ lot: LOT, party, from, until });

describe('the parties of a lot', () => {
  it('see up to the entry that ends their part, which a country never has', () => {
    const changes = [opens(1, 'miner', '@RW'), opens(2, 'trader', 'carrier'), keeps(3, 'trader')];
    expect(partyRows(changes)).toEqual({
      ended: [{ lot: LOT, index: 3, keeps: ['trader'] }],
      added: [row('miner', 1, 3), row('@RW', 1, null), row('trader', 2, null), row('carrier', 2, 3)],
    });
  });

  it('keep their first beginning when they come back', () => {
    const changes = [opens(1, 'a'), opens(2, 'b'), keeps(3, 'b'), opens(4, 'a'), keeps(5, 'a')];
    expect(partyRows(changes).added).toEqual([row('a', 1, null), row('b', 2, 5)]);
  });

  it('are those of each lot', () => {
    const other = { lot: 'other', index: 2, opens: ['a'], keeps: null };
    expect(partyRows([opens(1, 'a'), other, keeps(3, 'b')]).added).toEqual([
      row('a', 1, 3),
      { lot: 'other', party: 'a', from: 2, until: null },
    ]);
  });
});
