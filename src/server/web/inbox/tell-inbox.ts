import { Injectable } from '@nestjs/common';
import type { Alert, AlertWithChanges } from '../../../core/api/alerts/alert.js';
import type { Language } from '../../../core/api/alerts/subscription.js';
import { AditError } from '../../../core/errors.js';
import { rankOf } from '../../../core/rules/engine/rule.js';
import type { Case, InboxPageData, TitledAlert } from '../../../web/inbox/inbox-data.js';
import { ListAlerts, alertsQuery } from '../../alerts/list-alerts.js';
import { ListDeliveries, deliveriesQuery } from '../../delivery/list-deliveries.js';
import { ruleTitle } from '../../delivery/words/index.js';
import { actorNow } from '../../http/viewing.js';
import { ListFindings } from '../../verification/findings/list-findings.js';
import { RulePages } from '../../verification/findings/rule-pages.js';
import { ruleIn } from '../rule-in.js';

/** Alerts of one state that a page shows at most, and resolved ones. */
const SHOWN = 100;
const RESOLVED = 20;
/** Deliveries of one alert that a page shows at most. */
const DELIVERIES = 5;

const titled = <T extends Alert>(alert: T, language: Language): TitledAlert<T> => ({
  ...alert,
  title: ruleTitle(alert.rule, language),
});

/** Orders alerts by what is to be looked at first: the most serious, then the newest. */
const byUrgency = (a: Alert, b: Alert): number =>
  rankOf(b.severity) - rankOf(a.severity) || Date.parse(b.openedAt) - Date.parse(a.openedAt);

/** Gathers what the inbox shows to its reader. */
@Injectable()
export class TellInbox {
  constructor(
    private readonly alerts: ListAlerts,
    private readonly findings: ListFindings,
    private readonly rules: RulePages,
    private readonly deliveries: ListDeliveries,
  ) {}

  /** Gathers the alerts by state, and one case: that of the id, else the most urgent. Throws `not-found`. */
  async tell(id: string | null, language: Language): Promise<InboxPageData> {
    const [open, taken, resolved] = await Promise.all([
      this.list('open', SHOWN, language),
      this.list('acknowledged', SHOWN, language),
      this.list('resolved', RESOLVED, language),
    ]);
    const shown = id ?? open[0]?.id ?? taken[0]?.id;
    return { open, taken, resolved, shown: shown === undefined ? null : await this.case(shown, language) };
  }

  private async list(status: string, limit: number, language: Language): Promise<TitledAlert[]> {
    const { items } = await this.alerts.list(alertsQuery.parse({ status, limit }));
    return items.map((alert) => titled(alert, language)).toSorted(byUrgency);
  }

  private async case(id: string, language: Language): Promise<Case> {
    const alert: AlertWithChanges = await this.alerts.read(id);
    const [finding, { items: deliveries }] = await Promise.all([
      this.findings.byId(alert.finding).catch(nullIfHidden),
      this.deliveries.list(deliveriesQuery.parse({ alert: id, limit: DELIVERIES })),
    ]);
    const rule = this.rules.list().find((page) => page.id === alert.rule) ?? null;
    const shownRule = rule === null ? null : ruleIn(rule, language);
    return { alert: titled(alert, language), finding, rule: shownRule, deliveries, signer: actorNow() };
  }
}

function nullIfHidden(error: unknown): null {
  if (error instanceof AditError && error.code === 'not-found') return null;
  throw error;
}
