import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { AdmitBatch } from './admit-batch.js';
import type { Arrival } from './append-events.js';
import type { EventResult } from './event-result.js';
import { LedgerIdentity } from '../ledger-identity.js';
import { loadEnd } from './log-state.js';
import { unavailable } from './unavailable.js';

/**
 * Admits a batch on a read-only snapshot without writing. It processes one batch at a time, so that all callers use one
 * connection.
 */
@Injectable()
export class AdmitOnSnapshot {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly identity: LedgerIdentity,
    private readonly admission: AdmitBatch,
  ) {}

  /** Returns one result for each arrival, in order; the index of an accepted event is that of the snapshot. */
  admit(arrivals: readonly Arrival[]): Promise<EventResult[]> {
    const results = this.last.then(() => this.admitNow(arrivals));
    this.last = results.catch(() => undefined);
    return results;
  }

  private async admitNow(arrivals: readonly Arrival[]): Promise<EventResult[]> {
    if (arrivals.length === 0) return [];
    const result = await this.database
      .snapshot(async (db) => {
        const view = await loadEnd(db, this.identity.origin);
        return this.admission.admit(db, view, arrivals, { evidence: false });
      })
      .catch(unavailable);
    return result.results;
  }
}
