import type { Database } from '../database/database.js';
import { entriesBetween } from '../ledger/read/read-log.js';
import { extendIndex } from '../transparency/extend-index.js';
import { readIndexState } from '../transparency/index-rows.js';
import { type Alarm, alarm, withConvicted } from './alarm.js';
import type { StateFile } from './monitor-state.js';
import { readEntry } from '../ledger/read/reread-event.js';

/** Entries searched at once. */
const PIECE = 1_000;
/** Entries added to the index at once; the hashes near its root change with each piece, whatever its size. */
const TOGETHER = 10_000;

/** Filters entries before they are parsed: about one in a thousand seals an index. */
const mayBeSealed = (jws: string): boolean =>
  Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url').includes('index.sealed');

/** Recomputes every sealed index from the entries and compares the roots. */
export class RecomputeIndexes {
  constructor(
    private readonly database: Database,
    private readonly origin: string,
    private readonly file: StateFile,
    /** Proves an entry under the newest checkpoint of the mirror; null if the checkpoint does not cover it. */
    private readonly prove: (index: number) => Promise<string | null>,
  ) {}

  /** Checks the entries up to `size`. */
  async recompute(size: number): Promise<Alarm[]> {
    const found: Alarm[] = [];
    for (let from = this.file.state.indexed; from < size; from = this.file.state.indexed) {
      const to = Math.min(size, from + PIECE);
      for (const { index, jws } of await entriesBetween(this.database, from, to)) {
        if (!mayBeSealed(jws)) continue;
        const event = readEntry(jws, this.origin);
        if (event.type !== 'index.sealed') continue;
        const { size: sealed, root } = event.payload;
        const own = await this.rootAt(sealed);
        if (own !== root)
          found.push(
            alarm(
              'index-differs',
              `Entry ${index} seals an index that does not follow from the first ${sealed} entries.`,
              {
                index,
                entry: jws,
                proof: await this.prove(index),
              },
            ),
          );
      }
      // Written at once, because searched entries are not searched again.
      this.file.save({ indexed: to, convicted: withConvicted(this.file.state.convicted, found) });
    }
    return found;
  }

  /**
   * Returns the index root over the first `size` entries; null if a newer index was sealed before, which the service
   * never does.
   */
  private async rootAt(size: number): Promise<string | null> {
    return this.database.transaction(async (db) => {
      let state = await readIndexState(db, true);
      while (state.size < size)
        state = await extendIndex(db, this.origin, state, Math.min(size, state.size + TOGETHER));
      return state.size === size ? state.root.toString('base64') : null;
    });
  }
}
