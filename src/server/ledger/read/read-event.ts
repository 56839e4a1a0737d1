import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import type { StoredEvent } from '../../../core/api/event.js';
import { ReadLog, type StoredEntry } from './read-log.js';
import { mayOpen } from '../../../core/access/disclosures.js';
import type { AditEvent } from '../../../core/event/event.js';
import { references } from '../../../core/event/references.js';
import { viewerNow } from '../../http/viewing.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { LotRights, NO_LOT } from './lot-rights.js';
import { rereadEntry } from './reread-event.js';
import { untilNextStep } from './same-time.js';
import { ReadReceipt } from './read-receipt.js';

@Injectable()
export class ReadEvent {
  constructor(
    private readonly log: ReadLog,
    private readonly receipts: ReadReceipt,
    private readonly rights: LotRights,
    private readonly identity: LedgerIdentity,
  ) {}

  /** Returns one event that the viewer may see, with the disclosures that it may see. Throws `not-found`. */
  async event(id: string): Promise<StoredEvent> {
    const begun = performance.now();
    const entry = await this.log.entryById(id);
    const event = entry === null ? null : rereadEntry(entry.jws, this.identity.origin);
    // Also for an event that does not exist, so that the answer takes as long.
    const opening = await this.rights.opening();
    const isOpen = event !== null && mayOpen(event, opening);
    const seen = (await this.isSeen(entry?.index ?? 0, event)) || isOpen;
    if (entry === null || event === null || !seen) {
      await untilNextStep(begun);
      throw noEvent(id);
    }
    const { index, jws } = entry;
    const [recordedAt, disclosures] = await Promise.all([
      this.log.recordedAt(index),
      isOpen ? this.log.disclosures(id) : [],
    ]);
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

  /** Whether the viewer may see an event as one of a lot. */
  private async isSeen(index: number, event: AditEvent | null): Promise<boolean> {
    if (viewerNow().kind === 'everyone') return true;
    const lots = event === null ? [NO_LOT] : lotsAbout(event);
    const rights = await Promise.all(lots.slice(0, MAX_LOTS).map((lot) => this.rights.of(lot)));
    return rights.some((right) => right !== null && (right.until === null || index <= right.until));
  }

  private async entry(id: string): Promise<StoredEntry> {
    const entry = await this.log.entryById(id);
    if (entry === null) throw noEvent(id);
    return entry;
  }
}

/** Lots of an event at most that are looked at for a right of the viewer. */
const MAX_LOTS = 20;

/** Lists the lots whose chains an event touches, and those that it names. */
const lotsAbout = (event: AditEvent): string[] => {
  const { lots, outputs } = references(event);
  return [...new Set([...lots.map(({ lot }) => lot), ...outputs])];
};

const noEvent = (id: string): AditError => new AditError('not-found', `There is no event ${id} in this log.`);
