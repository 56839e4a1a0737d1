import type { Lot } from '../custody/view.js';
import { rules } from '../rules/index.js';
import { type RuleGroup, type Severity, severities } from '../rules/rule.js';

/** Never one green tick: the record, the custody and the risk are three questions (protocol.md §6). */
export interface Verdicts {
  record: 'intact' | 'broken';
  custody: 'complete' | 'open' | 'gaps';
  risk: 'none' | Severity | 'undetermined';
}

const groups = new Map<string, RuleGroup>(rules.map((rule) => [rule.id, rule.group]));

/**
 * @param findings that stand against the lot or what it was made of
 * @param undecided rules that could not decide about one of them; @param required those that must be able to
 */
export function verdictsOf(
  findings: readonly { rule: string; severity: Severity }[],
  undecided: readonly { rule: string }[],
  inTransit: boolean,
  required: readonly string[],
): Verdicts {
  const has = (group: RuleGroup): boolean => findings.some(({ rule }) => groups.get(rule) === group);
  const risks = findings
    .filter(({ rule }) => !['record', 'custody'].includes(groups.get(rule) ?? 'record'))
    .map(({ severity }) => severities.indexOf(severity));
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
