import { type LotName, mineralOf, shownName } from '../../../core/api/lot-name.js';
import { figuresOf } from '../../../core/words.js';
import type { Language } from '../../../core/api/alerts/subscription.js';
import { type Fact, type Letter, type Link, type Mail, type Part, renderMail, webAddress } from './render-mail.js';
import { type Say, ruleTitle, sayIn, textsOf, wordOr } from '../words/index.js';

/** Lots, and events, that one mail names; the rest is counted. */
const NAMED_LIMIT = 10;
/** Alerts that one digest shows; the rest is counted. */
const DIGEST_LIMIT = 50;

const severities = ['critical', 'high', 'medium', 'low'] as const;
type Severity = (typeof severities)[number];

/** Colours with enough contrast for white letters (WCAG AA). */
const COLOURS: Record<Severity, string> = {
  critical: '#9b1c1c',
  high: '#a34100',
  medium: '#1e5aa8',
  low: '#4b5563',
};

/** The fields of an alert that a mail shows. */
export interface MailAlert {
  id: string;
  rule: string;
  severity: Severity;
  status: string;
  lots: string[];
  /** Names of the first of its lots; absent in notifications of older releases. */
  about?: LotName[];
  events: string[];
  /** Log indexes of the alert's events. */
  evidence: { event: string; index: number | null }[];
  measured: string;
  threshold: string;
  /** The finding's own sentence, in English; may contain text of other parties. */
  detail: string;
  openedAt: string;
  dueAt: string | null;
  /** Number of its open findings. */
  count: number;
  /** Number of lots made of the named lots. */
  descendants: number;
  /** Number of alerts that this one inhibits. */
  inhibited: number;
  group: { by: string; value: string } | null;
  links: { alert: string; rule: string; bundle: string | null; report: string | null };
}

export type AlertKind =
  'alert.opened' | 'alert.updated' | 'alert.regressed' | 'alert.acknowledged' | 'alert.resolved' | 'alert.escalated';

export interface MailOptions {
  language: Language;
  /** The log's origin, which names the ledger. */
  ledger: string;
  /** Page where the reader changes or ends these mails; null: none. */
  manage?: string | null;
}

/** Composes the mail about one alert or its change. */
export function composeAlertMail(kind: AlertKind, alert: MailAlert, options: MailOptions): Mail {
  const say = sayIn(options.language);
  const happened = kind.slice('alert.'.length) as 'opened';
  const severity = say.word(`severity.${alert.severity}`);
  const title = titleOf(alert, say);
  const letter: Letter = {
    subject: say.word(`subject.${happened}`, { severity, title }),
    title,
    badge: { word: severity, colour: COLOURS[alert.severity] },
    parts: [
      { kind: 'paragraph', text: say.word(`kind.${happened}`) },
      ...meaningOf(alert, say),
      { kind: 'facts', facts: factsOf(alert, kind, say) },
      ...listOf(say.word('label.lots'), namesOf(alert), say),
      ...listOf(say.word('label.events'), eventsOf(alert, say), say),
      ...heldBack(alert, say),
      { kind: 'links', links: [{ label: say.word('link.alert'), url: alert.links.alert }] },
      ...howToCheck(alert, say),
      { kind: 'paragraph', text: say.word('question') },
      ...footer(options, say),
    ],
  };
  return renderMail(letter, say);
}

/** Returns each lot's name with its id, by which readers look it up. */
function namesOf({ lots, about = [] }: MailAlert): string[] {
  const names = new Map(about.map((name) => [name.lot, name]));
  return lots.map((lot) => {
    const name = names.get(lot);
    if (name === undefined || shownName(name) === lot.slice(0, 8)) return lot;
    return `${shownName(name)}${name.site === null ? '' : `, ${name.site}`} (${lot})`;
  });
}

/** Returns what the rule means, to those who do not read the English sentence of the finding. */
function meaningOf({ rule }: MailAlert, { language }: Say): Part[] {
  const own = language === 'en' ? null : textsOf(rule, language);
  return own === null ? [] : [{ kind: 'paragraph', text: own.means }];
}

