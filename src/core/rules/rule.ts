import type { Facts } from './facts.js';
import type { Parameters } from './parameters.js';

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Which verdict a rule speaks to: `record` and `custody` are axes of their own, the others make up the risk. */
export type RuleGroup = 'record' | 'custody' | 'tags' | 'mass' | 'origin' | 'movement' | 'actors';

/**
 * What a rule reads beside the entries being judged. Whoever runs the rules loads the union of what they declare, so a
 * rule that reads little costs little.
 */
export type FactSet =
  | 'chains'
  | 'handovers'
  | 'refusals'
  | 'about'
  | 'tagUses'
  | 'production'
  | 'upstream'
  | 'exports'
  | 'seen'
  | 'totals'
  | 'record';

/**
 * What a rule has seen, for people to judge: a question, not an accusation. `measured` and `threshold` are short texts
 * with their unit ("50.1 KGM"); `lots` are those whose buyers should know, `events` the entries that show it.
 */
export interface Finding {
  rule: string;
  version: number;
  severity: Severity;
  /** What was judged: a lot, an event, a tag, a site, or a stored row. */
  subject: string;
  /** What tells this finding from others of the rule on the same subject. */
  cause: string;
  /**
   * What it is put down to where one cause shows in many findings: a site, an actor, a key, a device, a stored table.
   * Those that share it are told as one. Absent: its subject.
   */
  root?: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  /** One sentence for people. */
  detail: string;
  /** The first entry of the log that it concerns. */
  firstIndex: number | null;
}

/** What a rule's `evaluate` gives; the rule's name and version are added by `judge`. */
export type Observation = Omit<Finding, 'rule' | 'version'>;

/** What was judged; `all`: everything the rule can ever speak of, so that whatever is not found again is closed. */
export type Subjects = string[] | 'all';

/**
 * A rule: a pure function from facts to findings, and the words that explain it. One file each; `index.ts` lists them.
 * It must judge each of its `subjects` wholly: an open finding on one of them that is not found again is closed.
 */
export interface Rule {
  readonly id: string;
  /** Raised when the same facts give another answer than before. */
  readonly version: number;
  readonly group: RuleGroup;
  /**
   * Which verdict its findings count in; absent: that of its group. `nothing`: they are about whoever signed, and no verdict
   * on a lot depends on them.
   */
  readonly weighs?: 'custody' | 'risk' | 'nothing';
  readonly title: string;
  /** What a finding means. */
  readonly means: string;
  /** What must not be read into it. */
  readonly doesNotMean: string;
  /** Test, thresholds and severities in words, filled from the parameters in force. */
  describe(parameters: Parameters): string;
  /** The standard or programme the rule follows. */
  readonly standard: string;
  readonly scope: readonly FactSet[];
  /**
   * Where one lot's history is not enough. `more`: what it shows can convict, and what is not in it might; `whole`: without
   * the rest it says nothing, because it looks for what is missing or for a share of all.
   */
  readonly needs?: 'more' | 'whole';
  subjects(facts: Facts, parameters: Parameters): Subjects;
  evaluate(facts: Facts, parameters: Parameters): Observation[];
  /** Subjects that it cannot judge, because evidence that exists has not been disclosed; say why in one sentence. */
  undecided?(facts: Facts, parameters: Parameters): Undecided[];
  /** Entries that are to be judged again when the log's time reaches `at`, though nothing new is said. */
  deadlines?(facts: Facts, parameters: Parameters): Deadline[];
}

export interface Undecided {
  subject: string;
  lots: string[];
  reason: string;
}

export interface Deadline {
  /** What is judged again, by the rule's own subjects, and the index of an entry that has it judged. */
  subject: string;
  index: number;
  /** ms since 1970 UTC. */
  at: number;
}

/** What running a rule gives: its findings, and all subjects that were judged, found wanting or not. */
export interface Judgement {
  rule: string;
  subjects: Subjects;
  findings: Finding[];
  undecided: Undecided[];
  deadlines: Deadline[];
}

/** Runs one rule, for whoever keeps findings: what was judged says which of them close, the deadlines when to judge again. */
export function judge(rule: Rule, facts: Facts, parameters: Parameters): Judgement {
  return {
    rule: rule.id,
    subjects: rule.subjects(facts, parameters),
    ...judgeOnce(rule, facts, parameters),
    deadlines: rule.deadlines?.(facts, parameters) ?? [],
  };
}

/** Runs one rule, for whoever asks once and keeps nothing. */
export function judgeOnce(rule: Rule, facts: Facts, parameters: Parameters): Pick<Judgement, 'findings' | 'undecided'> {
  return {
    findings: rule
      .evaluate(facts, parameters)
      .map((observation) => ({ rule: rule.id, version: rule.version, ...observation })),
    undecided: rule.undecided?.(facts, parameters) ?? [],
  };
}
