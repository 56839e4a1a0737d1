import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseStrictJson } from '../../core/event/grammar.js';
import { decodeBase64, encodeBase64 } from '../../core/log/base64.js';
import { replaceDurably } from '../../platform/durable-file.js';
import { hasCode } from '../../platform/system-error.js';
import type { JournalHead } from './journal-key.js';

const stateSchema = z.strictObject({ number: z.int().min(1), mac: z.string() });

/**
 * Stores, in a file beside the guard, how far an audit has read the journal, so that a shortened journal is detected. A
 * process without that folder stores nothing.
 */
export class JournalMemory {
  constructor(
    readonly path: string,
    private readonly warn: (message: string) => void,
  ) {}

  /** Returns the last stored head; null if there is none. */
  read(): JournalHead | null {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (!hasCode(error, 'ENOENT'))
        this.warn(`What the journal was at the last audit cannot be read: ${String(error)}.`);
      return null;
    }
    const head = parse(text);
    if (head === null) this.warn(`${this.path} is damaged: what the journal was at the last audit is not known.`);
    return head;
  }

  /** Stores a later head. */
  remember({ number, mac }: JournalHead): void {
    if (number <= (this.read()?.number ?? 0)) return;
    try {
      replaceDurably(this.path, `${JSON.stringify({ number, mac: encodeBase64(mac) })}\n`);
    } catch (error) {
      this.warn(`How far the journal was audited cannot be written to ${this.path}: ${String(error)}.`);
    }
  }
}

function parse(text: string): JournalHead | null {
  try {
    const { number, mac } = stateSchema.parse(parseStrictJson(text));
    const bytes = decodeBase64(mac);
    return bytes === null ? null : { number, mac: bytes };
  } catch {
    return null;
  }
}
