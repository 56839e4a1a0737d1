import type { Changes, LedgerView, Lot, LotStatus, OriginBasis } from '../../../core/custody/view.js';
import type { Grade } from '../../../core/event/quantity-claims.js';
import { type Queryable, type Row, insertRows, rowsByKey, together, upsertRows } from '../../database/rows.js';

/** Projections of lots: their state, chains, and lineage. */
export const lotTables = ['lots', 'lot_events', 'lineage', 'tag_uses', 'attestations'] as const;

/** A row of `lots`; masses are milligrams in decimal, moisture parts per million, times ms since 1970 UTC. */
export interface LotRow {
  id: string;
  seq: number;
  head: string;
  born_index: number;
  head_index: number;
  status: LotStatus;
  holder: string;
  in_transit_to: string | null;
  planned_arrival: number | null;
  recalled_from: string | null;
  holds: string[];
  mineral: string;
  form: string;
  mass: string;
  moisture: number | null;
  grades: Grade[];
  tags: string[];
  model: string | null;
  lot_number: string | null;
  site: string | null;
  born_at: number;
  origins: { site: string; mass: string }[];
  origins_by: OriginBasis;
  assayed: boolean;
}

const lotRow = (lot: Lot): Row & LotRow => ({
  id: lot.id,
  seq: lot.seq,
  head: lot.head,
  born_index: lot.bornIndex,
  head_index: lot.headIndex,
  status: lot.status,
  holder: lot.holder,
  in_transit_to: lot.inTransitTo,
  planned_arrival: lot.plannedArrival,
  recalled_from: lot.recalledFrom,
  holds: lot.holds,
  mineral: lot.mineral,
  form: lot.form,
  mass: lot.mass.toString(),
  moisture: lot.moisture,
  grades: lot.grades,
  tags: lot.tags,
  model: lot.model,
  lot_number: lot.lotNumber,
  site: lot.site,
  born_at: lot.bornAt,
  origins: lot.origins.map(({ site, mass }) => ({ site, mass: mass.toString() })),
  origins_by: lot.originsBy,
  assayed: lot.assayed,
});

export const lotOf = (row: LotRow): Lot => ({
  id: row.id,
  seq: row.seq,
  head: row.head,
  bornIndex: row.born_index,
  headIndex: row.head_index,
  status: row.status,
  holder: row.holder,
  inTransitTo: row.in_transit_to,
  plannedArrival: row.planned_arrival,
  recalledFrom: row.recalled_from,
  holds: row.holds,
  mineral: row.mineral,
  form: row.form,
  mass: BigInt(row.mass),
  moisture: row.moisture,
  grades: row.grades,
  tags: row.tags,
  model: row.model,
  lotNumber: row.lot_number,
  site: row.site,
  bornAt: row.born_at,
  origins: row.origins.map(({ site, mass }) => ({ site, mass: BigInt(mass) })),
  originsBy: row.origins_by,
  assayed: row.assayed,
});

export async function loadLots(db: Queryable, ids: Iterable<string>, into: Map<string, Lot>): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !into.has(id));
  for (const row of await rowsByKey<LotRow>(db, 'lots', 'id', missing, 'uuid')) into.set(row.id, lotOf(row));
}

/** Writes the final state of every lot that the batch touched, and the links it added. */
export async function writeLots(db: Queryable, view: LedgerView, changes: Changes): Promise<void> {
  const lots = [...changes.lots].flatMap((id) => {
    const lot = view.lots.get(id);
    return lot === undefined ? [] : [lotRow(lot)];
  });
  await together([
    upsertRows(db, 'lots', 'id', lots),
    insertRows(
      db,
      'lot_events',
      changes.chain.map(({ lot, seq, index }) => ({ lot, seq, index })),
    ),
    insertRows(
      db,
      'lineage',
      changes.lineage.map((edge) => ({
        from_lot: edge.from,
        to_lot: edge.to,
        index: edge.index,
        mass: edge.mass.toString(),
      })),
    ),
    insertRows(
      db,
      'tag_uses',
      changes.tagUses.map(({ tag, lot, index }) => ({ tag, lot, index })),
    ),
    insertRows(
      db,
      'attestations',
      changes.attestations.map(({ lot, index }) => ({ lot, index })),
    ),
  ]);
}
