import type { Changes, LedgerView, Lot, LotStatus, OriginBasis } from '../../../core/custody/view.js';
import { type LotParty, type PartsEnded, partyRows } from '../../../core/custody/parties.js';
import type { Grade } from '../../../core/event/quantity-claims.js';
import { type Queryable, type Row, insertRows, rowsByKey, together, upsertRows } from '../../database/rows.js';

/** Projections of lots: their state, chains, and lineage. */
export const lotTables = ['lots', 'lot_events', 'lineage', 'tag_uses', 'attestations', 'lot_parties'] as const;

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
    writeParties(db, view, changes),
  ]);
}

/** Ends the parts of former parties, and adds new parties. */
async function writeParties(db: Queryable, view: LedgerView, { parties }: Changes): Promise<void> {
  const { ended, added } = partyRows(parties);
  // The order matters: a party may come back in the same batch.
  await together([endParts(db, ended), addParties(db, view, added)]);
}

export async function endParts(db: Queryable, ended: readonly PartsEnded[]): Promise<void> {
  if (ended.length === 0) return;
  // The first event that leaves a party out ends its part. Both reads name the lots, so that a plan reads their rows alone: how
  // many a JSON text has is not known to it.
  await db.query(
    `UPDATE lot_parties AS part SET until_index = first.index
       FROM (SELECT part.lot, part.party, min(ended.index) AS index
               FROM json_to_recordset($1) AS ended (lot uuid, index bigint, keeps text[])
               JOIN lot_parties AS part ON part.lot = ended.lot
              WHERE part.lot = ANY($2::uuid[]) AND part.until_index IS NULL AND NOT starts_with(part.party, '@') AND part.party <> ALL(ended.keeps)
              GROUP BY part.lot, part.party) AS first
      WHERE part.lot = ANY($2::uuid[]) AND part.lot = first.lot AND part.party = first.party`,
    [JSON.stringify(ended), [...new Set(ended.map(({ lot }) => lot))]],
  );
}

async function addParties(db: Queryable, view: LedgerView, added: readonly LotParty[]): Promise<void> {
  if (added.length === 0) return;
  const rows = added.map(({ lot, party, from, until }) => ({
    lot,
    party,
    born_index: view.lots.get(lot)?.bornIndex,
    from_index: from,
    until_index: until,
  }));
  await db.query(
    `INSERT INTO lot_parties SELECT * FROM json_populate_recordset(NULL::lot_parties, $1)
     ON CONFLICT (lot, party) DO UPDATE SET until_index = EXCLUDED.until_index
      WHERE lot_parties.until_index IS DISTINCT FROM EXCLUDED.until_index`,
    [JSON.stringify(rows)],
  );
}
