import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { decodeBase64 } from '../../core/log/base64.js';
import { HASH_BYTES } from '../../core/log/tree.js';

// Version of the format: gzip of JSON lines, which are a header, one line a row, and an end that counts the rows and
// authenticates all lines before it (docs/operating.md, "Backups").

export const FORMAT = 'adit-backup/1';
const MAC = 'sha256';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const root = z.string().refine((text) => decodeBase64(text)?.length === HASH_BYTES, 'must be 32 bytes in base64');
const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

export const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Fingerprint of the secret, to detect another one at once. */
  secret: z.string(),
  origin: z.string(),
  createdAt: z.string(),
  /** Number of entries, and their root. */
  size: z.int().min(0),
  root,
  /** The newest signed checkpoint. */
  checkpoint: z.strictObject({ size: z.int().min(0), note: z.string() }).nullable(),
  migrations: z.array(z.string()),
  /** Tables in an order in which rows can be inserted. */
  tables: z.array(name),
  sequences: z.array(z.strictObject({ name, last: z.string().regex(/^[0-9]{1,19}$/) })),
});
export type BackupHeader = z.infer<typeof headerSchema>;

export const endSchema = z.strictObject({
  end: z.record(name, z.int().min(0)),
  mac: z.string(),
});

/**
 * Formats one row as a line. `json` is the row as PostgreSQL writes it; it is never parsed, so no number is rounded.
 */
export const rowLine = (table: string, json: string): string => `{"t":"${table}","r":${json}}`;

/** Returns the table and the row of a line; null if the line is not a row. */
export function parseRowLine(line: string): { table: string; json: string } | null {
  const [, table, json] = /^\{"t":"([a-z_][a-z0-9_]*)","r":(\{.*\})\}$/s.exec(line) ?? [];
  return table === undefined || json === undefined ? null : { table, json };
}

/** Keys derived from the service's secret: one authenticates, one wraps the keys of disclosures. */
export class BackupKeys {
  private readonly macKey: Buffer;
  private readonly wrapKey: Buffer;
  /** Identifies the secret without revealing it. */
  readonly fingerprint: string;

  constructor(secret: Uint8Array) {
    const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', use, KEY_BYTES));
    this.macKey = derive('adit backup mac v1');
    this.wrapKey = derive('adit backup wrap v1');
    this.fingerprint = createHmac(MAC, derive('adit backup name v1')).update(FORMAT).digest('hex').slice(0, 16);
  }

  authenticator(): BackupAuthenticator {
    return new BackupAuthenticator(this.macKey);
  }

  /**
   * Encrypts the key of a disclosure, bound to the disclosure (AES-256-GCM); returns hexadecimal, as PostgreSQL writes
   * bytes.
   */
  wrap(key: string, of: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.wrapKey, nonce).setAAD(Buffer.from(of));
    const text = Buffer.concat([cipher.update(Buffer.from(key.slice(2), 'hex')), cipher.final()]);
    return `\\x${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('hex')}`;
  }

  /** Decrypts a wrapped key. Throws if it was wrapped under another secret or for another disclosure. */
  unwrap(wrapped: string, of: string): string {
    const bytes = Buffer.from(wrapped.slice(2), 'hex');
    const decipher = createDecipheriv('aes-256-gcm', this.wrapKey, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(of))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const key = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return `\\x${key.toString('hex')}`;
  }
}

/** Authenticates lines and their order (HMAC-SHA-256). */
export class BackupAuthenticator {
  private readonly hmac;

  constructor(key: Buffer) {
    this.hmac = createHmac(MAC, key);
  }

  add(line: string): void {
    this.hmac.update(line).update('\n');
  }

  digest(): string {
    return this.hmac.digest('hex');
  }
}
