import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { type Consideration, type WitnessedLog, considerSubmission } from '../../core/log/add-checkpoint.js';
import { decodeBase64, encodeBase64 } from '../../core/log/base64.js';
import { readCheckpoint } from '../../core/log/checkpoint.js';
import { COSIGNATURE_TYPE, cosign, witnessKeyId, witnessVkey } from '../../core/log/cosignature.js';
import { parseVkey } from '../../core/log/note.js';
import { emptyRoot } from '../../core/log/tree.js';
import { createDurably, replaceDurably } from '../../platform/durable-file.js';
import { withFileLock } from '../../platform/file-lock.js';
import { sha256 } from '../../platform/sha256.js';
import { CommandError } from '../output/terminal.js';

const SEED_BYTES = 32;
/** State of one log in the witness's file. */
const logSchema = z.strictObject({
  origin: z.string(),
  logKeys: z.array(z.string()).min(1).max(16),
  /** The last cosigned checkpoint, with the signatures of log and witness; null: none yet. */
  note: z.string().nullable(),
});
type StoredLog = z.infer<typeof logSchema>;

/** Returns the SHA-256 of a log's origin in hexadecimal, which names a log in URLs and in the witness's folder. */
export const originHash = (origin: string): string => bytesToHex(sha256(utf8ToBytes(origin)));

const keyFile = (folder: string): string => join(folder, 'witness.key');
const logFile = (folder: string, hash: string): string => join(folder, `${hash}.json`);

/** Creates the key of a new witness; does not replace an existing one. Returns the verifier key. */
export function initWitness(folder: string, name: string): string {
  const seed = new Uint8Array(randomBytes(SEED_BYTES));
  const vkey = witnessVkey(name, ed25519.getPublicKey(seed));
  const id = witnessKeyId(name, ed25519.getPublicKey(seed));
  const encoded = encodeBase64(Uint8Array.of(COSIGNATURE_TYPE, ...seed));
  if (existsSync(keyFile(folder)))
    throw new CommandError(`There is a witness in ${folder} already.`, 'Its key is not replaced. Name another folder.');
  createDurably(keyFile(folder), `PRIVATE+KEY+${name}+${id}+${encoded}\n`);
  return vkey;
}

/**
 * A witness's folder: its key, and a file for each log. A log whose file is lost is unknown: the witness answers 404
 * and cosigns nothing, because a new start could accept another history.
 */
export class WitnessStore {
  readonly vkey: string;
  private readonly name: string;
  private readonly seed: Uint8Array;

  constructor(readonly folder: string) {
    const text = readOr(keyFile(folder), `There is no witness in ${folder}.`, 'Make one with "adit witness init".');
    const [, name = '', id = '', encoded = ''] =
      /^PRIVATE\+KEY\+([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?$/.exec(text) ?? [];
    const bytes = decodeBase64(encoded);
    if (bytes?.[0] !== COSIGNATURE_TYPE || bytes.length !== 1 + SEED_BYTES)
      throw new CommandError(`The key in ${folder} is not that of a witness.`, 'Put the right one back.');
    this.seed = bytes.slice(1);
    this.name = name;
    const publicKey = ed25519.getPublicKey(this.seed);
    if (witnessKeyId(name, publicKey) !== id)
      throw new CommandError(`The key in ${folder} is damaged.`, 'Its id does not derive from it: put it back.');
    this.vkey = witnessVkey(name, publicKey);
  }

  /** Adds a log, or another key of a known log. Returns the log's origin. */
  add(logKey: string): string {
    const { name: origin } = parseVkey(logKey);
    const path = logFile(this.folder, originHash(origin));
    return this.locked(() => {
      const known = existsSync(path) ? this.read(path) : null;
      if (known?.logKeys.includes(logKey) === true)
        throw new CommandError(`This key of ${origin} is known already.`, 'Nothing was changed.');
      if (known === null) createDurably(path, serialise({ origin, logKeys: [logKey], note: null }));
      else replaceDurably(path, serialise({ ...known, logKeys: [...known.logKeys, logKey] }));
      return origin;
    });
  }

  /** Lists the logs with the last cosigned checkpoint of each. */
  logs(): StoredLog[] {
    return readdirSync(this.folder)
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .map((name) => this.read(join(this.folder, name)));
  }

  /** Returns the last cosigned checkpoint of the log with this origin hash; null if there is none. */
  newest(hash: string): string | null {
    const path = logFile(this.folder, hash);
    return /^[0-9a-f]{64}$/.test(hash) && existsSync(path) ? this.read(path).note : null;
  }

  /**
   * Checks a submission and, if it is accepted, stores the checkpoint before it returns the cosignature. The lock, also
   * against other processes, ensures that two histories are never cosigned.
   * @param seconds the time, s since 1970 UTC.
   */
  consider(body: string, seconds: number): Consideration & { cosignature?: string } {
    return this.locked(() => {
      const considered = considerSubmission(body, (origin) => this.witnessed(origin));
      if (considered.status !== 200) return considered;
      const { checkpoint, text, note } = considered;
      const path = logFile(this.folder, originHash(checkpoint.origin));
      const cosignature = cosign(text, this.name, this.seed, seconds);
      replaceDurably(path, serialise({ ...this.read(path), note: `${note}${cosignature}` }));
      return { ...considered, cosignature };
    });
  }

  private witnessed(origin: string): WitnessedLog | null {
    const path = logFile(this.folder, originHash(origin));
    if (!existsSync(path)) return null;
    const { logKeys, note } = this.read(path);
    const { size, root } = note === null ? { size: 0, root: emptyRoot() } : readCheckpoint(note);
    return { keys: logKeys.map(parseVkey), size, root };
  }

  private locked<T>(action: () => T): T {
    return withFileLock(join(this.folder, 'witness.lock'), action);
  }

  private read(path: string): StoredLog {
    try {
      return logSchema.parse(parseStrictJson(readFileSync(path, 'utf8')));
    } catch {
      throw new CommandError(
        `${path} is damaged.`,
        'A witness that has forgotten what it cosigned must not go on: put the file back, or retire the witness.',
      );
    }
  }
}

const serialise = (log: StoredLog): string => `${JSON.stringify(log)}\n`;

function readOr(path: string, message: string, advice: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(message, advice);
  }
}
