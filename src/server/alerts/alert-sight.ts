import { Injectable } from '@nestjs/common';
import { isOperating, observedBy } from '../../core/access/observed.js';
import type { AlertFilters } from '../../core/api/alerts/alert-filters.js';
import type { Alert } from '../../core/api/alerts/alert.js';
import { AditError, requestInvalid } from '../../core/errors.js';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/rows.js';
import { viewerNow } from '../http/viewing.js';
import { LotRights, NO_LOT } from '../ledger/read/lot-rights.js';
import { ofViewer } from '../ledger/read/of-viewer.js';
import { noticeData } from './notice.js';

/** Alerts of a viewer that one page is chosen from at most. */
const CANDIDATES = 1_000;

const OF_VIEWER = ofViewer({
  table: 'alerts',
  columns: 'id, number',
  where: 'number < $1',
  order: 'number DESC',
  limit: '$2',
  fewParts: 10_000,
});

type Seen = Pick<Alert, 'rule' | 'lots' | 'firstIndex'>;

/** A notification with all lots of its alert. */
export interface StoredNotice {
  rule: string;
  lots: string[];
  /** The alert as JSON, as it was when the notification was made. */
  data: string;
}

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
      .query<{ id: string; number: number }>(OF_VIEWER, [before, CANDIDATES]);
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
  async sees(alert: Seen): Promise<boolean> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone') return true;
    if (viewer.kind === 'operator') return isOperating(alert);
    return (await this.rights.seen(alert.lots, alert.firstIndex)).size > 0;
  }

  /** Returns an alert that the viewer sees without what is about lots that it does not see. */
  async shown(alert: Alert): Promise<Alert> {
    if (viewerNow().kind === 'everyone') return alert;
    return shownTo(await this.rights.seen(alert.lots, alert.firstIndex), alert);
  }

  /**
   * Returns the data of each notification as the viewer may see it now; null: not at all.
   * @param db the transaction in which it is called.
   */
  async shownNotices(notices: readonly StoredNotice[], db: Queryable = this.database): Promise<(string | null)[]> {
    const viewer = viewerNow();
    if (viewer.kind === 'everyone') return notices.map(({ data }) => data);
    if (viewer.kind === 'operator') return notices.map((notice) => (isOperating(notice) ? notice.data : null));
    const alerts = notices.map(alertOf);
    const named = alerts.map((alert) => alert ?? { lots: [], firstIndex: null });
    const seen = await this.rights.seenOfEach(named, db);
    return alerts.map((alert, i) => {
      const own = seen[i] ?? new Set<string>();
      return alert === null || own.size === 0 ? null : noticeData(shownTo(own, alert));
    });
  }

  /**
   * Checks that the filters of an actor name lots that it may see, and no other holder than itself: which alerts meet them
   * would show where lots came from or went. Throws `request-invalid`.
   */
  async requireFilters({ lots = [], holder }: AlertFilters, pointer = '/filters'): Promise<void> {
    const viewer = viewerNow();
    if (viewer.kind !== 'actor' && viewer.kind !== 'share') return;
    if (holder !== undefined && !(viewer.kind === 'actor' && holder === viewer.actor))
      throw requestInvalid(`${pointer}/holder`, 'You may name no other holder than yourself.');
    const seen = await this.rights.seenOfEach(lots.map((lot) => ({ lots: [lot], firstIndex: 0 })));
    const hidden = lots.find((lot, i) => seen[i]?.has(lot) !== true);
    if (hidden !== undefined) throw requestInvalid(`${pointer}/lots`, `There is no lot ${hidden}.`);
  }
}

/**
 * Returns the alert of a notification with all its lots, of which the data names some, and without notes of the desk; null
 * for damaged data.
 */
function alertOf({ data, lots }: StoredNotice): Alert | null {
  try {
    return { ...(JSON.parse(data) as Alert), lots, assignee: null, escalatedAt: null };
  } catch {
    return null;
  }
}

/** Returns an alert without what is about other lots than those that are seen. */
function shownTo(seen: ReadonlySet<string>, alert: Alert): Alert {
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
