import type { Lot } from '../custody/view.js';
import { ruleById } from '../rules/index.js';
import { type Answered, isAnswered } from '../rules/answers.js';
import { type Rule, type Severity, severities } from '../rules/rule.js';

/** Never one green tick: the record, the custody and the risk are three questions (protocol.md §6). */
export interface Verdicts {
  record: 'intact' | 'broken';
  custody: 'complete' | 'open' | 'gaps';
  risk: 'none' | Severity | 'undetermined';
}

/** A finding on a lot, or on what it was made of, with what became of it. */
export interface Weighed extends Answered {
  rule: string;
}

type Axis = 'record' | 'custody' | 'risk' | 'nothing';

function axisOf({ group, weighs }: Pick<Rule, 'group' | 'weighs'>): Axis {
  if (weighs !== undefined) return weighs;
  return group === 'record' || group === 'custody' ? group : 'risk';
}

/** Returns the verdict that unanswered findings of a rule count in. */
export function axisOfRule(id: string): Axis {
  const rule = ruleById.get(id);
  return rule === undefined ? 'nothing' : axisOf(rule);
}

/** Returns the verdict that a finding counts in: none where it was answered, or is about whoever signed and not about the lot. */
export function axisOfFinding(finding: Weighed): Axis {
  return isAnswered(finding) ? 'nothing' : axisOfRule(finding.rule);
}

/**
 * Gives the three verdicts on a lot, for the service and for a bundle alike.
 * @param findings on the lot or on what it was made of, those that are answered included
 * @param undecided rules that could not decide about one of them; @param required those that must be able to
 */
export function verdictsOf(
  findings: readonly Weighed[],
  undecided: readonly { rule: string }[],
  inTransit: boolean,
  required: readonly string[],
): Verdicts {
  const weighed = findings.map((finding) => ({ severity: finding.severity, axis: axisOfFinding(finding) }));
  const has = (axis: Axis): boolean => weighed.some((finding) => finding.axis === axis);
  const risks = weighed.filter(({ axis }) => axis === 'risk').map(({ severity }) => severities.indexOf(severity));
  const open = undecided.some(({ rule }) => required.includes(rule)) ? 'undetermined' : 'none';
  return {
    record: has('record') ? 'broken' : 'intact',
    custody: has('custody') ? 'gaps' : inTransit ? 'open' : 'complete',
    risk: severities[Math.max(-1, ...risks)] ?? open,
  };
}

/** Shares of the lot's mass, "0.0000" to "1.0000". */
export interface Coverage {
  tracedToSite: string;
  assayed: string;
  signedByBothSides: string;
}

/** `part` of `whole` as a decimal share, rounded down to four places, so that only the whole is "1.0000". */
function share(part: bigint, whole: bigint): string {
  const tenThousandths = whole === 0n ? 0n : (part * 10_000n) / whole;
  return `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`;
}

/** @param assayed the share of the mass that an assay by a laboratory stands behind. */
export function coverageOf(lot: Pick<Lot, 'origins' | 'mass' | 'status'>, assayed: string): Coverage {
  const traced = lot.origins.reduce((sum, { mass }) => sum + mass, 0n);
  return {
    tracedToSite: share(traced, lot.mass),
    assayed,
    // Whatever a lot was made of was received before it was used; only its own last handover can still lack a signature.
    signedByBothSides: share(lot.status === 'inTransit' ? 0n : 1n, 1n),
  };
}
