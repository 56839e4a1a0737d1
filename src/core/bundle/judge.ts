import { inForce } from '../custody/corrections.js';
import { Upstream, shareText } from '../custody/flows.js';
import { stateOf } from '../custody/lot-state.js';
import type { LedgerView } from '../custody/view.js';
import { isCovered, isSettled } from '../rules/engine/answers.js';
import { custodyTypes } from '../rules/engine/each-event.js';
import { factsOfLog } from '../rules/engine/facts-of-log.js';
import { type Facts, type JudgedEvent, judgedEvent } from '../rules/engine/facts.js';
import { findingId } from '../rules/engine/fingerprint.js';
import { byBytes, type Evidence } from '../rules/engine/evidence.js';
import { type Parameters, eventRules, ruleById } from '../rules/index.js';
import { type Finding, type Judgement, judgeOnce } from '../rules/engine/rule.js';
import type { LotState, Verdicts } from '../api/lot.js';
import type { Coverage, Notice } from '../api/report.js';
import { type AnswerGiven, type AnswerAuthority, standingOf } from './answers.js';
import type { BundledEvent } from './events.js';
import { noticesOf } from './notices.js';
import type { Statement } from './statement.js';
import type { LogTimes } from './times.js';
import { axisOfFinding, coverageOf, verdictsOf } from './verdicts.js';

/** A finding on the lot or on an ancestor, with its state. */
interface JudgedFinding extends Finding, AnswerAuthority, Evidence {
  id: string;
  /** Share of the lot's mass. */
  share: string;
  /** Whether it counts in a verdict: not if it is explained, or about the signer instead of the lot. */
  counts: boolean;
}

/** The result of the rules on the events of a bundle. */
export interface BundleJudgement {
  lot: LotState;
  verdicts: Verdicts;
  coverage: Coverage;
  /** Facts to read first, in words: holds, assignments, open disputes and incidents. */
  notices: Notice[];
  /** Open findings. */
  findings: JudgedFinding[];
  /** Findings that an entitled actor dismissed or closed; they count in no verdict. */
  settled: JudgedFinding[];
  /** Rules that could not decide, with the reason. */
  undecided: { rule: string; reason: string }[];
  /** What the service states of the rules that need more than this history; null: nothing. Signed, and not proved. */
  stated: Statement | null;
  /** The newest time of the log in the bundle, ms since 1970 UTC. */
  now: number | null;
}

/** A history whose signatures, chains and admission are verified. */
export interface History {
  lot: string;
  events: readonly BundledEvent[];
  /** The ledger after these events. */
  view: LedgerView;
  /** The lots of the bundle. */
  scope: ReadonlySet<string>;
  answers: readonly AnswerGiven[];
  times: LogTimes;
  /** Whether the bundle is proved to be complete about the lots and their tags. */
  sealed: boolean;
  stated: Statement | null;
}

/** The end of an open time span at which entries are assumed. */
type End = 'earliest' | 'latest';

const OUTSIDE = "It asks for what others did, which is not in one lot's history.";
const UNSEALED = 'Other uses of the tags may have been left out: the bundle is not under a sealed index.';
const UNTIMED = 'The bundle has no log.clock after some of the events: nothing bounds when they entered the log.';

/**
 * Runs every rule for which one lot's history is enough. A rule about more than that, such as a site's production or a
 * device's entries, can convict by the bundle, but not acquit.
 */
