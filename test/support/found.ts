import { defaultParameters, eventRules } from '../../src/core/rules/index.js';
import { type Finding, judgeOnce } from '../../src/core/rules/engine/rule.js';
import type { ScriptedLog } from './scripted-log.js';

/** What all rules find in the whole of a log. */
export function findingsIn(log: ScriptedLog): Finding[] {
  const facts = log.facts();
  return eventRules.flatMap((rule) => judgeOnce(rule, facts, defaultParameters).findings);
}

/** The rules that find anything in a log, as often as they do. */
export const found = (log: ScriptedLog): string[] =>
  findingsIn(log)
    .map(({ rule }) => rule)
    .toSorted();
