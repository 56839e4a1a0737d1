import { AditError } from '../errors.js';
import type { NodeId } from './tree.js';

/** C2SP tlog-tiles: a tile holds up to 256 neighbouring hashes of tree level 8 · L, or the entries below them. */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;

const MAX_LEVEL = 63;
const MAX_ENTRY_BYTES = 0xffff;

export type TileLevel = number | 'entries';

export interface Tile {
  level: TileLevel;
  /** The number of the tile within its level. */
  index: number;
  /** Hashes in a partial tile, 1 to 255; null for a full one. */
  width: number | null;
}

/** Hashes [start, end) of one tile, from which a node of the tree is computed. */
export interface TileRun {
  level: number;
  index: number;
  start: number;
  end: number;
}

/** Formats the path of a tile, `tile/<L>/<N>[.p/<W>]`, N in groups of three digits: 1234067 is `x001/x234/067`. */
export function tilePath(level: TileLevel, index: number, width: number | null = null): string {
  const path = `tile/${level}/${indexPath(index)}${width === null ? '' : `.p/${width}`}`;
  if (parseTilePath(path) === null) throw new RangeError(`There is no tile ${path}.`);
  return path;
}

function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return groups.join('/');
}

/** Parses a path that `tilePath` formats; null for any other, so that each tile has one address. */
export function parseTilePath(path: string): Tile | null {
  const match =
    path.length <= 64 &&
    /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (!match) return null;
  const [, levelText = '', indexText = '', widthText] = match;
  const level = levelText === 'entries' ? levelText : Number(levelText);
  const index = Number(indexText.replaceAll(/[x/]/g, ''));
  const width = widthText === undefined ? null : Number(widthText);
  if (level !== 'entries' && level > MAX_LEVEL) return null;
  if (!Number.isSafeInteger(index) || indexText !== indexPath(index)) return null;
  if (width !== null && width >= TILE_WIDTH) return null;
  return { level, index, width };
}

/** Lists the full tiles and the width of the partial tile (0: none) of each level of a tree, lowest level first. */
export function tilesForSize(size: number): { level: number; full: number; partial: number }[] {
  const levels: { level: number; full: number; partial: number }[] = [];
  for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH))
    levels.push({ level: levels.length, full: Math.floor(count / TILE_WIDTH), partial: count % TILE_WIDTH });
  return levels;
}

/** Returns the tile, and the hashes in it, from which a complete subtree is computed; always within one tile. */
export function nodeTile({ level, index }: NodeId): TileRun {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level % TILE_HEIGHT);
  const perTile = TILE_WIDTH / count;
  const start = (index % perTile) * count;
  return { level: tileLevel, index: Math.floor(index / perTile), start, end: start + count };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Encodes entries one after another, each as its length (16 bits, big-endian) and its bytes. */
export function entryBundle(entries: readonly string[]): Uint8Array {
  const texts = entries.map((entry) => encoder.encode(entry));
  const bundle = new Uint8Array(texts.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const text of texts) {
    if (text.length > MAX_ENTRY_BYTES)
      throw new AditError('event-too-large', `An entry of ${text.length} bytes does not fit into an entry bundle.`);
    bundle[at] = text.length >> 8;
    bundle[at + 1] = text.length & 0xff;
    bundle.set(text, at + 2);
    at += 2 + text.length;
  }
  return bundle;
}

/** Parses an entry bundle of at most 256 entries. Throws `request-invalid` if it is truncated or is not UTF-8 text. */
export function parseEntryBundle(bundle: Uint8Array): string[] {
  const entries: string[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + (((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0));
    if (at + 2 > bundle.length || end > bundle.length)
      throw new AditError('request-invalid', `The entry bundle is cut short in entry ${entries.length}.`);
    if (entries.length === TILE_WIDTH)
      throw new AditError('request-invalid', `The entry bundle holds more than ${TILE_WIDTH} entries.`);
    try {
      entries.push(decoder.decode(bundle.subarray(at + 2, end)));
    } catch {
      throw new AditError('request-invalid', `Entry ${entries.length} of the bundle is not UTF-8 text.`);
    }
    at = end;
  }
  return entries;
}
