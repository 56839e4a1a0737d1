import { Injectable } from '@nestjs/common';
import { sameHash } from '../../../core/log/tree.js';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import { hashOf } from '../../journal/journal.js';
import { type JournalEntry, type JournalHead, JournalKey, emptyHead } from '../../journal/journal-key.js';
import { JournalMemory } from '../../journal/journal-memory.js';
import { type JournaledName, contentOf, journaledTables } from '../../journal/journaled-tables.js';
import type { Difference } from '../../ledger/replay/compare-projections.js';
import { compareByRanges } from '../../ledger/replay/key-range.js';
import type { Rest } from '../../ledger/replay/replay.js';

/** Entries of the journal read at a time. */
const PIECE = 1_000;
/** Differences listed at most. */
const LIMIT = 200;

type StoredEntry = JournalEntry & { mac: Buffer };

const differs = (
  table: string,
  key: string,
  stored: string | null,
  noted: string | null,
  column: string | null = null,
): Difference => ({ table, key, column, stored, replayed: noted, lots: [], index: null });

/**
 * Checks every entry of the journal and its end, and compares every journaled row with its last entry. It detects rows
 * that anything but the service inserted, changed or deleted, and a journal that was shortened since an earlier audit.
 */
@Injectable()
export class AuditJournal {
  constructor(
    private readonly database: Database,
    private readonly key: JournalKey,
    private readonly memory: JournalMemory,
  ) {}

  /**
   * Returns the differences.
   * @param rest is called between pieces, in the snapshot; `remembers` stores the end of the journal for later audits.
   */
  async check({ rest, remembers = true }: { rest?: Rest; remembers?: boolean } = {}): Promise<Difference[]> {
    const remembered = this.memory.read();
    const { differences, head, isWhole } = await this.database.snapshot((db) => this.compare(db, remembered, rest));
    if (remembers && isWhole) this.memory.remember(head);
    return differences.slice(0, LIMIT);
  }

  /**
   * Compares journal and rows in one snapshot.
   * @param remembered end of the journal in an earlier audit.
   */
  async compare(
    db: Queryable,
    remembered: JournalHead | null,
    rest?: Rest,
  ): Promise<{ differences: Difference[]; head: JournalHead; isWhole: boolean }> {
    const { rows } = await db.query<{ number: number; mac: Buffer }>('SELECT number, mac FROM journal_head');
    const chain: Difference[] = [];
    const rowsFound: Difference[] = [];
    let head = emptyHead;
    for (;;) {
      const entries = await entriesAfter(db, head.number);
      if (entries.length === 0) break;
      const { sound, found, last } = this.checkChain(head, entries, remembered);
      chain.push(...found);
      if (chain.length + rowsFound.length < LIMIT) rowsFound.push(...(await changedRows(db, sound)));
      head = last;
      await rest?.();
    }
    const [stored] = rows;
    if (stored === undefined) chain.push(differs('journal_head', 'single=true', null, 'a row'));
    else if (stored.number !== head.number || !sameHash(stored.mac, head.mac))
      chain.push(differs('journal_head', 'single=true', `${stored.number}`, `${head.number}`, 'number'));
    if (remembered !== null && remembered.number > head.number)
      chain.push(differs('journal', `number=${remembered.number}`, null, 'an entry that an earlier audit has read'));
    // An empty journal proves nothing about any row.
    const added = head.number === 0 ? [] : await addedRows(db, rest);
    return { differences: [...chain, ...rowsFound, ...added], head, isWhole: chain.length === 0 };
  }

  /** Checks entries in order; `sound` are those with a valid MAC. */
  private checkChain(
    before: JournalHead,
    entries: readonly StoredEntry[],
    remembered: JournalHead | null,
  ): { sound: StoredEntry[]; found: Difference[]; last: JournalHead } {
    const found: Difference[] = [];
    const sound: StoredEntry[] = [];
    let last = before;
    for (const entry of entries) {
      const { number, mac } = entry;
      const key = `number=${number}`;
      if (number !== last.number + 1) found.push(differs('journal', `number=${last.number + 1}`, null, 'an entry'));
      if (sameHash(mac, this.key.macOf(entry, last.mac))) sound.push(entry);
      else if (number === last.number + 1)
        found.push(differs('journal', key, 'an entry that the service did not write', 'an entry', 'mac'));
      if (remembered?.number === number && !sameHash(mac, remembered.mac))
        found.push(differs('journal', key, 'another entry', 'the entry that an earlier audit has read', 'mac'));
      last = { number, mac };
    }
    return { sound, found, last };
  }
}

async function entriesAfter(db: Queryable, number: number): Promise<StoredEntry[]> {
  const { rows } = await db.query<{
    number: number;
    relation: string;
    row: string;
    content: Buffer | null;
    mac: Buffer;
  }>('SELECT number, relation, row_key AS row, content, mac FROM journal WHERE number > $1 ORDER BY number LIMIT $2', [
    number,
    PIECE,
  ]);
  return rows;
}

/** Returns rows that differ from their last entry, if it is among these entries. */
async function changedRows(db: Queryable, entries: readonly StoredEntry[]): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const table of Object.keys(journaledTables) as JournaledName[]) {
    const { key, type } = journaledTables[table];
    const noted = new Map(
      entries.filter(({ relation }) => relation === table).map((entry) => [entry.row, entry] as const),
    );
    if (noted.size === 0) continue;
    const { rows } = await db.query<{ row: string; content: string | null }>(
      `SELECT noted.row, stored.content
         FROM unnest($1::text[], $2::bigint[]) AS noted (row, number)
         LEFT JOIN LATERAL (SELECT ${contentOf(table)} AS content FROM ${table} WHERE ${key} = noted.row::${type}) AS stored ON true
        WHERE NOT EXISTS (SELECT FROM journal AS later
                           WHERE later.relation = $3 AND later.row_key = noted.row AND later.number > noted.number)`,
      [[...noted.keys()], [...noted.values()].map(({ number }) => number), table],
    );
    for (const { row, content } of rows)
      differences.push(...rowDifference(table, `${key}=${row}`, content, noted.get(row)?.content ?? null));
  }
  return differences;
}

/** Omits the row's content, because a subscriber's URL may contain a token. */
function rowDifference(table: string, key: string, stored: string | null, noted: Uint8Array | null): Difference[] {
  if (stored === null) return noted === null ? [] : [differs(table, key, null, 'a row')];
  if (noted === null) return [differs(table, key, 'a row', null)];
  return sameHash(hashOf(stored), noted) ? [] : [differs(table, key, 'changed', 'as the service wrote it', 'content')];
}

/** Returns rows without any entry. */
async function addedRows(db: Queryable, rest?: Rest): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const table of Object.keys(journaledTables) as JournaledName[]) {
    const { key } = journaledTables[table];
    const { rows } = await compareByRanges<{ row: string }>(
      db,
      {
        key: [key],
        sides: [{ from: table }, { from: table }],
        sql: (stored) => `
          SELECT ${key}::text AS row FROM ${stored} AS stored
           WHERE NOT EXISTS (SELECT FROM journal AS noted WHERE noted.relation = '${table}' AND noted.row_key = stored.${key}::text)`,
      },
      { rest },
    );
    differences.push(...rows.map(({ row }) => differs(table, `${key}=${row}`, 'a row', null)));
  }
  return differences;
}