/** "One tag is on two lots: RW-A000001 (and 9,999 more)" */
function titleOf(alert: MailAlert, say: Say): string {
  const [first] = alert.about ?? [];
  const called = first === undefined ? '' : `${say.word('colon')}${shownName(first)}`;
  const title = `${ruleTitle(alert.rule, say.language)}${called}`;
  return alert.count > 1 ? `${title} ${say.counted('andMore', alert.count - 1)}` : title;
}

function factsOf(alert: MailAlert, kind: AlertKind, say: Say): Fact[] {
  const { group, dueAt, count } = alert;
  const mineral = mineralOf(alert.about);
  const late = kind === 'alert.escalated' ? 'label.wasDue' : 'label.due';
  const answered = ['acknowledged', 'resolved'].includes(alert.status);
  return [
    { label: say.word('label.detail'), value: alert.detail, english: true },
    { label: say.word('label.severity'), value: say.word(`severity.${alert.severity}`) },
    { label: say.word('label.status'), value: wordOr(say, `status.${alert.status}`, alert.status) },
    { label: say.word('label.measured'), value: figuresOf(alert.measured, mineral), english: true },
    { label: say.word('label.limit'), value: figuresOf(alert.threshold, mineral), english: true },
    { label: say.word('label.opened'), value: say.time(alert.openedAt) },
    ...(dueAt === null || answered ? [] : [{ label: say.word(late), value: say.time(dueAt) }]),
    ...(count > 1 ? [{ label: say.word('label.count'), value: say.number(count) }] : []),
    ...(group === null
      ? []
      : [{ label: say.word('label.group'), value: `${wordOr(say, `group.${group.by}`, group.by)} ${group.value}` }]),
    { label: say.word('label.rule'), value: alert.rule },
  ];
}

/** Returns the alert's events, each with its log index where that is known. */
function eventsOf({ events, evidence }: MailAlert, say: Say): string[] {
  const entries = new Map(events.map((event): [string, number | null] => [event, null]));
  for (const { event, index } of evidence) entries.set(event, index);
  // Readers copy the index, so it has no thousands separators.
  return [...entries].map(([event, index]) =>
    index === null ? event : `${event} (${say.word('entry', { index: String(index) })})`,
  );
}

function listOf(label: string, items: readonly string[], say: Say): Part[] {
  if (items.length === 0) return [];
  const rest = items.length - NAMED_LIMIT;
  const more = rest > 0 ? say.counted('moreItems', rest) : null;
  return [{ kind: 'list', label, items: items.slice(0, NAMED_LIMIT), more }];
}

const heldBack = ({ inhibited, descendants }: MailAlert, say: Say): Part[] => [
  ...(inhibited > 0 ? [{ kind: 'paragraph' as const, text: say.counted('inhibited', inhibited) }] : []),
  ...(descendants > 0 ? [{ kind: 'paragraph' as const, text: say.counted('descendants', descendants) }] : []),
];

/** Explains how to verify the alert, with the log key from another source. */
function howToCheck({ links, events, evidence }: MailAlert, say: Say): Part[] {
  const bundle = webAddress(links.bundle);
  const offered: Link[] = [
    ...(bundle === null ? [] : [{ label: say.word('link.bundle'), url: bundle }]),
    ...(links.report === null ? [] : [{ label: say.word('link.report'), url: links.report }]),
    { label: say.word('link.rule'), url: links.rule },
  ];
  const names = events.length + evidence.length > 0;
  return [
    { kind: 'heading', text: say.word('check.heading') },
    { kind: 'paragraph', text: say.word(bundle === null ? 'check.noBundle' : 'check.download') },
    { kind: 'command', text: 'adit verify lot.bundle.json --log-key "…"' },
    { kind: 'paragraph', text: say.word('check.key') },
    ...(names ? [{ kind: 'paragraph' as const, text: say.word('check.events') }] : []),
    { kind: 'links', links: offered },
  ];
}

function footer({ ledger, manage = null }: MailOptions, say: Say): Part[] {
  return [
    { kind: 'footer', lines: [say.word('footer.why', { ledger }), say.word('footer.automatic')] },
    ...(manage === null ? [] : [{ kind: 'links' as const, links: [{ label: say.word('link.manage'), url: manage }] }]),
  ];
}

