import { Injectable } from '@nestjs/common';
import type { AffectedLot, Impact } from '../../core/api/impact.js';
import { fractionsOf, shareText } from '../../core/custody/flows.js';
import { kilograms } from '../../core/custody/quantity.js';
import type { LotStatus } from '../../core/custody/view.js';
import { Database } from '../database/database.js';
import { LotRights, noLot } from '../ledger/read/lot-rights.js';

/** Descendants of one lot that an answer follows at most. */
const MAX_LOTS = 20_000;
/** Shares are in millionths, so that mass times share is an integer. */
const MILLION = 1_000_000;

interface LotRow {
  id: string;
  status: LotStatus;
  holder: string;
  in_transit_to: string | null;
  mass: string;
}

/** Traces a recall: which lots contain this one now, how much of it, and who holds them. */
@Injectable()
export class TraceImpact {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /**
   * Traces one lot. A viewer sees the lots that it is a party of. Throws `not-found`, and `not-allowed` for a former party.
   */
  async trace(lot: string): Promise<Impact> {
    await this.rights.requireWhole(lot);
    const { rows: affected } = await this.database.reads.query<{ lot: string }>(
      `SELECT reached.lot FROM lots CROSS JOIN LATERAL with_descendants(ARRAY[lots.id], ${MAX_LOTS + 1}) AS reached (lot)
        WHERE lots.id = $1`,
      [lot],
    );
    if (affected.length === 0) throw noLot(lot);
    const lots = affected.slice(0, MAX_LOTS).map((row) => row.lot);
    const [{ rows: edges }, { rows }] = await Promise.all([
      this.database.reads.query<{ from: string; to: string; mass: string }>(
        `SELECT from_lot AS from, to_lot AS to, mass::text AS mass FROM lineage
          WHERE to_lot = ANY($1::uuid[]) AND to_lot <> $2 ORDER BY index`,
        [lots, lot],
      ),
      this.database.reads.query<LotRow>(
        `SELECT id, status, holder, in_transit_to, mass::text AS mass FROM lots
          WHERE id = ANY($1::uuid[]) AND status <> 'consumed'`,
        [lots],
      ),
    ]);
    const fractions = fractionsOf(
      lot,
      edges.map(({ mass, ...edge }) => ({ ...edge, mass: BigInt(mass) })),
    );
    const visible = await this.rights.visible(rows.map(({ id }) => id));
    const items = rows
      .filter(({ id }) => id === lot || visible.get(id)?.until === null)
      .map((row) => ({ row, fraction: fractions.get(row.id) ?? 0, mass: BigInt(row.mass) }))
      .map((item) => ({
        ...item,
        contains: (item.mass * BigInt(Math.round(item.fraction * MILLION))) / BigInt(MILLION),
      }))
      .toSorted((a, b) =>
        a.contains === b.contains ? (a.row.id < b.row.id ? -1 : 1) : a.contains > b.contains ? -1 : 1,
      )
      .map(({ row, fraction, mass, contains }) => ({
        lot: row.id,
        status: row.status,
        holder: row.holder,
        inTransitTo: row.in_transit_to,
        mass: kilograms(mass),
        contains: contains === 0n ? null : kilograms(contains),
        share: shareText(fraction),
      }));
    return { lot, items, holders: holdersOf(items), truncated: affected.length > MAX_LOTS };
  }
}

const holdersOf = (items: readonly AffectedLot[]): string[] => [
  ...new Set(items.flatMap(({ holder, inTransitTo }) => (inTransitTo === null ? [holder] : [holder, inTransitTo]))),
];
