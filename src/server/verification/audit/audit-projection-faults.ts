import type { RecordFault, RecordRuleId } from '../../../core/rules/engine/facts.js';
import type { Difference } from '../../ledger/replay/compare-projections.js';
import { type BadEntries, type Evidence, least } from './audit-evidence.js';

/** Rows of one table that are listed one by one; more are reported as one fault. */
const ROWS_NAMED = 10;

/** Whether a row differs only because the replay could not use a damaged entry. */
function followsFrom({ lots, index }: Difference, bad: BadEntries): boolean {
  if (bad.first === Infinity) return false;
  return index === null || index >= bad.first || lots.some((lot) => bad.lots.has(lot));
}

/** Returns the rows that differ from the replay, each once with all its cells; many rows of one table are one fault. */
export function differenceFaults({ replay, state, tree }: Evidence, bad: BadEntries): RecordFault[] {
  // Without the row, or with too small a size in it, the replay has not covered everything in the tables.
  if (state === null) return [];
  const unseen = replay.size < tree.size ? replay.size : Infinity;
  const refused = replay.entries.filter(({ kind }) => kind === 'refused');
  const cause: BadEntries = {
    first: Math.min(bad.first, unseen, least(refused.map(({ index }) => index))),
    lots: new Set([...bad.lots, ...refused.flatMap(({ lots }) => lots)]),
  };
  const sound = replay.differences.filter((difference) => !followsFrom(difference, cause));
  return faultsOf(sound, { rule: 'record-projection-differs', gives: 'the log gives', from: 'a replay of the log' });
}

/** Rows that are not what the journal notes. */
export const journalFaults = (differences: readonly Difference[]): RecordFault[] =>
  faultsOf(differences, { rule: 'record-desk-differs', gives: 'the journal says', from: 'the journal' });

/** What rows are compared with, in words. */
interface Comparand {
  rule: RecordRuleId;
  gives: string;
  from: string;
}

function faultsOf(differences: readonly Difference[], comparand: Comparand): RecordFault[] {
  const rows = new Map<string, Difference[]>();
  for (const difference of differences) {
    const name = `${difference.table} ${difference.key}`;
    rows.set(name, [...(rows.get(name) ?? []), difference]);
  }
  const tables = new Map<string, Difference[][]>();
  for (const row of rows.values()) {
    const table = row[0]?.table ?? '';
    tables.set(table, [...(tables.get(table) ?? []), row]);
  }
  return [...tables].flatMap(([table, found]) =>
    found.length > ROWS_NAMED
      ? [differenceFault(comparand, table, `${found.length} rows`, found.flat())]
      : found.map((row) => differenceFault(comparand, `${table} ${row[0]?.key ?? ''}`, '', row)),
  );
}

const short = (value: string | null): string =>
  value === null ? 'nothing' : value.length > 80 ? `${value.slice(0, 79)}…` : value;

function cells(row: readonly Difference[], side: 'stored' | 'replayed'): string {
  return row
    .slice(0, 8)
    .map(({ column, [side]: value }) =>
      column === null ? (value === null ? 'no row' : 'a row') : `${column} ${short(value)}`,
    )
    .join(', ');
}

function differenceFault(
  { rule, gives, from }: Comparand,
  subject: string,
  many: string,
  row: Difference[],
): RecordFault {
  const indices = row.flatMap(({ index }) => index ?? []);
  const what = row.some(({ column }) => column === null) ? 'is there in one and not in the other' : 'differs';
  return {
    rule,
    subject,
    cause: 'differs',
    lots: [...new Set(row.flatMap(({ lots }) => lots))],
    events: [],
    measured: many === '' ? cells(row, 'stored') : many,
    threshold: many === '' ? cells(row, 'replayed') : '0 rows',
    detail:
      many === ''
        ? `Table ${subject}: stored ${cells(row, 'stored')}; ${gives} ${cells(row, 'replayed')}.`
        : `Table ${subject}: ${many} ${what === 'differs' ? 'differ' : 'are there in one and not in the other'} from ${from}.`,
    firstIndex: indices.length === 0 ? null : least(indices),
  };
}