/** The period of a digest, and the number of its alerts that are not passed to the composer. */
export interface DigestPeriod {
  from: string;
  to: string;
  more: number;
}

/** Composes one mail about all notifications of a period, the gravest first. */
export function composeDigestMail(
  alerts: readonly MailAlert[],
  { from, to, more }: DigestPeriod,
  options: MailOptions,
): Mail {
  const say = sayIn(options.language);
  const sorted = severities.flatMap((severity) => alerts.filter((alert) => alert.severity === severity));
  const listed = sorted.slice(0, DIGEST_LIMIT);
  const left = more + sorted.length - listed.length;
  const gravest = sorted[0];
  const total = sorted.length + more;
  const title = total === 0 ? say.word('digest.subjectNone') : say.counted('digest.title', total);
  const letter: Letter = {
    subject:
      gravest === undefined
        ? title
        : say.counted('digest.subject', total, { severity: say.word(`severity.${gravest.severity}`) }),
    title,
    badge: null,
    parts: [
      { kind: 'facts', facts: [{ label: say.word('label.period'), value: `${say.time(from)} – ${say.time(to)}` }] },
      ...(total === 0 ? [{ kind: 'paragraph' as const, text: say.word('digest.none') }] : []),
      ...listed.flatMap((alert) => summaryOf(alert, say)),
      ...(left > 0 ? [{ kind: 'paragraph' as const, text: say.counted('digest.more', left) }] : []),
      { kind: 'paragraph', text: say.word('question') },
      ...footer(options, say),
    ],
  };
  return renderMail(letter, say);
}

const summaryOf = (alert: MailAlert, say: Say): Part[] => [
  {
    kind: 'heading',
    text: `${say.word(`severity.${alert.severity}`)}${say.word('colon')}${titleOf(alert, say)}`,
  },
  {
    kind: 'facts',
    facts: [
      { label: say.word('label.detail'), value: alert.detail, english: true },
      { label: say.word('label.status'), value: wordOr(say, `status.${alert.status}`, alert.status) },
      { label: say.word('label.opened'), value: say.time(alert.openedAt) },
    ],
  },
  { kind: 'links', links: [{ label: say.word('link.alert'), url: alert.links.alert }] },
];

/** Composes the mail by which a subscriber tests the delivery. */
export function composeTestMail(options: MailOptions): Mail {
  const say = sayIn(options.language);
  return renderMail(
    {
      subject: say.word('test.subject', { ledger: options.ledger }),
      title: say.word('test.title'),
      badge: null,
      parts: [{ kind: 'paragraph', text: say.word('test.body') }, ...footer(options, say)],
    },
    say,
  );
}

/** A disabled endpoint and the reason. */
export interface DisabledEndpoint {
  url: string;
  /** Time of the first failure. */
  since: string;
  /** `failing`: a week of failures; `gone`: it answered 410. */
  reason: 'failing' | 'gone';
}

/** Composes the mail to the owner of a webhook endpoint that is disabled. */
export function composeDisabledMail({ url, since, reason }: DisabledEndpoint, options: MailOptions): Mail {
  const say = sayIn(options.language);
  return renderMail(
    {
      subject: say.word('disabled.subject'),
      title: say.word('disabled.subject'),
      badge: null,
      parts: [
        { kind: 'paragraph', text: say.word(`disabled.${reason}`) },
        {
          kind: 'facts',
          facts: [
            { label: say.word('label.ledger'), value: options.ledger },
            { label: say.word('label.endpoint'), value: withoutSecrets(url) },
            ...(reason === 'failing' ? [{ label: say.word('label.since'), value: say.time(since) }] : []),
          ],
        },
        { kind: 'paragraph', text: say.word('disabled.next') },
        { kind: 'paragraph', text: say.word('disabled.kept') },
        ...footer(options, say),
      ],
    },
    say,
  );
}

/** Cuts a URL to host and path: credentials and the query often contain a key. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '?';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
