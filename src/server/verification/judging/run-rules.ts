import { Script, createContext } from 'node:vm';
import { references } from '../../../core/event/references.js';
import type { Facts, JudgedEvent } from '../../../core/rules/engine/facts.js';
import type { CatalogueRule, Parameters } from '../../../core/rules/index.js';
import { type Judgement, type Undecided, judge } from '../../../core/rules/engine/rule.js';
import { ruleFailed } from '../../../core/rules/engine/rule-failed.js';

/** Time limit of one rule on one piece of the log, ms. */
const TIME_LIMIT = 5_000;
/** Id of the finding by which the operator learns that a rule failed. */
export const RULE_FAILED = ruleFailed.id;

const context = createContext({ run: () => undefined as unknown });
const script = new Script('run()');

/** Runs a function and aborts it after a time, even if it loops. */
function withinTime<T>(run: () => T, milliseconds: number): T {
  context.run = run;
  return script.runInContext(context, { timeout: milliseconds }) as T;
}

/**
 * Runs every rule. A rule that throws or exceeds its time never stops the others: it runs again on each entry alone,
 * its failures are left undecided, and a finding notifies the operator. All rules share one time limit, because setting
 * one costs more than most rules; if it is reached, each gets its own.
 * @param limit ms of one rule at most.
 */
export function runRules(
  rules: readonly CatalogueRule[],
  facts: Facts,
  parameters: Parameters,
  limit: number = TIME_LIMIT,
): Judgement[] {
  try {
    return withinTime(() => rules.map((rule) => attempt(rule, facts, parameters)), limit).flatMap((done, i) =>
      'judgement' in done
        ? [done.judgement]
        : runAlone(rules[i] as CatalogueRule, facts, parameters, limit, done.reason),
    );
  } catch {
    return rules.flatMap((rule) => runOne(rule, facts, parameters, limit));
  }
}

type Attempt = { judgement: Judgement } | { reason: string };

function attempt(rule: CatalogueRule, facts: Facts, parameters: Parameters): Attempt {
  try {
    return { judgement: judge(rule, facts, parameters) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function runOne(rule: CatalogueRule, facts: Facts, parameters: Parameters, limit: number): Judgement[] {
  try {
    return [withinTime(() => judge(rule, facts, parameters), limit)];
  } catch (error) {
    return runAlone(rule, facts, parameters, limit, reasonOf(error));
  }
}

function runAlone(
  rule: CatalogueRule,
  facts: Facts,
  parameters: Parameters,
  limit: number,
  reason: string,
): Judgement[] {
  const judgements: Judgement[] = [];
  const undecided: Undecided[] = [];
  const failed: JudgedEvent[] = [];
  for (const entry of facts.entries) {
    const alone: Facts = { ...facts, entries: [entry] };
    try {
      judgements.push(withinTime(() => judge(rule, alone, parameters), limit));
    } catch (error) {
      const { lots, outputs } = references(entry.event);
      const named = [...lots.map(({ lot }) => lot), ...outputs];
      undecided.push({ subject: entry.event.id, lots: named, reason: `The rule failed: ${reasonOf(error)}` });
      failed.push(entry);
    }
  }
  const nothing = { findings: [], deadlines: [] };
  // If each entry alone succeeds, all of them together caused the failure.
  const findings = failuresOf(rule, reason, failed.length > 0 ? failed : facts.entries.slice(0, 1));
  return [
    ...judgements,
    { rule: rule.id, subjects: [], undecided, ...nothing },
    { rule: RULE_FAILED, subjects: [], undecided: [], findings, deadlines: [] },
  ];
}

/** Returns the day of an entry by the log's clock. */
const dayOf = ({ recordedAt }: JudgedEvent): string =>
  recordedAt === null ? 'before its first day' : new Date(recordedAt).toISOString().slice(0, 10);

/**
 * Returns one finding for each day of the log, so that an answered one does not hide later failures. It names no event,
 * because its signer could then explain the finding away.
 */
function failuresOf(rule: CatalogueRule, reason: string, entries: readonly JudgedEvent[]): Judgement['findings'] {
  const byDay = new Map<string, JudgedEvent>();
  for (const entry of entries) if (!byDay.has(dayOf(entry))) byDay.set(dayOf(entry), entry);
  return [...byDay].map(([day, first]) => failureOf(rule, reason, day, first));
}

const failureOf = (
  rule: CatalogueRule,
  reason: string,
  day: string,
  first: JudgedEvent,
): Judgement['findings'][number] => ({
  rule: RULE_FAILED,
  version: ruleFailed.version,
  severity: 'high',
  subject: rule.id,
  cause: `version ${rule.version}, ${day}`,
  lots: [],
  events: [],
  measured: reason.slice(0, 200),
  threshold: 'an answer',
  detail: `Rule ${rule.id} failed on an entry (of ${day}); what it could not judge is undecided. This is for whoever operates the service.`,
  firstIndex: first.index,
});

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
