import { Worker } from 'node:worker_threads';
import type { PublicJwk } from '../../../core/event/keys.js';
import type { Parameters } from '../../../core/rules/index.js';
import type { LedgerIdentity } from '../../ledger/ledger-identity.js';
import type { Evidence } from './audit-evidence.js';
import { AuditStopped } from './audit-pace.js';
import type { Examination } from './examine-log.js';

/** Heap limit of an audit's thread, MiB; only its faults grow with the log. */
const OLD_GENERATION = 2_048;
const YOUNG_GENERATION = 32;

/** Arguments of an audit: databases, thresholds, and the time if the log has none. */
export interface AuditPlace {
  databaseUrl: string;
  parameters: readonly Parameters[];
  now: number;
}

/** Arguments for the thread; they contain no secret of the ledger. */
export interface AuditOrder extends AuditPlace {
  origin: string;
  logKeys: readonly string[];
  serviceKeys: readonly { kid: string; jwk: PublicJwk }[];
  registrarKid: string | null;
  guard: Evidence['guard'];
  /** Duration of the audit, ms; null: as fast as it can. */
  milliseconds: number | null;
}

export type AuditAnswer = { examination: Examination } | { failed: unknown };

/**
 * Examines the log in a separate thread with separate connections, because an audit of a large log must neither delay
 * appends nor increase the memory of the service.
 */
export class AuditInThread {
  private worker: Worker | null = null;
  private stopped = false;

  constructor(
    private readonly place: AuditPlace,
    private readonly identity: LedgerIdentity,
  ) {}

  /** Runs one examination. Throws `AuditStopped` if it is stopped early. */
  async examine(guard: Evidence['guard'], milliseconds: number | null): Promise<Examination> {
    const { origin, logKeys, registrarKid, serviceKids } = this.identity;
    const serviceKeys = serviceKids.flatMap((kid) => {
      const jwk = this.identity.serviceJwk(kid);
      return jwk === null ? [] : [{ kid, jwk }];
    });
    const order: AuditOrder = {
      ...this.place,
      origin,
      logKeys,
      serviceKeys,
      registrarKid,
      guard,
      milliseconds,
    };
    const worker = new Worker(new URL('./audit-thread.js', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION, maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    this.worker = worker;
    try {
      return await answerOf(worker);
    } catch (error) {
      throw this.stopped ? new AuditStopped('The audit was stopped before it was done.') : error;
    } finally {
      this.worker = null;
      await worker.terminate();
    }
  }

  /** Makes the examination continue as fast as it can. */
  hurry(): void {
    this.worker?.postMessage('hurry');
  }

  /** Ends the examination at once, also within a statement: it has stored nothing. */
  stop(): void {
    this.stopped = true;
    void this.worker?.terminate();
  }
}

function answerOf(worker: Worker): Promise<Examination> {
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: AuditAnswer) => {
      if ('examination' in answer) resolve(answer.examination);
      else reject(answer.failed instanceof Error ? answer.failed : new Error(String(answer.failed)));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread of an audit ended without an answer.')));
  });
}
