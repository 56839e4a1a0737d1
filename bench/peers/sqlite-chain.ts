import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Peer, type PeerPlace, Verifier } from './peer.js';

/** The part of `node:sqlite` that is used: the types of Node 20 do not have it. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: (string | Uint8Array)[]): void };
  close(): void;
}
type Sqlite = { DatabaseSync: new (path: string) => Database };

/** A hash chain in a file of SQLite, each transaction flushed. For Node 24, which contains SQLite. */
export async function openSqliteChain({ folder, keys }: PeerPlace): Promise<Peer> {
  const verifier = new Verifier(keys);
  const name = 'node:sqlite';
  const { DatabaseSync } = (await import(name)) as Sqlite;
  const database = new DatabaseSync(join(folder, 'chain.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE chain (position INTEGER PRIMARY KEY, jws TEXT NOT NULL, hash BLOB NOT NULL)');
  const insert = database.prepare('INSERT INTO chain (jws, hash) VALUES (?, ?)');
  let head: Uint8Array = new Uint8Array();
  return {
    append: (events) => {
      for (const event of events) verifier.check(event);
      database.exec('BEGIN');
      for (const event of events) {
        head = createHash('sha256').update(head).update(event).digest();
        insert.run(event, head);
      }
      database.exec('COMMIT');
      return Promise.resolve();
    },
    close: () => Promise.resolve(database.close()),
  };
}
