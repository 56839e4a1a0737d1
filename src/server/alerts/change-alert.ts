import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import type { Alert, AlertStatus, Assignment, DeskNote } from '../../core/api/alert.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { actorNow } from '../http/viewing.js';
import { AlertSight } from './alert-sight.js';
import { lockAlerts, selectAlerts } from './alert.js';
import { AlertChangeRow } from './alert-change.entity.js';
import { Jobs } from '../queue/jobs.js';

interface AlertUpdate {
  number: number;
  status: AlertStatus;
}

/** Returns the name under which a note is kept: an actor's note begins with its id, which no other actor can write. */
function signed(by: string | undefined): string | null {
  const actor = actorNow();
  if (actor === null) return by ?? null;
  return by === undefined ? actor : `${actor}: ${by}`;
}

type Decision = { status: 'acknowledged' | 'resolved' } | { assignee: string | null };

/**
 * Records that a person acknowledged, resolved or assigned an alert. Verdicts depend on findings alone, not on these
 * notes; a finding closes when its cause ends.
 */
@Injectable()
export class ChangeAlert {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly jobs: Jobs,
    private readonly journal: Journal,
    private readonly sight: AlertSight,
  ) {}

  /** Acknowledges or resolves an alert; idempotent. Throws `not-found`. */
  change(id: string, status: 'acknowledged' | 'resolved', note: DeskNote): Promise<Alert> {
    return this.note(id, { status }, note, (db) =>
      db.query<AlertUpdate>(
        `UPDATE alerts SET status = $2, changed_at = now(), number = nextval('alert_numbers'),
                tell_at = clock_timestamp(), silenced_by = NULL
          WHERE id = $1 AND status <> $2 AND status <> 'resolved' RETURNING number, status`,
        [id, status],
      ),
    );
  }

  /** Records who is responsible for an alert, without a notification. Throws `not-found`. */
  assign(id: string, { assignee, ...note }: Assignment): Promise<Alert> {
    return this.note(id, { assignee }, note, (db) =>
      db.query<AlertUpdate>(
        `UPDATE alerts SET assignee = $2, changed_at = now(), number = nextval('alert_numbers')
          WHERE id = $1 AND assignee IS DISTINCT FROM $2 RETURNING number, status`,
        [id, assignee],
      ),
    );
  }

  /** Applies a decision and records its author and reason. */
  private async note(
    id: string,
    decision: Decision,
    { by, note, evidence }: DeskNote,
    carryOut: (db: Queryable) => Promise<{ rows: AlertUpdate[] }>,
  ): Promise<Alert> {
    const [before] = await selectAlerts(this.database, this.config.publicUrl, 'a.id = $1', [id]);
    await this.sight.required(id, before?.alert ?? null);
    const changed = await this.database.transaction(async (db) => {
      await lockAlerts(db);
      const [row] = (await carryOut(db)).rows;
      if (row !== undefined) {
        const assignee = 'assignee' in decision ? decision.assignee : null;
        await db.repository(AlertChangeRow).insert({
          alert: id,
          number: row.number,
          status: row.status,
          by_whom: signed(by),
          note: note ?? null,
          evidence: evidence ?? [],
          assignee,
        });
        await this.journal.added(db, 'alert_changes', [row.number]);
      }
      const [now] = await selectAlerts(db, this.config.publicUrl, 'a.id = $1', [id]);
      return now?.alert;
    });
    if (changed === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
    await this.jobs.wake('raise');
    return this.sight.shown(changed);
  }

  /** Records that alerts are escalated because they were not acknowledged in time. */
  async escalated(alerts: readonly string[]): Promise<void> {
    await this.database.query(
      'UPDATE alerts SET escalated_at = COALESCE(escalated_at, now()) WHERE id = ANY($1::uuid[])',
      [alerts],
    );
  }
}
