import { describe, expect, it } from '@jest/globals';
import { defaultParameters } from '../../../src/core/rules/index.js';
import {
  type IncomingLot,
  judgeReceipt,
  matchRows,
  receiptsOf,
  textsOfRow,
} from '../../../src/web/desk/receive-rows.js';
import { readSheet } from '../../../src/web/desk/sheet.js';

const limits = { gained: defaultParameters.massGained.handedOver, lost: defaultParameters.massLost.handedOver };

const lot = (number: number, head = 'dispatch-1'): IncomingLot => ({
  id: `0000000${number}-0000-8000-8000-000000000000`,
  head,
  called: `RW-${number}`,
  tags: [`RW-${number}`],
  lotNumber: null,
  mineral: 'cassiterite',
  goods: 'tin ore',
  mass: { value: '50', uom: 'KGM' },
  unit: 'kg',
  from: 'coop',
  seals: [],
});

const judged = (texts: Parameters<typeof judgeReceipt>[1]) => judgeReceipt(lot(1), texts, limits);

describe('a receipt of one lot', () => {
  it('compares what is weighed with what was sent', () => {
    expect(judged({ mass: '50.1' })).toMatchObject({ state: 'ready', difference: { band: 'ok' } });
    expect(judged({ mass: '49' })).toMatchObject({ state: 'ready', difference: { side: 'lost', band: 'ok' } });
    expect(judged({ mass: '50.4' })).toMatchObject({
      state: 'look',
      difference: { side: 'gained', band: 'warn' },
    });
    expect(judged({ mass: '46' })).toMatchObject({ state: 'look', difference: { side: 'lost', band: 'beyond' } });
  });

  it('never guesses a comma, and says what to write', () => {
    expect(judged({ mass: '51,0' })).toMatchObject({
      state: 'fault',
      faults: { mass: { code: 'separator', meant: '51.0' } },
    });
    expect(judged({ mass: '1,234.5' }).faults.mass).toEqual({ code: 'separator', meant: '1234.5' });
    expect(judged({ mass: 'heavy' }).faults.mass).toEqual({ code: 'mass' });
    expect(judged({ mass: '-3' }).faults.mass).toEqual({ code: 'mass' });
    expect(judged({ mass: '0' }).faults.mass).toEqual({ code: 'mass' });
  });

  it('needs a mass to accept and a reason to reject', () => {
    expect(judged({}).state).toBe('empty');
    expect(judged({ outcome: 'rejected' })).toMatchObject({ state: 'fault', faults: { reason: { code: 'empty' } } });
    expect(judged({ outcome: 'rejected', reason: 'seal broken' })).toMatchObject({
      state: 'ready',
      claims: { outcome: 'rejected', reason: 'seal broken' },
    });
  });

  it('takes seals as they were seen', () => {
    expect(judged({ mass: '50', seals: 'SL-1, SL-2', sealState: 'broken' }).claims).toMatchObject({
      seals: ['SL-1', 'SL-2'],
      sealState: 'broken',
    });
    expect(judged({ mass: '50', seals: 'SL-1; SL-1' }).faults.seals).toEqual({ code: 'repeated' });
    expect(judged({ mass: '50', sealState: 'odd' }).faults.sealState).toEqual({ code: 'choice' });
  });
});

describe('receipts', () => {
  it('follow one dispatch each', () => {
    const rows = [lot(1), lot(2, 'dispatch-2'), lot(3)].map((one) => ({ lot: one, claims: { lot: one.id } }));
    expect(receiptsOf(rows).map(({ called }) => called)).toEqual([['RW-1', 'RW-3'], ['RW-2']]);
    const many = Array.from({ length: 250 }, () => ({ lot: lot(1), claims: {} }));
    expect(receiptsOf(many).map(({ lots }) => lots.length)).toEqual([100, 100, 50]);
  });
});

describe('a table', () => {
  it('is read with titles in any order and language, or without', () => {
    expect(readSheet('Poids (kg);Étiquette;Scellé\r\n49.1;RW-1;SL-1\r\n').rows).toEqual([
      { line: 2, cells: { mass: '49.1', lot: 'RW-1', seals: 'SL-1' } },
    ]);
    expect(readSheet('RW-1\t49.1\nRW-2\t50\n').rows.map(({ cells }) => cells)).toEqual([
      { lot: 'RW-1', mass: '49.1' },
      { lot: 'RW-2', mass: '50' },
    ]);
    expect(readSheet('\ufefftag,kg,reason\n"RW-1","49.1","a ""b"",\nc"\n\nRW-2,50,\n').rows).toEqual([
      { line: 2, cells: { lot: 'RW-1', mass: '49.1', reason: 'a "b",\nc' } },
      { line: 5, cells: { lot: 'RW-2', mass: '50', reason: '' } },
    ]);
    expect(readSheet('').rows).toEqual([]);
    expect(readSheet(`tag,kg\n${'RW-1,1\n'.repeat(2_001)}`)).toMatchObject({ cut: 1 });
  });

  it('marks rows that fit no lot, and keeps their texts', () => {
    const { rows } = readSheet(
      'tag,kg,outcome,reason\nRW-1,50,,\nRW-9,50,,\nRW-1,51,,\n,50,,\nrw-2,50,,\nRW-3,,Rejected,wet\n',
    );
    const matched = matchRows(rows, [lot(1), lot(2), lot(3)]);
    expect(matched.map(({ line, fault }) => [line, fault])).toEqual([
      [2, null],
      [3, 'unknown'],
      [4, 'repeated'],
      [5, 'noLot'],
      [6, 'unknown'],
      [7, null],
    ]);
    expect(matched[2]?.cells).toMatchObject({ lot: 'RW-1', mass: '51' });
    expect(textsOfRow(matched[5] as (typeof matched)[0])).toMatchObject({ outcome: 'rejected', reason: 'wet' });
    expect(matchRows([{ line: 1, cells: { lot: '00000001' } }], [lot(1)])[0]?.lot?.called).toBe('RW-1');
  });
});
