import { eventRules } from '../../../../core/rules/index.js';

/** A column that the audit does not compare, or not always: why nothing follows from a changed value. */
export interface ExcludedCell {
  why: string;
  /** Condition in SQL on the row before (`was`) and after the change (`now`); without one it holds for every row. */
  where?: string;
}

const laterRules = eventRules
  .filter((rule) => 'deadlines' in rule && rule.deadlines !== undefined)
  .map(({ id }) => `'${id}'`)
  .join(', ');

const whenJudged = 'depends on when it was judged; shown, and read by nothing else';
const note = 'a note of the compliance desk, which no verdict reads';
const closed: ExcludedCell = { where: `now.status = 'closed'`, why: 'of a closed finding, which no verdict counts' };
const ofLateRule: ExcludedCell = {
  where: `now.status = 'closed' OR now.rule IN (${laterRules})`,
  why: 'of a closed finding, or of a rule with a deadline, whose words depend on when it was judged',
};
const again = 'a lower value: the work is done again, to the same result';
const renamed = 'set anew from the findings before each notice, and read by no verdict';
const written = 'when the row was written; it orders lists';
const tried = 'how a message fares; that it is tried in time, and as often as is recorded, is compared';

/**
 * Cells that an audit does not compare although it compares their table (`audited-tables.ts`). docs/threat-model.md has the
 * same list; a test changes every other column of the database and expects the audit to name each change.
 */
export const excludedCells: Readonly<Record<string, ExcludedCell>> = {
  'findings.first_opened': { why: whenJudged },
  'findings.opened_at': { why: whenJudged },
  'findings.closed_at': { where: `now.status = 'closed'`, why: whenJudged },
  'findings.reopened': { why: whenJudged },
  'findings.due_at': { why: whenJudged },
  'findings.change': { why: 'alerts read the finding once more; a finding that alerts miss is compared' },
  'findings.assignee': { why: note },
  'findings.acknowledged_at': { why: note },
  'findings.version': closed,
  'findings.severity': closed,
  'findings.lots': closed,
  'findings.events': closed,
  'findings.threshold': closed,
  'findings.root': closed,
  'findings.first_index': closed,
  'findings.parameters': closed,
  'findings.measured': ofLateRule,
  'findings.detail': ofLateRule,
  'finding_answers.counts': {
    why: 'depends on who held the goods when it was judged; the status that it gave is compared',
  },
  'finding_answers.official': {
    why: 'depends on who held the goods when it was judged; the status that it gave is compared',
  },
  'deadlines.due_at': { where: 'now.due_at < was.due_at', why: 'an earlier time: it is judged at once, and set anew' },
  'verification_cursor.rules': { why: 'other rules: all entries are judged again' },
  'verification_cursor.next': { where: 'now.next < was.next', why: again },
  'verification_cursor.disclosed': { where: 'now.disclosed < was.disclosed', why: again },
  'index_state.entry': {
    where: 'now.entry IS NULL',
    why: 'as before the index is sealed; readers then use the one before it',
  },
  'alert_cursor.change': { where: 'now.change < was.change', why: again },
  'routing_cursor.number': {
    // Numbers of changes without a notice follow the last notice.
    where: `now.number < was.number OR NOT EXISTS (SELECT FROM public.notices AS n WHERE n.number > was.number AND n.number <= now.number)`,
    why: 'a lower value: the work is done again, to the same result; a higher one that passes over no notice changes nothing',
  },
  'alerts.told_at': {
    where: 'abs(extract(epoch FROM now.told_at - was.told_at)) < 600',
    why: 'by minutes; the times of notices are journaled',
  },
  'alerts.opened_at': { why: written },
  'alerts.changed_at': { why: written },
  'alerts.lots': { why: renamed },
  'alerts.events': { why: renamed },
  'alerts.minerals': { why: renamed },
  'alerts.sites': { why: renamed },
  'alerts.countries': { why: renamed },
  'alerts.descendants': { why: 'counted anew before each notice' },
  'alerts.severity': {
    where: 'now.open_findings = 0',
    why: 'of an alert without open findings; a finding that opens sets it anew',
  },
  'alerts.ordering_key': {
    where: 'now.told_at IS NULL',
    why: 'of an alert without a notification; it orders messages, and withholds none',
  },
  'alerts.regressed': { why: 'a mark in the text of a notice' },
  'alerts.escalated_at': { why: 'a mark in the text of a notice' },
  'alerts.pending_since': { why: 'an alert is notified within seconds, whatever it is' },
  'alerts.reopened': {
    why: 'what actors decided before it, each for itself, is over; the decisions are journaled',
  },
  'alerts.assignee': { why: `${note}; the decisions are journaled` },
  'deliveries.body': {
    why: 'not compared: the copy that is kept for retries. The notice that it was made of is journaled',
  },
  'deliveries.status': {
    where: `now.status = 'pending'`,
    why: 'pending once more: the message is sent again under the same id, as anyone who may redeliver can have it',
  },
  'deliveries.next_at': {
    where: `now.next_at <= now() + CASE WHEN now.type IN ('alert.digest', 'alert.escalated') THEN interval '9 days' ELSE interval '2 days' END OR now.status <> 'pending'`,
    why: tried,
  },
  'deliveries.attempts': { where: 'now.attempts < was.attempts', why: tried },
  'deliveries.step': { where: 'now.step BETWEEN 0 AND now.attempts', why: tried },
  'machine_keys.last_used_at': { why: 'when a key was used last; shown, and read by nothing else' },
  'subscriptions.failures': {
    where: 'now.failures > 0 AND now.failing_since IS NOT NULL',
    why: 'a pause of ten minutes at most follows from it',
  },
  'subscriptions.failing_since': {
    where: `abs(extract(epoch FROM now.failing_since - was.failing_since)) < 600`,
    why: 'by minutes, where a week counts',
  },
  'subscriptions.paused_until': {
    where: `now.paused_until <= now() + interval '25 hours'`,
    why: 'within the longest pause',
  },
  'subscriptions.claim': { why: 'the lease of the process that delivers; it ends within an hour, which is compared' },
  'subscriptions.claimed_until': {
    where: `now.claim IS NULL OR now.claimed_until <= now() + interval '1 hour'`,
    why: 'of no claim, or a short one',
  },
};