export function judgeBundle(history: History, parameters: Parameters): BundleJudgement {
  const { lot, view, scope, sealed } = history;
  const state = view.lots.get(lot);
  if (state === undefined) throw new Error(`Lot ${lot} was not admitted.`);
  const entries = judgedEvents(history, 'earliest');
  const facts = factsOf(history, entries, 'earliest', parameters);
  const upstream = new Upstream(lot, view.changes.lineage);
  const { findings: all, undecided } = runRules(facts, scope, parameters);
  const found = all.filter(({ lots }) => lots.some((named) => scope.has(named)));
  if (!sealed)
    for (const { id, scope: reads, needs } of eventRules)
      if (needs === undefined && reads.includes('tagUses')) undecided.push({ rule: id, reason: UNSEALED });
  if (isUntimed(history))
    for (const { id, timed } of eventRules) if (timed) undecided.push({ rule: id, reason: UNTIMED });
  const judged = settle(found, all, history, entries, facts.now, parameters).map((finding) => ({
    ...finding,
    ...(ruleById.get(finding.rule)?.evidence ?? byBytes),
    counts: axisOfFinding(finding) !== 'nothing',
    share: shareText(upstream.shareThrough(new Set(finding.lots))),
  }));
  const findings = judged.filter(({ status }) => !isSettled(status));
  const assayed = new Set([...scope].filter((id) => view.lots.get(id)?.assayed === true));
  return {
    lot: stateOf(state),
    verdicts: verdictsOf(findings, undecided, state.status === 'inTransit', parameters.required),
    coverage: coverageOf(state, shareText(upstream.shareThrough(assayed))),
    notices: noticesOf(findings),
    findings,
    settled: judged.filter(({ status }) => isSettled(status)),
    undecided: distinct(undecided),
    stated: history.stated,
    now: facts.now,
  };
}

/** Returns whether a custody event entered the log after the bundle's last time, so that its time has no bound. */
const isUntimed = ({ events, times }: History): boolean =>
  events.some(({ index, event }) => {
    const { wide, latest } = times.asOf(index);
    return wide && latest === null && (custodyTypes as readonly string[]).includes(event.type);
  });

/**
 * Returns the rules whose findings depend on times that the bundle does not prove exactly, or `expired` if an event
 * limited its own admission time. Empty: the missing times change nothing.
 */
export function timeMatters(
  history: History,
  { findings, settled }: BundleJudgement,
  parameters: Parameters,
): string[] {
  const { events, scope, times } = history;
  const wide = events.filter(({ index, event }) => {
    const size = event.seen?.size ?? 0;
    return isOpen(times, index) || (size > 0 && isOpen(times, size));
  });
  if (wide.length === 0) return [];
  const facts = factsOf(history, judgedEvents(history, 'latest'), 'latest', parameters);
  const later = runRules(facts, scope, parameters)
    .findings.filter(({ lots }) => lots.some((lot) => scope.has(lot)))
    .map(nameOf);
  const sooner = [...findings, ...settled].map(nameOf);
  const differ = [...later.filter((name) => !sooner.includes(name)), ...sooner.filter((name) => !later.includes(name))];
  const expired = wide.some(({ index, event: { exp } }) => {
    const { earliest, latest } = times.asOf(index);
    return exp !== undefined && latest !== null && exp * 1_000 < latest && exp * 1_000 >= (earliest ?? 0);
  });
  return [...new Set([...differ.map((name) => name.split(' ')[0] ?? ''), ...(expired ? ['expired'] : [])])];
}

/** Returns whether the time as of a size is a span with an end. */
function isOpen(times: LogTimes, size: number): boolean {
  const { wide, latest } = times.asOf(size);
  return wide && latest !== null;
}

/** Returns a key for a finding that does not depend on the hour under which its entries are filed. */
const nameOf = ({ rule, severity, cause, events }: Finding): string =>
  [rule, severity, cause, ...events.toSorted()].join(' ');

type JudgedFindings = Pick<Judgement, 'findings' | 'undecided'>;

function runRules(
  facts: Facts,
  scope: ReadonlySet<string>,
  parameters: Parameters,
): { findings: Finding[]; undecided: BundleJudgement['undecided'] } {
  const undecided: BundleJudgement['undecided'] = [];
  const findings: Finding[] = [];
  for (const rule of eventRules) {
    const judgement = rule.needs === 'whole' ? OUTSIDE : attempt(() => judgeOnce(rule, facts, parameters));
    if (typeof judgement === 'string') undecided.push({ rule: rule.id, reason: judgement });
    else {
      findings.push(...judgement.findings);
      for (const { lots, reason } of judgement.undecided)
        if (lots.some((named) => scope.has(named))) undecided.push({ rule: rule.id, reason });
    }
    if (rule.needs === 'more') undecided.push({ rule: rule.id, reason: OUTSIDE });
  }
  return { findings, undecided };
}

