import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import {
  type TileLevel,
  entryBundle,
  nodeTile,
  parseEntryBundle,
  parseTilePath,
  tilePath,
  tilesForSize,
} from '../../../src/core/log/tile.js';
import { itWithVectors, readJson } from './vectors.js';

const tileExamples = z.object({ tile_path: z.record(z.string(), z.string()) });

describe('addressing tiles', () => {
  itWithVectors('spec-examples', 'writes the paths of the specification', (path) => {
    const { tile_path: paths } = readJson(tileExamples, path, 'c2sp.json');
    for (const [index, expected] of Object.entries(paths))
      expect(tilePath(3, Number(index))).toBe(`tile/3/${expected}`);
    expect(Object.keys(paths).length).toBeGreaterThan(0);
  });

  it('reads back every path it writes', () => {
    const level = fc.oneof(fc.nat({ max: 63 }), fc.constant<TileLevel>('entries'));
    const width = fc.option(fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(level, fc.maxSafeNat(), width, (l, index, w) => {
        expect(parseTilePath(tilePath(l, index, w))).toEqual({ level: l, index, width: w });
      }),
    );
  });

  it.each([
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/000',
    'tile/0/x000/x001/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/x001/000/',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000 ',
    'tile/0/000\n',
    '/tile/0/000',
    'tile/Entries/000',
    'tile/0/x009/x007/x199/x254/x740/992',
    `tile/0/${'x999/'.repeat(40)}000`,
    'tile/0/٠٠٠',
    '',
  ])('refuses %j', (path) => expect(parseTilePath(path)).toBeNull());

  it('refuses to write a path that could not be read', () => {
    expect(() => tilePath(64, 0)).toThrow(RangeError);
    expect(() => tilePath(0, -1)).toThrow(RangeError);
    expect(() => tilePath(0, 0, 256)).toThrow(RangeError);
  });

  it('counts the tiles of 256 and of 70 000 entries as the specification does', () => {
    expect(tilesForSize(70_000)).toEqual([
      { level: 0, full: 273, partial: 112 },
      { level: 1, full: 1, partial: 17 },
      { level: 2, full: 0, partial: 1 },
    ]);
    expect(tilesForSize(256)).toEqual([
      { level: 0, full: 1, partial: 0 },
      { level: 1, full: 0, partial: 1 },
    ]);
    expect(tilesForSize(0)).toEqual([]);
  });

  it('finds the hashes under a node within one tile', () => {
    expect(nodeTile({ level: 0, index: 257 })).toEqual({ level: 0, index: 1, start: 1, end: 2 });
    expect(nodeTile({ level: 7, index: 3 })).toEqual({ level: 0, index: 1, start: 128, end: 256 });
    expect(nodeTile({ level: 8, index: 3 })).toEqual({ level: 1, index: 0, start: 3, end: 4 });
    expect(nodeTile({ level: 10, index: 64 })).toEqual({ level: 1, index: 1, start: 0, end: 4 });
  });
});

describe('bundling entries', () => {
  it('writes two bytes of length, big-endian, before each', () => {
    expect(entryBundle(['ab', ''])).toEqual(Uint8Array.of(0, 2, 0x61, 0x62, 0, 0));
    expect(entryBundle(['x'.repeat(0x1234)]).subarray(0, 3)).toEqual(Uint8Array.of(0x12, 0x34, 0x78));
  });

  it('reads back what it writes', () => {
    const entry = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 24 }), (entries) => {
        expect(parseEntryBundle(entryBundle(entries))).toEqual(entries);
      }),
    );
    const full = Array.from({ length: 256 }, (_, i) => 'é'.repeat(i));
    expect(parseEntryBundle(entryBundle(full))).toEqual(full);
  });

  it('refuses an entry that is too long, and bundles that are cut short, too many or no text', () => {
    expect(() => entryBundle(['x'.repeat(0x10000)])).toThrow('event-too-large');
    expect(() => parseEntryBundle(Uint8Array.of(0))).toThrow('cut short');
    expect(() => parseEntryBundle(Uint8Array.of(0, 2, 0x61))).toThrow('cut short');
    expect(() => parseEntryBundle(Uint8Array.of(0, 1, 0xff))).toThrow('not UTF-8');
    expect(() => parseEntryBundle(new Uint8Array(2 * 257))).toThrow('more than 256');
  });
});
