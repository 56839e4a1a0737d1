import type { Correction } from '../../core/custody/corrections.js';
import type { Grant } from '../../core/access/grants.js';
import type { Changes, Incident, LedgerView } from '../../core/custody/view.js';
import { type Queryable, type Row, insertRows, rowsByKey, together, upsertRows } from '../database/rows.js';

/** Rows of incidents, corrections and grants. Every column is a function of the log. */

interface CorrectionRow {
  id: string;
  index: number;
  target: string;
  field: string;
  value: unknown;
  in_force_index: number | null;
}

const correctionRow = (correction: Correction): Row & CorrectionRow => ({
  id: correction.id,
  index: correction.index,
  target: correction.target,
  field: correction.field,
  value: correction.value,
  in_force_index: correction.inForceIndex,
});

const correctionOf = (row: CorrectionRow): Correction => ({
  id: row.id,
  index: row.index,
  target: row.target,
  field: row.field,
  value: row.value,
  inForceIndex: row.in_force_index,
});

/**
 * Loads corrections of the given events in log order: those appended below index `before`, if they were in force there.
 */
export async function loadCorrections(
  db: Queryable,
  targets: readonly string[],
  before: number,
): Promise<Map<string, Correction[]>> {
  const corrections = new Map<string, Correction[]>();
  if (targets.length === 0) return corrections;
  const { rows } = await db.query<CorrectionRow>(
    'SELECT * FROM corrections WHERE target = ANY($1::text[]) AND index < $2 ORDER BY target, index',
    [targets, before],
  );
  for (const row of rows) {
    const correction = correctionOf(row);
    if ((correction.inForceIndex ?? 0) >= before) correction.inForceIndex = null;
    corrections.set(row.target, [...(corrections.get(row.target) ?? []), correction]);
  }
  return corrections;
}

/** Returns which of these events are corrections, and of which events. */
export async function targetsOfCorrections(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await rowsByKey<CorrectionRow>(db, 'corrections', 'id', [...ids]);
  return rows.map(({ target }) => target);
}

/** Loads the incidents that these events reported and that are not in the map. */
export async function loadIncidents(db: Queryable, ids: readonly string[], into: Map<string, Incident>): Promise<void> {
  const missing = ids.filter((id) => !into.has(id));
  for (const row of await rowsByKey<Incident>(db, 'incidents', 'id', missing)) into.set(row.id, { ...row });
}

/** Writes the final state of every incident, correction and grant that the batch changed. */
export async function writeAttestations(db: Queryable, view: LedgerView, changes: Changes): Promise<void> {
  const incidents = [...changes.incidents].flatMap((id) => view.incidents.get(id) ?? []);
  await together([
    upsertRows(
      db,
      'incidents',
      'id',
      incidents.map((incident) => ({ ...incident })),
    ),
    upsertRows(db, 'corrections', 'id', [...changes.corrections].map(correctionRow)),
    writeGrants(db, changes),
  ]);
}

/** Writes new grants, and ends those that are withdrawn: the first withdrawal counts. */
const writeGrants = (db: Queryable, { grants, withdrawals }: Changes): Promise<void> =>
  together([insertRows(db, 'access_grants', grants.map(grantRow)), endGrants(db, withdrawals)]);

async function endGrants(db: Queryable, withdrawals: Changes['withdrawals']): Promise<void> {
  if (withdrawals.length === 0) return;
  await db.query(
    `UPDATE access_grants AS given SET withdrawn_index = first.index
       FROM (SELECT "grant", min(index) AS index FROM json_to_recordset($1) AS one ("grant" text, index bigint)
              GROUP BY "grant") AS first
      WHERE given.id = first."grant" AND given.withdrawn_index IS NULL`,
    [JSON.stringify(withdrawals)],
  );
}

const grantRow = ({ by, to, bornFrom, bornUntil, ...grant }: Grant): Row => ({
  ...grant,
  by_actor: by,
  to_actor: to,
  born_from: bornFrom,
  born_until: bornUntil,
  withdrawn_index: null,
});
