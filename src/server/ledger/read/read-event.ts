import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import type { StoredEvent } from '../../../core/api/event.js';
import { ReadLog, type StoredEntry } from './read-log.js';
import { ReadReceipt } from './read-receipt.js';

@Injectable()
export class ReadEvent {
  constructor(
    private readonly log: ReadLog,
    private readonly receipts: ReadReceipt,
  ) {}

  /** Returns one event. Throws `not-found`. */
  async event(id: string): Promise<StoredEvent> {
    const { index, jws } = await this.entry(id);
    const [recordedAt, disclosures] = await Promise.all([this.log.recordedAt(index), this.log.disclosures(id)]);
    return {
      id,
      index,
      event: [jws, ...disclosures, ''].join('~'),
      recordedAt: recordedAt === null ? null : new Date(recordedAt).toISOString(),
    };
  }

  /** Returns the receipt of one event. Throws `not-found`. */
  async receipt(id: string): Promise<string> {
    return this.receipts.newest((await this.entry(id)).index);
  }

  private async entry(id: string): Promise<StoredEntry> {
    const entry = await this.log.entryById(id);
    if (entry === null) throw new AditError('not-found', `There is no event ${id} in this log.`);
    return entry;
  }
}
