import { Injectable } from '@nestjs/common';
import { AditError } from '../../core/errors.js';
import type { Alert, AlertStatus, Assignment, DeskNote } from '../../core/api/alerts/alert.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { Journal } from '../journal/journal.js';
import { actorNow, ownerNow } from '../http/viewing.js';
import { AlertSight } from './alert-sight.js';
import { type NumberedAlert, lockAlerts, selectAlerts } from './alert.js';
import { AlertChangeRow } from './alert-change.entity.js';
import { Jobs } from '../queue/jobs.js';

/** Returns the name under which a note is kept: an actor's note begins with its id, which no other actor can write. */
function signed(by: string | undefined): string | null {
  const actor = actorNow();
  if (actor === null) return by ?? null;
  return by === undefined ? actor : `${actor}: ${by}`;
}

type Decision = { status: 'acknowledged' | 'resolved' } | { assignee: string | null };

/** The state of an alert after a decision, and the number of the change. */
interface AlertUpdate {
  number: number;
  status: AlertStatus;
  assignee: string | null;
}

/**
 * Records that a person acknowledged, resolved or assigned an alert. Verdicts depend on findings alone, not on these
 * notes; a finding closes when its cause ends. What an actor decides is its own state of the alert, which others do not see.
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
    return this.note(id, { status }, note);
  }

  /** Records who is responsible for an alert, without a notification. Throws `not-found`. */
  assign(id: string, { assignee, ...note }: Assignment): Promise<Alert> {
    return this.note(id, { assignee }, note);
  }

  /** Applies a decision and records its author and reason. */
  private async note(id: string, decision: Decision, { by, note, evidence }: DeskNote): Promise<Alert> {
    const alert = (db: Queryable): Promise<NumberedAlert[]> =>
      selectAlerts(db, this.config.publicUrl, 'a.id = $1', [id]);
    const [before] = await alert(this.database);
    await this.sight.required(id, before?.alert ?? null);
    const changed = await this.database.transaction(async (db) => {
      await lockAlerts(db);
      const row =
        actorNow() === null ? await decide(db, id, decision) : await decideOwn(db, (await alert(db))[0], decision);
      if (row !== undefined) {
        await db.repository(AlertChangeRow).insert({
          ...row,
          alert: id,
          by_whom: signed(by),
          note: note ?? null,
          evidence: evidence ?? [],
          owner: ownerNow(),
        });
        await this.journal.added(db, 'alert_changes', [row.number]);
      }
      return (await alert(db))[0]?.alert;
    });
    if (changed === undefined) throw new AditError('not-found', `There is no alert ${id}.`);
    await this.jobs.wake('raise');
    return this.sight.shown(changed);
  }

  /** Records that alerts are escalated because they were not acknowledged in time; for an actor nothing is recorded. */
  async escalated(alerts: readonly string[]): Promise<void> {
    if (actorNow() !== null) return;
    await this.database.query(
      'UPDATE alerts SET escalated_at = COALESCE(escalated_at, now()) WHERE id = ANY($1::uuid[])',
      [alerts],
    );
  }
}

/** Changes an alert itself; returns undefined if nothing changes. */
async function decide(db: Queryable, id: string, decision: Decision): Promise<AlertUpdate | undefined> {
  if ('assignee' in decision) {
    const { rows } = await db.query<Omit<AlertUpdate, 'assignee'>>(
      `UPDATE alerts SET assignee = $2, changed_at = now(), number = nextval('alert_numbers')
        WHERE id = $1 AND assignee IS DISTINCT FROM $2 RETURNING number, status`,
      [id, decision.assignee],
    );
    return rows[0] && { ...rows[0], ...decision };
  }
  const { rows } = await db.query<Omit<AlertUpdate, 'assignee'>>(
    `UPDATE alerts SET status = $2, changed_at = now(), number = nextval('alert_numbers'),
            tell_at = clock_timestamp(), silenced_by = NULL
      WHERE id = $1 AND status <> $2 AND status <> 'resolved' RETURNING number, status`,
    [id, decision.status],
  );
  return rows[0] && { ...rows[0], assignee: null };
}

/** Returns an actor's own state of an alert after its decision; undefined if nothing changes. The alert stays as it is. */
async function decideOwn(
  db: Queryable,
  before: NumberedAlert | undefined,
  decision: Decision,
): Promise<AlertUpdate | undefined> {
  if (before === undefined) return undefined;
  const { status, assignee } = before.alert;
  const isSame =
    'status' in decision ? status === decision.status || status === 'resolved' : assignee === decision.assignee;
  if (isSame) return undefined;
  const { rows } = await db.query<{ number: number }>(`SELECT nextval('alert_numbers') AS number`);
  return rows[0] && { status, assignee, ...decision, ...rows[0] };
}
