import { Injectable } from '@nestjs/common';
import { observedBy, tradeRules } from '../../core/access/observed.js';
import type { Alert } from '../../core/api/alert.js';
import { AditError } from '../../core/errors.js';
import { Database } from '../database/database.js';
import { viewerNow } from '../http/viewing.js';
import { LotRights, NO_LOT } from '../ledger/read/lot-rights.js';

/** Alerts of a viewer that one page is chosen from at most. */
const CANDIDATES = 1_000;

type Seen = Pick<Alert, 'rule' | 'lots' | 'firstIndex'>;

/** From which alerts a page is chosen; null: from all. */
interface Candidates {
  ids: string[] | null;
  /** Whether only alerts about the record itself are chosen. */
  operating: boolean;
  /** Number of the last candidate, if there may be more after it. */
  from: number | null;
}

/** Decides which alerts the viewer sees, and what of them: those on its lots; the operator those on the record itself. */
@Injectable()
export class AlertSight {
  constructor(
    private readonly database: Database,
    private readonly rights: LotRights,
  ) {}

  /** Returns the newest alerts of the viewer below a number. */
  async candidates(before: number): Promise<Candidates> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone' || viewer.kind === 'operator')
      return { ids: null, operating: viewer.kind === 'operator', from: null };
    const { rows } = await this.database.reader
      .for(viewer)
      .query<{ id: string; number: number }>(
        'SELECT id, number FROM alerts WHERE number < $1 ORDER BY number DESC LIMIT $2',
        [before, CANDIDATES],
      );
    const last = rows.length === CANDIDATES ? rows.at(-1) : undefined;
    return { ids: rows.map(({ id }) => id), operating: false, from: last?.number ?? null };
  }

  /** Returns an alert as the viewer sees it. Throws `not-found` for one that it does not see, or that does not exist. */
  async required(id: string, alert: Alert | null): Promise<Alert> {
    // Also for an alert that does not exist, so that the answer takes as long.
    const isSeen = await this.sees(alert ?? { rule: '', lots: [NO_LOT], firstIndex: null });
    if (alert === null || !isSeen) throw new AditError('not-found', `There is no alert ${id}.`);
    return this.shown(alert);
  }

  /** Whether the viewer sees an alert at all. */
  async sees({ rule, lots, firstIndex }: Seen): Promise<boolean> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone') return true;
    if (viewer.kind === 'operator') return lots.length === 0 && !tradeRules.includes(rule);
    return (await this.rights.seen(lots, firstIndex)).size > 0;
  }

  /** Returns an alert that the viewer sees without what is about lots that it does not see. */
  async shown(alert: Alert): Promise<Alert> {
    if (viewerNow().kind === 'everyone') return alert;
    const seen = await this.rights.seen(alert.lots, alert.firstIndex);
    const shown = observedBy(alert, seen);
    if (shown === alert) return alert;
    const [lot] = shown.lots;
    const bundle = alert.links.bundle !== null && lot !== undefined && alert.links.bundle.includes(`/lots/${lot}/`);
    return {
      ...shown,
      about: alert.about.filter((one) => seen.has(one.lot)),
      descendants: 0,
      count: 1,
      group: { by: 'subject', value: lot ?? 'not shown' },
      evidence: [],
      links: bundle ? alert.links : { ...alert.links, bundle: null, report: null },
    };
  }
}
