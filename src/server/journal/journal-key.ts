import { createHmac, hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;

/** One entry of the journal: the content of a row after a change. */
export interface JournalEntry {
  /** Number from 1, without gaps. */
  number: number;
  relation: string;
  /** The key of the row, as text. */
  row: string;
  /** SHA-256 of the journaled columns; null: the row was deleted. */
  content: Uint8Array | null;
}

/** The end of the journal. */
export interface JournalHead {
  /** Number of the last entry; 0: the journal is empty. */
  number: number;
  mac: Uint8Array;
}

export const emptyHead: JournalHead = { number: 0, mac: new Uint8Array(KEY_BYTES) };

/**
 * Authenticates the entries of the journal, each with the one before it: MAC n = HMAC-SHA-256(key, [MAC n-1, n,
 * relation, row, content] as JSON). The key derives from the service's secret, which is not in the database.
 */
export class JournalKey {
  private readonly key: Buffer;

  /** @param secret the secret of the service, 32 bytes. */
  constructor(secret: Uint8Array) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'adit journal v1', KEY_BYTES));
  }

  macOf({ number, relation, row, content }: JournalEntry, before: Uint8Array): Buffer {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const text = JSON.stringify([hex(before), number, relation, row, content === null ? null : hex(content)]);
    return createHmac('sha256', this.key).update(text).digest();
  }
}
