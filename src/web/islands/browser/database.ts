import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { PendingEvent } from '../../../client/send-pending.js';
import type { OutboxAnswer } from '../../../client/outbox-state.js';
import type { KeptKey } from '../../../core/event/signer.js';

/** The key of the actor who signed in with this browser. */
export interface ActorKey extends KeptKey {
  actor: string;
}

/** A signed event in this browser. */
export interface OutboxEntry extends PendingEvent {
  /** Position in the order of signing. */
  sequence: number;
  log: string;
  type: string;
  iss: string;
  savedAt: string;
  triedAt: string | null;
  answer: OutboxAnswer | null;
  /** Names of its lots for people. */
  called: string[];
}

/** The ledger as it answered last, to sign while it cannot be reached. */
export interface KnownLedger {
  origin: string;
  checkpoint: string | null;
}

interface Schema extends DBSchema {
  keys: { key: string; value: ActorKey };
  outbox: { key: number; value: OutboxEntry; indexes: { id: string } };
  ledgers: { key: string; value: KnownLedger };
  /** What people have typed and not signed, by actor and page. */
  drafts: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

/** Opens the data of this service in this browser. */
export const database = (): Promise<IDBPDatabase<Schema>> =>
  (opened ??= openDB<Schema>('adit', 1, {
    upgrade(db) {
      db.createObjectStore('keys');
      db.createObjectStore('outbox', { keyPath: 'sequence', autoIncrement: true }).createIndex('id', 'id', {
        unique: true,
      });
      db.createObjectStore('ledgers');
      db.createObjectStore('drafts');
    },
  }));

/** Lists the signed events of this browser in the order of signing. */
export const outboxEntries = async (): Promise<OutboxEntry[]> => (await database()).getAll('outbox');
