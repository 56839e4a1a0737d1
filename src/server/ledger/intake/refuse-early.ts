import { Injectable, Logger } from '@nestjs/common';
import { AditError, type ErrorCode } from '../../../core/errors.js';
import { Database } from '../../database/database.js';
import type { Queryable } from '../../database/rows.js';
import type { IntakeCheck, PlainError } from './check-event.js';
import { KeyRing } from '../key-ring.js';
import type { EventResult } from '../append/event-result.js';
import type { Submission } from './submission.js';
import { forgetWaiting } from './waiting.js';
import { unavailable } from '../append/unavailable.js';

/** A checked event, with the key that its header names, if any. */
export interface IntakeItem {
  text: string;
  kid: string | null;
  checked: IntakeCheck;
  /** Whether the key was registered when the event arrived; else an event of the same request may bring it. */
  registered: boolean;
}

export type IntakeRejection = IntakeItem & { checked: Extract<IntakeCheck, { event: null }> };
export const isRejected = (each: IntakeItem): each is IntakeRejection => each.checked.event === null;

/** Codes that precede the check for duplicates (wire.md, "Codes"). */
const OF_THE_ENVELOPE = new Set<ErrorCode>(['event-malformed', 'event-too-large', 'header-invalid']);
/** Codes of a failed check, which do not concern the event. */
const OF_THE_SERVICE = new Set<ErrorCode>(['overloaded', 'rate-limited', 'log-halted', 'internal']);

/** Whether a refusal is final: the same bytes would be refused again. */
const speaksOfEvent = (code: ErrorCode): boolean => !OF_THE_SERVICE.has(code);

/** Decides the result of events that failed their check, after the events before them have their results. */
@Injectable()
export class RefuseEarly {
  private readonly logger = new Logger('ledger');
  /** Cached, because an opened ledger stays open. */
  private isOpen = false;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  async refuse(rejected: readonly IntakeRejection[]): Promise<EventResult[]> {
    if (rejected.length === 0) return [];
    const logged = await this.logged(rejected);
    const strangers = rejected.filter((each) => !each.registered && isPastEnvelope(each));
    const signed = strangers.filter(({ checked }) => checked.error.code !== 'key-unknown');
    if (signed.length > 0) await this.keys.load(signed.flatMap(({ kid }) => kid ?? []));
    const opened = strangers.length === 0 || (await this.opened());
    return rejected.map((each): EventResult => {
      const { id, error } = each.checked;
      const index = id === null ? undefined : logged.get(id);
      if (id !== null && index !== undefined) return { status: 'duplicate', id, index };
      const { code, detail, errors } = this.reason(each, opened) ?? error;
      return { status: 'refused', id, error: new AditError(code, detail, errors), heads: {} };
    });
  }

  /** Refuses events that wait for one that was refused in the same request. */
  async dropChildren(submission: Submission): Promise<void> {
    const orphans = submission.refuseChildren();
    if (orphans.length === 0) return;
    const forget = async (client: Queryable): Promise<void> => {
      // Another process may be about to admit them.
      await client.query('SELECT FROM log_state FOR UPDATE');
      await forgetWaiting(client, orphans);
    };
    await this.database.intake
      .transaction(forget)
      // The remaining ones expire after 90 days, like every waiting event.
      .catch((err: unknown) => this.logger.warn({ msg: 'children of a refused event could not be dropped', err }));
  }

  /** Returns which events are duplicates of logged ones, whatever the fault of this copy (wire.md, "Codes"). */
  private async logged(rejected: readonly IntakeRejection[]): Promise<Map<string, number>> {
    const ids = rejected.filter(isPastEnvelope).flatMap(({ checked }) => checked.id ?? []);
    if (ids.length === 0) return new Map();
    const { rows } = await this.database.intake
      .query<{ id: string; index: number }>('SELECT id, index FROM entries WHERE id = ANY($1::text[])', [ids])
      .catch(unavailable);
    return new Map(rows.map(({ id, index }) => [id, index]));
  }

  /**
   * The key is checked before the content; a key that an event of the same request brings counts once that event is
   * admitted.
   */
  private reason(each: IntakeRejection, opened: boolean): PlainError | null {
    if (each.registered || !isPastEnvelope(each)) return null;
    if (!opened) return notOpen;
    if (each.checked.error.code === 'key-unknown' || this.keys.find(each.kid ?? '') !== null) return null;
    return { code: 'key-unknown', detail: `No key ${each.kid} is registered.`, errors: [] };
  }

  private async opened(): Promise<boolean> {
    if (this.isOpen) return true;
    const { rows } = await this.database.intake.query('SELECT FROM ledger_info').catch(unavailable);
    this.isOpen = rows.length > 0;
    return this.isOpen;
  }
}

const isPastEnvelope = ({ checked }: IntakeRejection): boolean =>
  !OF_THE_ENVELOPE.has(checked.error.code) && speaksOfEvent(checked.error.code);

const notOpen: PlainError = {
  code: 'ledger-not-open',
  detail: 'The first entry of a ledger is `ledger.opened`, signed by its registrar (`adit init --open`).',
  errors: [],
};
