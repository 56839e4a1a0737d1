import type { Verdicts } from '../api/lot.js';
import type { Coverage } from '../api/report.js';
import type { Lot } from '../custody/view.js';
import { ruleById } from '../rules/index.js';
import { type FindingAnswer, isAnswered } from '../rules/engine/answers.js';
import { byBytes, riskRankOf } from '../rules/engine/evidence.js';
import { type Rule, severities } from '../rules/engine/rule.js';

/** A finding on a lot or on an ancestor, with its state. */
export interface WeighedFinding extends FindingAnswer {
  rule: string;
}

type Axis = 'record' | 'custody' | 'risk' | 'nothing';

function axisOf({ group, weighs }: Pick<Rule, 'group' | 'weighs'>): Axis {
  if (weighs !== undefined) return weighs;
  return group === 'record' || group === 'custody' ? group : 'risk';
}

/** Returns the verdict in which open findings of a rule count. */
export function axisOfRule(id: string): Axis {
  const rule = ruleById.get(id);
  return rule === undefined ? 'nothing' : axisOf(rule);
}

/** Returns the verdict in which a finding counts: none if it is answered, or about the signer instead of the lot. */
export function axisOfFinding(finding: WeighedFinding): Axis {
  return isAnswered(finding) ? 'nothing' : axisOfRule(finding.rule);
}

/** Returns the rank of a finding in the verdict on risk, by the evidence of its rule. */
const rankInRisk = ({ rule, severity }: WeighedFinding): number =>
  riskRankOf(severity, ruleById.get(rule)?.evidence ?? byBytes);

/**
 * Computes the three verdicts on a lot; used by the service and for bundles. What is only unusual makes a medium risk at most.
 * @param findings on the lot or on ancestors, answered ones included
 * @param undecided rules that could not decide about one of them
 * @param required rules that must decide
 */
export function verdictsOf(
  findings: readonly WeighedFinding[],
  undecided: readonly { rule: string }[],
  inTransit: boolean,
  required: readonly string[],
): Verdicts {
  const weighed = findings.map((finding) => ({ rank: rankInRisk(finding), axis: axisOfFinding(finding) }));
  const has = (axis: Axis): boolean => weighed.some((finding) => finding.axis === axis);
  const risks = weighed.filter(({ axis }) => axis === 'risk').map(({ rank }) => rank);
  const open = undecided.some(({ rule }) => required.includes(rule)) ? 'undetermined' : 'none';
  return {
    record: has('record') ? 'broken' : 'intact',
    custody: has('custody') ? 'gaps' : inTransit ? 'open' : 'complete',
    risk: severities[Math.max(-1, ...risks)] ?? open,
  };
}

/** Formats `part` of `whole` as a decimal share, rounded down to four places, so that only the whole is "1.0000". */
function share(part: bigint, whole: bigint): string {
  const tenThousandths = whole === 0n ? 0n : (part * 10_000n) / whole;
  return `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`;
}

/**
 * Computes which shares of a lot have origins, assays and signatures.
 * @param assayed the share of the mass with an assay by a laboratory
 */
export function coverageOf(lot: Pick<Lot, 'origins' | 'mass' | 'status'>, assayed: string): Coverage {
  const traced = lot.origins.reduce((sum, { mass }) => sum + mass, 0n);
  return {
    tracedToSite: share(traced, lot.mass),
    assayed,
    // Ancestors were received before their use; only the lot's own last handover can lack a signature.
    signedByBothSides: share(lot.status === 'inTransit' ? 0n : 1n, 1n),
  };
}
