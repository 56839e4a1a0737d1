import type { Alert, AlertChange } from '../../core/api/alerts/alert.js';
import { type LotName, mineralOf, shownName } from '../../core/api/lot-name.js';
import { countOf, figuresOf } from '../../core/words.js';
import type { ReportedFinding } from '../../core/api/report.js';
import { shortId } from './lot-names.js';
import type { Terminal } from './terminal.js';

/** A finding of a list, or of a report on a lot. */
export interface ShownFinding extends Omit<ReportedFinding, 'share' | 'counts'> {
  about?: LotName[];
  counts?: boolean;
}

/** Names the lots of a finding: "RW-A000001 (hill), RW-A000002 and 3 more lots"; "" if it has none. */
function aboutOf({ lots, about = [] }: Pick<ShownFinding, 'lots' | 'about'>): string {
  const named = about
    .slice(0, 3)
    .map((name) => (name.site === null ? shownName(name) : `${shownName(name)} (${name.site})`));
  const names = named.length > 0 ? named : lots.slice(0, 3).map(shortId);
  const rest = lots.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${countOf(rest, 'more lot')}` : names.join(', ');
}

const day = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** Returns the severity in its colour; the word suffices without colour. */
function severityIn(terminal: Terminal, severity: string): string {
  const { colour } = terminal;
  return ['critical', 'high'].includes(severity) ? colour.red(severity) : colour.yellow(severity);
}

/** Shows one finding in two lines: title, lots and time; then its text. */
export function showFinding(terminal: Terminal, finding: ShownFinding): void {
  const about = aboutOf(finding);
  terminal.say(
    [
      day(finding.openedAt),
      severityIn(terminal, finding.severity),
      finding.rule,
      finding.status,
      ...(about === '' ? [] : [terminal.colour.bold(about)]),
    ].join('  '),
  );
  const mineral = mineralOf(finding.about);
  terminal.say(`  ${figuresOf(finding.detail, mineral)}`);
  if (finding.counts === false) terminal.say('  does not count in a verdict on this lot');
  terminal.say(
    terminal.colour.dim(
      `  measured ${figuresOf(finding.measured, mineral)}, limit ${figuresOf(finding.threshold, mineral)}`,
    ),
  );
  terminal.result(finding);
}

/** Returns a sentence for each property of an alert that is set: inhibition, assignee, deadline, silence. */
function besides({ count, group, inhibited, assignee, dueAt, silencedBy }: Alert): string[] {
  return [
    ...(count > 1 ? [`stands for ${countOf(count, 'finding')} of one ${group.by}, ${group.value}`] : []),
    ...(inhibited > 0 ? [`holds back ${countOf(inhibited, 'alert')} on what was made of it`] : []),
    ...(assignee === null || assignee === undefined ? [] : [`${assignee} answers for it`]),
    ...(dueAt === null ? [] : [`to be answered by ${day(dueAt)}`]),
    ...(silencedBy === null ? [] : ['silenced']),
  ];
}

/** Shows one alert: title, lots, time, text, and the id for its acknowledgement. */
export function showAlert(terminal: Terminal, alert: Alert): void {
  const { colour } = terminal;
  const state = alert.regressed && alert.status === 'open' ? 'open again' : alert.status;
  const about = aboutOf(alert);
  terminal.say(
    [
      day(alert.openedAt),
      severityIn(terminal, alert.severity),
      alert.rule,
      state,
      ...(about === '' ? [] : [colour.bold(about)]),
    ].join('  '),
  );
  const mineral = mineralOf(alert.about);
  terminal.say(`  ${figuresOf(alert.detail, mineral)}`);
  terminal.say(
    colour.dim(`  measured ${figuresOf(alert.measured, mineral)}, limit ${figuresOf(alert.threshold, mineral)}`),
  );
  for (const line of besides(alert)) terminal.say(`  ${line}`);
  terminal.say(colour.dim(`  alert ${shortId(alert.id)} · ${alert.links.rule}`));
}

/** Shows what people decided about an alert, newest first. */
export function showChanges(terminal: Terminal, changes: readonly AlertChange[]): void {
  if (changes.length > 0) terminal.say('What was done with it:');
  for (const { at, by, status, note, evidence, assignee } of changes) {
    const did = assignee === null ? status : `assigned to ${assignee}`;
    terminal.say(`  ${day(at)}  ${did}${by === null ? '' : ` by ${by}`}${note === null ? '' : `: ${note}`}`);
    if (evidence.length > 0) terminal.say(`    evidence: ${evidence.join(', ')}`);
  }
}
