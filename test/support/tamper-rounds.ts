import type { Queryable } from '../../src/server/database/rows.js';
import { auditedTables } from '../../src/server/verification/audit/rebuild/audited-tables.js';
import { excludedCells } from '../../src/server/verification/audit/rebuild/excluded-cells.js';
import { type Compare, duringReplay } from './during-replay.js';
import { type StoredRow, type Table, type Tampering, keyOf } from './tampered-cells.js';
import { refusedByTheDatabase } from './tamperings.js';
import type { TestLedger } from './test-ledger.js';

/**
 * Tables whose comparison reads others: what is changed in these may show there. Both are never changed in one round, so
 * that every change shows by itself.
 */
const readsOf: Readonly<Record<string, readonly string[]>> = {
  totals: ['filings'],
  site_days: ['site_production'],
  alert_findings: ['findings', 'alerts', 'alert_cursor'],
  alerts: [
    'findings',
    'alert_findings',
    'alert_changes',
    'silences',
    'notices',
    'lots',
    'sites',
    'actors',
    'facilities',
  ],
  notices: ['alerts', 'journal'],
  routing_cursor: ['notices', 'deliveries', 'delivery_notices', 'subscriptions'],
  deliveries: ['journal', 'notices', 'subscriptions'],
  subscriptions: ['journal'],
  silences: ['journal'],
  machine_keys: ['journal'],
  alert_changes: ['journal'],
  journal_head: ['journal'],
  finding_answers: ['findings'],
  findings: ['undecided'],
};

const conflict = (a: string, b: string): boolean =>
  readsOf[a]?.includes(b) === true || readsOf[b]?.includes(a) === true;

interface Round {
  changes: Tampering[];
  rows: Set<string>;
  tables: Set<string>;
}

/** Whether a change shows by itself in a round. */
function fits({ table, kind, row }: Tampering, { rows, tables }: Round): boolean {
  if (rows.has(`${table} all`) || rows.has(`${table} ${row.ctid}`)) return false;
  if (kind === 'emptied' && tables.has(table)) return false;
  return ![...tables].some((other) => conflict(other, table));
}

/** Puts changes into rounds: in each, every row is changed once at most, and no table beside one that its comparison reads. */
export function roundsOf(changes: readonly Tampering[]): Tampering[][] {
  const rounds: Round[] = [];
  for (const change of changes) {
    let round = rounds.find((one) => fits(change, one));
    if (round === undefined) rounds.push((round = { changes: [], rows: new Set(), tables: new Set() }));
    round.changes.push(change);
    round.rows.add(`${change.table} ${change.kind === 'emptied' ? 'all' : change.row.ctid}`);
    round.tables.add(change.table);
  }
  return rounds.map((round) => round.changes);
}

/** A change that a comparison did not name. */
export interface Missed {
  change: Tampering;
  /** Whether `excludedCells` has it. */
  isExcluded: boolean;
}

export interface Outcome {
  unnoticed: Missed[];
  /** Changes that the database refuses, or that change nothing. */
  refused: Tampering[];
}

/**
 * Replays the log once, and then compares as an audit does after each round of changes, which is rolled back: the replay
 * does not depend on what is changed.
 */
export class TamperRounds {
  constructor(
    private readonly ledger: TestLedger,
    private readonly tables: ReadonlyMap<string, Table>,
  ) {}

  /** Makes the changes of all rounds; gives what was not noticed of them, each also by itself. */
  async run(rounds: readonly (readonly Tampering[])[]): Promise<Outcome> {
    const outcome: Outcome = { unnoticed: [], refused: [] };
    await duringReplay(this.ledger, async (client, compare) => {
      const before = await compare();
      if (before.length > 0)
        throw new Error(`Something differs before anything was changed: ${JSON.stringify(before)}`);
      for (const round of rounds)
        for (const missed of await this.round(client, compare, round, outcome.refused))
          // What is named in other company, or need not be, is no miss.
          if (missed.isExcluded || !(await this.isNoticedAlone(client, compare, missed.change)))
            outcome.unnoticed.push(missed);
    });
    return outcome;
  }

