import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sameHash } from '../../core/log/tree.js';
import { sha256 } from '../../platform/sha256.js';
import type { Queryable } from '../database/rows.js';
import { type JournalEntry, type JournalHead, JournalKey } from './journal-key.js';
import { type JournaledName, contentOf, journaledTables } from './journaled-tables.js';

/** Entries written in one statement. */
const PIECE = 1_000;

/** Relation of the first entry, which names no row; it shows if the journal was begun again. */
const FIRST = 'journal';

type Key = string | number;
type Change = Pick<JournalEntry, 'relation' | 'row' | 'content'>;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Returns the hash of a row in the journal.
 * @param content from `contentOf`.
 */
export const hashOf = (content: string): Uint8Array => sha256(bytesOf(content));

/**
 * Journals every change that the service makes to rows that do not follow from the log, so that the audit detects all
 * other changes. Call it in the transaction of the change, and lock the rows first, because it locks the end of the
 * journal.
 */
@Injectable()
export class Journal {
  constructor(private readonly key: JournalKey) {}

  /** Begins a missing journal with all present rows. */
  async begin(db: Queryable): Promise<void> {
    await this.lockHead(db);
  }

  /** Journals inserted rows. */
  async added(db: Queryable, table: JournaledName, keys: readonly Key[]): Promise<void> {
    if (keys.length === 0) return;
    const rows = await contents(db, table, keys);
    const { head, hasBegun } = await this.lockHead(db);
    // A journal that has just begun contains these rows already.
    if (!hasBegun) await this.append(db, head, changesOf(table, rows));
  }

  /**
   * Changes or deletes rows and journals the result. A row that already differed from the journal gets no entry, so the
   * audit still reports it. Returns the result of `work`.
   */
  async change<T>(db: Queryable, table: JournaledName, keys: readonly Key[], work: () => Promise<T>): Promise<T> {
    const before = await contents(db, table, keys, true);
    const { head } = await this.lockHead(db);
    const noted = await newest(db, table, [...before.keys()]);
    const result = await work();
    const after = await contents(db, table, [...before.keys()]);
    const changed = [...before].flatMap(([row, content]): Change[] => {
      const now = after.get(row) ?? null;
      const was = noted.get(row);
      if (now === content || was === undefined || was === null || !sameHash(was, hashOf(content))) return [];
      return [{ relation: table, row, content: now === null ? null : hashOf(now) }];
    });
    await this.append(db, head, changed);
    return result;
  }

  /** Journals rows as deleted, by the caller or a foreign key, whatever their content. */
  async removed(db: Queryable, table: JournaledName, keys: readonly Key[]): Promise<void> {
    if (keys.length === 0) return;
    const gone = keys.map((key): Change => ({ relation: table, row: `${key}`, content: null }));
    await this.append(db, (await this.lockHead(db)).head, gone);
  }

  private async lockHead(db: Queryable): Promise<{ head: JournalHead; hasBegun: boolean }> {
    const stored = await db.query<{ number: number; mac: Buffer }>('SELECT number, mac FROM journal_head FOR UPDATE');
    const [head] = stored.rows;
    if (head === undefined) throw new Error('The row that holds the end of the journal is missing.');
    if (head.number > 0) return { head, hasBegun: false };
    let begun = await this.append(db, head, [{ relation: FIRST, row: randomUUID(), content: null }]);
    for (const table of Object.keys(journaledTables) as JournaledName[])
      for (let rows = await page(db, table, null); rows.size > 0; rows = await page(db, table, lastOf(rows)))
        begun = await this.append(db, begun, changesOf(table, rows));
    return { head: begun, hasBegun: true };
  }

  private async append(db: Queryable, head: JournalHead, changes: readonly Change[]): Promise<JournalHead> {
    if (changes.length === 0) return head;
    let { number, mac } = head;
    const entries = changes.map((change) => {
      number += 1;
      mac = this.key.macOf({ number, ...change }, mac);
      return { number, ...change, mac: Buffer.from(mac) };
    });
    for (let from = 0; from < entries.length; from += PIECE) {
      const piece = entries.slice(from, from + PIECE);
      await db.query(
        `INSERT INTO journal (number, relation, row_key, content, mac)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])`,
        [
          piece.map((entry) => entry.number),
          piece.map(({ relation }) => relation),
          piece.map(({ row }) => row),
          piece.map(({ content }) => (content === null ? null : Buffer.from(content))),
          piece.map((entry) => entry.mac),
        ],
      );
    }
    await db.query('UPDATE journal_head SET number = $1, mac = $2', [number, Buffer.from(mac)]);
    return { number, mac };
  }
}

const changesOf = (relation: JournaledName, rows: ReadonlyMap<string, string>): Change[] =>
  [...rows].map(([row, content]) => ({ relation, row, content: hashOf(content) }));

const lastOf = (rows: ReadonlyMap<string, string>): string | null => [...rows.keys()].at(-1) ?? null;

/**
 * Returns the journaled columns of rows, by key.
 * @param lock whether the rows are locked.
 */
async function contents(
  db: Queryable,
  table: JournaledName,
  keys: readonly Key[],
  lock = false,
): Promise<Map<string, string>> {
  const { key, type } = journaledTables[table];
  return rowsWhere(db, table, `${key} = ANY($1::${type}[]) ORDER BY ${key}${lock ? ' FOR UPDATE' : ''}`, [keys]);
}

/**
 * Returns the next rows after a key, as many as one statement writes.
 * @param after null: from the first row.
 */
function page(db: Queryable, table: JournaledName, after: string | null): Promise<Map<string, string>> {
  const { key, type } = journaledTables[table];
  const where = `($1::${type} IS NULL OR ${key} > $1::${type}) ORDER BY ${key} LIMIT ${PIECE}`;
  return rowsWhere(db, table, where, [after]);
}

async function rowsWhere(
  db: Queryable,
  table: JournaledName,
  where: string,
  values: unknown[],
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ row: string; content: string }>(
    `SELECT ${journaledTables[table].key}::text AS row, ${contentOf(table)} AS content FROM ${table} WHERE ${where}`,
    values,
  );
  return new Map(rows.map(({ row, content }) => [row, content]));
}

/** Returns the last journaled content of rows; null: deleted. */
async function newest(
  db: Queryable,
  table: JournaledName,
  rows: readonly string[],
): Promise<Map<string, Uint8Array | null>> {
  const { rows: found } = await db.query<{ row: string; content: Buffer | null }>(
    `SELECT DISTINCT ON (row_key) row_key AS row, content FROM journal WHERE relation = $1 AND row_key = ANY($2::text[])
      ORDER BY row_key, number DESC`,
    [table, rows],
  );
  return new Map(found.map(({ row, content }) => [row, content]));
}
