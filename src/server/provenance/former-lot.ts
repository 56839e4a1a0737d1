import { Injectable } from '@nestjs/common';
import { lotAsOf } from '../../core/custody/lot-as-of.js';
import type { Lot } from '../../core/custody/view.js';
import { Database } from '../database/database.js';
import { LedgerIdentity } from '../ledger/ledger-identity.js';
import { type LotRow, lotOf } from '../ledger/append/lot-rows.js';
import { noLot } from '../ledger/read/lot-rights.js';
import { readEntry } from '../ledger/read/reread-event.js';

/** Rebuilds a lot as a former party last saw it, from the entries up to the end of its part. */
@Injectable()
export class FormerLot {
  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
  ) {}

  /** Returns a lot as of an entry. Throws `not-found`. */
  async lot(id: string, until: number): Promise<Lot> {
    const { origin } = this.identity;
    const [{ rows: entries }, { rows: inputs }] = await Promise.all([
      this.database.lookup.query<{ index: number; jws: string }>(
        `SELECT entry.index, entry.jws
           FROM (SELECT index FROM lot_events WHERE lot = $1 AND index <= $2
                 UNION SELECT index FROM attestations WHERE lot = $1 AND index <= $2) AS of_lot
           JOIN entries AS entry USING (index) ORDER BY entry.index`,
        [id, until],
      ),
      this.database.lookup.query<LotRow>(
        'SELECT lots.* FROM lineage JOIN lots ON lots.id = lineage.from_lot WHERE lineage.to_lot = $1',
        [id],
      ),
    ]);
    const read = entries.map(({ index, jws }) => ({ index, event: readEntry(jws, origin) }));
    const lot = lotAsOf(id, origin, inputs.map(lotOf), read);
    if (lot === null) throw noLot(id);
    return lot;
  }
}
