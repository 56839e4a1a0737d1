import { ruleById } from '../rules/index.js';

/** The members of findings, and of alerts made of them, that name lots and events. */
interface Observed {
  rule: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  detail: string;
}

/** Replaces a text that may name lots of others. */
export const NOT_SHOWN = 'not shown';

/**
 * Returns a finding as a viewer may see it. If it names lots that the viewer may not see, only its rule, its severity and
 * the viewer's own lots remain, because its texts and events may name those of others.
 * @param visible those of its lots that the viewer may see.
 */
export function observedBy<T extends Observed>(finding: T, visible: { has(lot: string): boolean }): T {
  const lots = finding.lots.filter((lot) => visible.has(lot));
  if (lots.length === finding.lots.length) return finding;
  const title = ruleById.get(finding.rule)?.title ?? finding.rule;
  return {
    ...finding,
    lots,
    events: [],
    measured: NOT_SHOWN,
    threshold: NOT_SHOWN,
    detail: `${title}. It also concerns lots that you may not see.`,
    ...('subject' in finding ? { subject: lots[0] ?? NOT_SHOWN } : {}),
  };
}

/** Rules about trade. Findings of all others are about the record itself, and the operator sees those that name no lot. */
export const tradeRules: readonly string[] = [...ruleById.values()]
  .filter(({ group }) => group !== 'record')
  .map(({ id }) => id);

/** Whether a finding or an alert is about the record itself and names no lot, so that the operator sees it. */
export const isOperating = ({ rule, lots }: Pick<Observed, 'rule' | 'lots'>): boolean =>
  lots.length === 0 && !tradeRules.includes(rule);
