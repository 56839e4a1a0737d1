import type { Queryable } from '../../../database/rows.js';
import type { Difference } from '../../../ledger/replay/compare-projections.js';
import { type RangePace, compareByRanges, readByRanges } from '../../../ledger/replay/key-range.js';
import { alertComparisons } from './alert-comparisons.js';
import { deliveryComparisons } from './delivery-comparisons.js';

interface Row {
  key: string;
  column: string;
  stored: string | null;
  computed: string | null;
  lots: string[] | null;
}

/** Cursors, each of which moves in the transaction that writes the rows, and the sequence of the numbers it follows. */
const CURSORS = [
  { table: 'alert_cursor', column: 'change', sequence: 'finding_changes' },
  { table: 'routing_cursor', column: 'number', sequence: 'alert_numbers' },
] as const;

/**
 * Compares alerts with their findings and notices, and deliveries with their attempts. Decisions of people in
 * `alert_changes` explain a status. In a replay's session an unqualified name is the shadow table.
 */
export async function compareAlerts(
  db: Queryable,
  pace: RangePace = {},
): Promise<{ differences: Difference[]; truncated: boolean }> {
  const differences: Difference[] = [];
  let anyTruncated = false;
  for (const cursor of CURSORS) differences.push(...(await cursorDifference(db, cursor)));
  await readByRanges(db);
  for (const comparison of [...alertComparisons, ...deliveryComparisons]) {
    const { rows, truncated } = await compareByRanges<Row>(db, comparison, pace);
    differences.push(...rows.map((row) => asDifference(comparison.table, row)));
    anyTruncated ||= truncated;
  }
  return { differences, truncated: anyTruncated };
}

/** Reports a cursor that is gone, or ahead of the issued numbers. */
async function cursorDifference(
  db: Queryable,
  { table, column, sequence }: (typeof CURSORS)[number],
): Promise<Difference[]> {
  const { rows } = await db.query<{ stored: string | null; computed: string; ahead: boolean }>(
    `SELECT c.${column}::text AS stored, s.last::text AS computed, c.${column} > s.last AS ahead
       FROM (SELECT COALESCE(max(last_value), 0) AS last FROM pg_sequences
              WHERE schemaname = 'public' AND sequencename = $1) AS s LEFT JOIN ${table} AS c ON true`,
    [sequence],
  );
  return rows
    .filter(({ stored, ahead }) => stored === null || ahead)
    .map(({ stored, computed }) =>
      asDifference(table, {
        key: 'single=true',
        column: stored === null ? null : column,
        stored,
        computed: stored === null ? 'a row' : computed,
        lots: null,
      }),
    );
}

const asDifference = (
  table: string,
  { key, column, stored, computed, lots }: Omit<Row, 'column'> & { column: string | null },
): Difference => ({ table, key, column, stored, replayed: computed, lots: lots ?? [], index: null });
