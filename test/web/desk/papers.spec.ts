import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import bwipjs from 'bwip-js/node';
import { gs1Of } from '../../../src/server/web/desk/gather-papers.js';
import { type Label, printLabels } from '../../../src/server/web/desk/print-labels.js';
import { printWaybill } from '../../../src/server/web/desk/print-waybill.js';
import { sayIn } from '../../../src/web/phrases.js';

const say = sayIn('en');
const label: Label = {
  name: 'RW-A000001',
  goods: 'tin ore',
  mass: '48.6 kg',
  shortId: '90553cb5',
  holder: 'trader',
  url: 'https://example.org/p/ABC',
  gs1: null,
};

/** The drawing of every page, in the operators of PDF. */
const drawingOf = (pdf: Buffer): string =>
  [...pdf.toString('latin1').matchAll(/stream\n([\s\S]*?)\nendstream/g)]
    .flatMap(([, bytes = '']) => {
      try {
        return [inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1')];
      } catch {
        return [];
      }
    })
    .join('\n');

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

describe('labels', () => {
  it('have the GS1 symbol of a passport with a GTIN, square by square', async () => {
    const gs1 = gs1Of({ gtin: '9521234543213', serial: 'BAG-1' });
    expect(gs1).toBe('(01)09521234543213(21)BAG-1');
    const [symbol] = bwipjs.raw('gs1datamatrix', gs1 ?? '') as { pixs: number[] }[];
    const dark = symbol?.pixs.filter((module) => module === 1).length ?? 0;
    const squares = async (one: Label): Promise<number> =>
      drawingOf(await printLabels(say, [one], new Date(0))).match(/ re$/gm)?.length ?? 0;
    expect(dark).toBeGreaterThan(100);
    expect((await squares({ ...label, gs1 })) - (await squares(label))).toBe(dark);
  });

  it('have no serial number in a symbol that cannot hold it, and no symbol without a GTIN', () => {
    expect(gs1Of({ gtin: '09521234543213', serial: 'a(10)b' })).toBe('(01)09521234543213');
    expect(gs1Of({ gtin: '09521234543213', serial: 'a#b' })).toBe('(01)09521234543213');
    expect(gs1Of({ gtin: null, serial: 'x' })).toBeNull();
  });

  it('fill sheets of twenty-four, whatever their texts are', async () => {
    const hostile = { ...label, name: `${'x'.repeat(300)}<script>\u202e`, goods: '→ −1' };
    expect(
      pagesOf(
        await printLabels(
          say,
          Array.from({ length: 25 }, () => hostile),
          new Date(0),
        ),
      ),
    ).toBe(2);
  });
});

describe('a waybill', () => {
  it('goes on to further pages', async () => {
    const lots = Array.from({ length: 200 }, (_, i) => ({ name: `T-${i}`, goods: 'tin ore', mass: '1 kg', tags: '' }));
    const waybill = {
      event: 'x',
      url: 'https://example.org/events/x',
      facts: [],
      lots,
      total: '200 kg',
      created: new Date(0),
    };
    expect(pagesOf(await printWaybill(say, waybill))).toBeGreaterThan(3);
    expect(pagesOf(await printWaybill(say, { ...waybill, lots: lots.slice(0, 2) }))).toBe(1);
  });
});
