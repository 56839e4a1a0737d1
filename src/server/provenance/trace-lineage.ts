import { Injectable } from '@nestjs/common';
import type { Flow } from '../../core/custody/flows.js';
import { kilograms } from '../../core/custody/quantity.js';
import type { LotStatus } from '../../core/custody/view.js';
import type { Lineage } from '../../core/api/lot.js';
import { Database } from '../database/database.js';
import { LotRights, noLot } from '../ledger/read/lot-rights.js';

/** Generations that one answer follows at most. */
export const MAX_DEPTH = 64;
/** Lots in one answer at most; a larger answer is marked as truncated. */
const MAX_LOTS = 10_000;

interface EdgeRow {
  from_lot: string;
  to_lot: string;
  event: string;
  mass: string;
}

/** Traces the ancestors or descendants of a lot, generation by generation. */
@Injectable()
export class TraceLineage {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /**
   * Traces one lot for the viewer, who sees all that a lot was made of, and of what was made of it only its own. Throws
   * `not-found`, and `not-allowed` for a former party.
   * @param depth generations, at most 64.
   */
  async trace(lot: string, direction: Lineage['direction'], depth: number): Promise<Lineage> {
    await this.rights.requireWhole(lot);
    const traced = await this.traceAll(lot, direction, depth);
    if (direction === 'upstream') return traced;
    const visible = await this.rights.visible(traced.nodes.map((node) => node.lot));
    visible.set(lot, { until: null });
    const isOpen = (id: string): boolean => visible.get(id)?.until === null;
    return {
      ...traced,
      nodes: traced.nodes.filter((node) => isOpen(node.lot)),
      edges: traced.edges.filter(({ from, to }) => isOpen(from) && isOpen(to)),
    };
  }

  private async traceAll(lot: string, direction: Lineage['direction'], depth: number): Promise<Lineage> {
    const seen = new Set([lot]);
    const edges: Lineage['edges'] = [];
    let frontier = [lot];
    let truncated = false;
    for (let generation = 0; frontier.length > 0; generation += 1) {
      const rows = await this.edgesFrom(frontier, direction, MAX_LOTS + 1);
      if (rows.length > 0 && (generation === depth || seen.size + rows.length > MAX_LOTS)) {
        truncated = true;
        break;
      }
      const next = new Set<string>();
      for (const row of rows) {
        edges.push({ from: row.from_lot, to: row.to_lot, event: row.event, mass: kilograms(BigInt(row.mass)) });
        const reached = direction === 'upstream' ? row.from_lot : row.to_lot;
        if (!seen.has(reached)) next.add(reached);
      }
      for (const reached of next) seen.add(reached);
      frontier = [...next];
    }
    const nodes = await this.nodes([...seen]);
    if (!nodes.some((node) => node.lot === lot)) throw noLot(lot);
    return { lot, direction, nodes, edges, truncated };
  }

  /** Returns the flows of mass into the lots and their ancestors, each once, `limit` at most. */
  async flowsInto(lots: readonly string[], limit: number): Promise<Flow[]> {
    const { rows } = await this.database.reads.query<{ from: string; to: string; mass: string }>(
      // Each followed lot but the given ones was reached by a flow, so as many lots hold all flows of the answer.
      `SELECT edge.from_lot AS from, edge.to_lot AS to, edge.mass::text AS mass
         FROM with_ancestors($1::uuid[], $2::bigint + cardinality($1::uuid[])) AS reached (lot)
         JOIN lineage AS edge ON edge.to_lot = reached.lot LIMIT $2::bigint`,
      [lots, limit],
    );
    return rows.map(({ mass, ...edge }) => ({ ...edge, mass: BigInt(mass) }));
  }

  private async edgesFrom(lots: string[], direction: Lineage['direction'], limit: number): Promise<EdgeRow[]> {
    const column = direction === 'upstream' ? 'to_lot' : 'from_lot';
    const { rows } = await this.database.reads.query<EdgeRow>(
      `SELECT edge.from_lot, edge.to_lot, entry.id AS event, edge.mass
         FROM lineage AS edge JOIN entries AS entry ON entry.index = edge.index
        WHERE edge.${column} = ANY($1::uuid[])
        ORDER BY edge.index, edge.from_lot, edge.to_lot LIMIT $2`,
      [lots, limit],
    );
    return rows;
  }

  private async nodes(lots: string[]): Promise<Lineage['nodes']> {
    const { rows } = await this.database.reads.query<{ id: string; status: LotStatus; holder: string; mass: string }>(
      'SELECT id, status, holder, mass FROM lots WHERE id = ANY($1::uuid[]) ORDER BY born_index, id',
      [lots],
    );
    return rows.map(({ id, status, holder, mass }) => ({ lot: id, status, holder, mass: kilograms(BigInt(mass)) }));
  }
}