function attempt(run: () => JudgedFindings): JudgedFindings | string {
  try {
    return run();
  } catch (error) {
    return `The rule failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Applies the answers in the bundle to the findings. An answer to one finding covers all of the same root.
 * @param all the result of the rules on all events of the bundle, on any lots
 */
function settle(
  findings: readonly Finding[],
  all: readonly Finding[],
  { events, view, answers, times }: History,
  entries: readonly JudgedEvent[],
  now: number | null,
  parameters: Parameters,
): (Finding & AnswerAuthority & { id: string })[] {
  const signers = new Map(answers.length === 0 ? [] : events.map(({ event }) => [event.id, event.iss]));
  const byId = new Map(answers.length === 0 ? [] : all.map((finding) => [findingId(view.log, finding), finding]));
  const pasts = new Map<number, Facts>();
  const asOf = (index: number): Facts => {
    const known = pasts.get(index);
    if (known !== undefined) return known;
    const before = entries.slice(
      0,
      entries.findIndex((entry) => entry.index === index),
    );
    const facts = { ...factsOfLog(before, view.lots, parameters), seenAt: seenTimes(events, times, 'earliest') };
    pasts.set(index, facts);
    return facts;
  };
  return findings.map((finding) => {
    const id = findingId(view.log, finding);
    const own = answers.filter(({ event: { payload } }) => {
      const named = payload.finding === id ? finding : byId.get(payload.finding);
      return named === finding || (named !== undefined && isCovered(named, finding));
    });
    const found = (index: number): Finding | null => {
      const rule = ruleById.get(finding.rule);
      const then = rule === undefined ? [] : judgeOnce(rule, asOf(index), parameters).findings;
      return then.find((each) => findingId(view.log, each) === id) ?? null;
    };
    const named = new Set(finding.events.flatMap((event) => signers.get(event) ?? []));
    const parties = [...named, ...finding.lots.flatMap((lot) => view.lots.get(lot)?.holder ?? [])];
    const concerned = parties.flatMap((actor) => view.actors.get(actor)?.country ?? []);
    return { ...finding, id, ...standingOf(finding, own, named, concerned, found, now) };
  });
}

function factsOf({ events, view, times }: History, entries: JudgedEvent[], end: End, parameters: Parameters): Facts {
  return { ...factsOfLog(entries, view.lots, parameters), seenAt: seenTimes(events, times, end) };
}

function judgedEvents({ events, view, times }: History, end: End): JudgedEvent[] {
  return events.map(({ index, event }) => {
    const recordedAt = event.type === 'log.clock' ? event.occurredAtMs : timeAt(times, index, end);
    return judgedEvent(index, event, recordedAt, inForce(view.corrections.get(event.id) ?? []));
  });
}

/** Returns the log's time for each checkpoint that a signer had seen. */
function seenTimes(events: readonly BundledEvent[], times: LogTimes, end: End): Map<number, number> {
  const seenAt = new Map<number, number>();
  for (const { event } of events) {
    const size = event.seen?.size ?? 0;
    const time = size === 0 || seenAt.has(size) ? null : timeAt(times, size, end);
    if (time !== null) seenAt.set(size, time);
  }
  return seenAt;
}

function timeAt(times: LogTimes, size: number, end: End): number | null {
  const { earliest, latest } = times.asOf(size);
  return end === 'latest' ? (latest ?? earliest) : earliest;
}

const distinct = (list: BundleJudgement['undecided']): BundleJudgement['undecided'] => [
  ...new Map(list.map((each) => [`${each.rule} ${each.reason}`, each])).values(),
];
