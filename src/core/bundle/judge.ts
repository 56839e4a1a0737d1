import { inForce } from '../custody/corrections.js';
import { Upstream, shareText } from '../custody/flows.js';
import { type LotState, stateOf } from '../custody/lot-state.js';
import type { LedgerView } from '../custody/view.js';
import { factsOfLog } from '../rules/facts-of-log.js';
import { type JudgedEvent, judgedEvent } from '../rules/facts.js';
import { eventRules } from '../rules/index.js';
import type { Parameters } from '../rules/parameters.js';
import { type Finding, type Judgement, judgeOnce } from '../rules/rule.js';
import type { BundledEvent } from './events.js';
import { type Coverage, type Verdicts, coverageOf, verdictsOf } from './verdicts.js';

/** What the events of a bundle come to by the rules. */
export interface Judged {
  lot: LotState;
  verdicts: Verdicts;
  coverage: Coverage;
  /** On the lot, or on what it was made of; `share` is that of the lot's mass. */
  findings: (Finding & { share: string })[];
  /** What the rules could not decide, and why. */
  undecided: { rule: string; reason: string }[];
  /** The newest time of the log that the bundle has, ms since 1970 UTC. */
  now: number | null;
}

const OUTSIDE = "It asks for what others did, which is not in one lot's history.";
const UNSEALED = 'Other uses of the tags may have been left out: the bundle is not under a sealed index.';

/**
 * Judges by every rule that one lot's history is enough for. Where a rule asks about more than that, about all that a site
 * dug or a device recorded, what is in the bundle can still convict, but not acquit.
 * @param sealed whether nothing about the lots and their tags can have been left out
 */
export function judgeBundle(
  lot: string,
  events: readonly BundledEvent[],
  view: LedgerView,
  scope: ReadonlySet<string>,
  sealed: boolean,
  parameters: Parameters,
): Judged {
  const state = view.lots.get(lot);
  if (state === undefined) throw new Error(`Lot ${lot} was not admitted.`);
  const entries = judgedEvents(events, view);
  const facts = factsOfLog(entries, view.lots, parameters);
  const upstream = new Upstream(lot, view.changes.lineage);
  const undecided: Judged['undecided'] = [];
  const findings: Judged['findings'] = [];
  for (const rule of eventRules) {
    const judgement = rule.needs === 'whole' ? OUTSIDE : attempt(() => judgeOnce(rule, facts, parameters));
    if (typeof judgement === 'string') undecided.push({ rule: rule.id, reason: judgement });
    else {
      for (const finding of judgement.findings)
        if (finding.lots.some((named) => scope.has(named)))
          findings.push({ ...finding, share: shareText(upstream.shareThrough(new Set(finding.lots))) });
      for (const { lots, reason } of judgement.undecided)
        if (lots.some((named) => scope.has(named))) undecided.push({ rule: rule.id, reason });
    }
    if (rule.needs === 'more') undecided.push({ rule: rule.id, reason: OUTSIDE });
    else if (!sealed && rule.scope.includes('tagUses')) undecided.push({ rule: rule.id, reason: UNSEALED });
  }
  const assayed = new Set([...scope].filter((id) => view.lots.get(id)?.assayed === true));
  return {
    lot: stateOf(state),
    verdicts: verdictsOf(findings, undecided, state.status === 'inTransit', parameters.required),
    coverage: coverageOf(state, shareText(upstream.shareThrough(assayed))),
    findings,
    undecided: distinct(undecided),
    now: facts.now,
  };
}

type Found = Pick<Judgement, 'findings' | 'undecided'>;

function attempt(run: () => Found): Found | string {
  try {
    return run();
  } catch (error) {
    return `The rule failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function judgedEvents(events: readonly BundledEvent[], view: LedgerView): JudgedEvent[] {
  let recordedAt: number | null = null;
  return events.map(({ index, event }) => {
    if (event.type === 'log.clock') recordedAt = event.occurredAtMs;
    return judgedEvent(index, event, recordedAt, inForce(view.corrections.get(event.id) ?? []));
  });
}

const distinct = (list: Judged['undecided']): Judged['undecided'] => [
  ...new Map(list.map((each) => [`${each.rule} ${each.reason}`, each])).values(),
];
