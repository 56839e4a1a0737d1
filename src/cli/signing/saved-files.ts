import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BuiltEvent } from '../../core/event/build.js';
import { createDurably, replaceDurably } from '../../platform/durable-file.js';
import { hasCode } from '../../platform/system-error.js';
import { CommandError, EXIT } from '../output/terminal.js';
import { type LotClaimTexts, readEventText } from '../../client/event-text.js';
import { readEventFile } from './event-file.js';

/** The files of `--save NAME`: the signed event, its receipt, its withheld claims. None is ever overwritten. */
export class SavedFiles {
  readonly path: string;
  readonly event: string;
  readonly receipt: string;
  private readonly disclosures: string;

  constructor(readonly name: string) {
    this.path = resolve(name);
    this.event = `${name}.jws`;
    this.receipt = `${name}.tlog-proof`;
    this.disclosures = `${name}.disclosures.json`;
  }

  /** Reads the event that was saved under this name; null if there is none. */
  before(): LotClaimTexts | null {
    if (existsSync(this.event)) return readEventFile(this.event).said;
    const taken = [this.receipt, this.disclosures].find((file) => existsSync(file));
    if (taken !== undefined) throw nameTaken(taken);
    return null;
  }

  /** Writes the signed event and its disclosures durably, because there is no other copy of withheld claims. */
  write({ id, event, disclosures }: Pick<BuiltEvent, 'id' | 'event' | 'disclosures'>): void {
    if (disclosures.length > 0) create(this.disclosures, `${JSON.stringify({ event: id, disclosures })}\n`);
    create(this.event, event);
  }

  /**
   * Writes the receipt, where it is not there yet, beside the text of the event that it is of: where the ledger logged another
   * signature of the same event, that takes the place of the one that was saved.
   * @param event as the ledger logged it, with the disclosures
   */
  writeReceipt(receipt: string, event: string): void {
    if (existsSync(this.event)) {
      const saved = readEventFile(this.event);
      if (saved.event !== event && saved.said.id === readEventText(event).id) replaceDurably(this.event, event);
    }
    if (!existsSync(this.receipt)) writeFileSync(this.receipt, receipt, { flag: 'wx' });
  }

  /** Returns the existing files. */
  written(): string[] {
    return [this.event, this.receipt, this.disclosures].filter((file) => existsSync(file));
  }
}

function create(file: string, text: string): void {
  try {
    createDurably(file, text);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw nameTaken(file);
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, 'Choose another --save NAME.');
  }
}

const nameTaken = (file: string): CommandError =>
  new CommandError(`${file} is there already, and is not written over.`, 'Choose another --save NAME.', EXIT.usage);