  /** Whether there is any difference where nothing else was changed. */
  private async isNoticedAlone(client: Queryable, compare: Compare, change: Tampering): Promise<boolean> {
    const content = async (): Promise<string> => {
      const { rows } = await client.query<{ all: string }>(
        `SELECT COALESCE(string_agg(t::text, ' ' ORDER BY t::text), '') AS all FROM public.${change.table} AS t`,
      );
      return rows[0]?.all ?? '';
    };
    const before = await content();
    await client.query('SAVEPOINT alone');
    await this.make(client, change);
    // Values that two like rows exchange change nothing.
    const isNoticed = (await content()) === before || (await compare()).length > 0;
    await client.query('ROLLBACK TO SAVEPOINT alone');
    return isNoticed;
  }

  private async round(
    client: Queryable,
    compare: Compare,
    round: readonly Tampering[],
    refused: Tampering[],
  ): Promise<Missed[]> {
    await client.query('SAVEPOINT round');
    const made: { change: Tampering; keys: string[]; isExcluded: boolean }[] = [];
    for (const change of round) {
      const after = await this.make(client, change);
      if (after === null) refused.push(change);
      else
        made.push({
          change,
          keys: this.keysOf(change, after),
          isExcluded: await isExcluded(client, change, this.valuesOf(change), this.valuesOf(change, after)),
        });
    }
    const found = new Set((await compare()).map(({ table, key }) => `${table} ${key}`));
    await client.query('ROLLBACK TO SAVEPOINT round');
    return made.filter(({ change, keys }) => !keys.some((key) => found.has(`${change.table} ${key}`)));
  }

  /** Gives a row as JSON: arrays and JSON were kept as text, like all else. */
  private valuesOf({ table, row }: Tampering, cells = row.cells): string {
    const { columns } = this.tables.get(table) as Table;
    const isText = new Map(columns.map(({ name, type }) => [name, !type.endsWith('[]') && type !== 'jsonb']));
    const values = Object.entries(cells).map(([name, value]) => [
      name,
      value === null || isText.get(name) === true ? value : (JSON.parse(value) as unknown),
    ]);
    return JSON.stringify(Object.fromEntries(values));
  }

  private keysOf({ table, kind, row }: Tampering, after: StoredRow['cells']): string[] {
    const named = this.tables.get(table) as Table;
    return kind === 'copied' ? [keyOf(named, after)] : [keyOf(named, row.cells), keyOf(named, after)];
  }

  /** Makes a change; gives the row after it, or null if the database refuses it. */
  private async make(client: Queryable, change: Tampering): Promise<StoredRow['cells'] | null> {
    await client.query('SAVEPOINT change');
    try {
      const { rows } = await client.query<Pick<StoredRow, 'cells'>>(change.sql);
      return rows[0]?.cells ?? null;
    } catch (error) {
      if (!refusedByTheDatabase.test(String(error))) throw error;
      await client.query('ROLLBACK TO SAVEPOINT change');
      return null;
    }
  }
}

/** Whether a change is of a table or a cell that the audit leaves out. */
async function isExcluded(client: Queryable, { table, column }: Tampering, was: string, now: string): Promise<boolean> {
  if (auditedTables[table]?.startsWith('excluded') === true) return true;
  const cell = column === null ? undefined : excludedCells[`${table}.${column}`];
  if (cell?.where === undefined) return cell !== undefined;
  const side = (name: string, value: string): string =>
    `json_populate_record(NULL::public.${table}, ${value}::json) AS ${name}`;
  const { rows } = await client.query<{ holds: boolean }>(
    `SELECT (${cell.where}) AS holds FROM ${side('was', '$1')}, ${side('now', '$2')}`,
    [was, now],
  );
  return rows[0]?.holds ?? false;
}
