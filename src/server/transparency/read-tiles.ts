import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import { entryBundle, parseTilePath } from '../../core/log/tile.js';
import { Database } from '../database/database.js';
import { requireScope } from '../http/viewing.js';
import { ReadLog } from '../ledger/read/read-log.js';
import { tileHashes } from '../ledger/read/read-tree.js';
import { ShowCheckpoint } from './show-checkpoint.js';

const TILE_WIDTH = 256;

/** Serves tiles up to the newest checkpoint that readers may see. */
@Injectable()
export class ReadTiles {
  constructor(
    private readonly database: Database,
    private readonly log: ReadLog,
    private readonly shown: ShowCheckpoint,
    private readonly bundlesServed: boolean,
  ) {}

  /**
   * Reads one tile.
   * @param path below `/log/`, such as `tile/0/x001/234.p/5` or `tile/entries/067`.
   */
  async read(path: string): Promise<Buffer> {
    const tile = parseTilePath(path);
    if (tile === null) throw new AditError('not-found', `${path} is not the path of a tile.`);
    const { size } = await this.shown.newest();
    const level = tile.level === 'entries' ? 0 : tile.level;
    const start = tile.index * TILE_WIDTH;
    const width = tile.width ?? TILE_WIDTH;
    if (Math.floor(size / TILE_WIDTH ** level) < start + width)
      throw new AditError('not-found', `The log of ${size} entries does not reach as far as ${path}.`);
    if (tile.level !== 'entries') return Buffer.concat(await tileHashes(this.database, { level, start, count: width }));
    requireScope('monitor');
    if (!this.bundlesServed) throw new AditError('not-found', 'This ledger does not publish entry bundles.');
    const entries = await this.log.entries(start, start + width);
    return Buffer.from(entryBundle(entries.map(({ jws }) => jws)));
  }
}
