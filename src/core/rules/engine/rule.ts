import type * as z from 'zod';
import type { Evidence } from './evidence.js';
import type { Facts } from './facts.js';

/** In rising order. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
/** Returns the place of a severity in their rising order. */
export const rankOf = (severity: Severity): number => severities.indexOf(severity);

/** The verdict of a rule: `record` and `custody` are verdicts of their own, the other groups make up the risk. */
export const ruleGroups = ['record', 'custody', 'tags', 'mass', 'origin', 'movement', 'actors'] as const;
export type RuleGroup = (typeof ruleGroups)[number];

/** Kinds of facts to read before the verdicts, which no verdict expresses; in the order of display. */
export const noticeKinds = ['hold', 'assignment', 'dispute', 'incident', 'claim'] as const;
type NoticeKind = (typeof noticeKinds)[number];

/** Facts that a rule reads besides the entries to judge. The caller loads the union of what the rules declare. */
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
  | 'series'
  | 'record';

/**
 * The observation of a rule, for people to judge: a question, not an accusation. `measured` and `threshold` are short
 * texts with their unit ("50.1 KGM"); `lots` concern their buyers, `events` are the evidence.
 */
export interface Finding {
  rule: string;
  version: number;
  severity: Severity;
  /** The subject: a lot, an event, a tag, a site, or a stored row. */
  subject: string;
  /** Distinguishes this finding from others of the rule on the same subject. */
  cause: string;
  /**
   * The common cause of many findings: a site, an actor, a key, a device, a stored table. Findings of one root make one
   * alert. Absent: the subject.
   */
  root?: string;
  lots: string[];
  events: string[];
  measured: string;
  threshold: string;
  /** One sentence that explains it. */
  detail: string;
  /** The first entry of the log that it concerns. */
  firstIndex: number | null;
}

/** A finding as a rule's `evaluate` returns it; `judge` adds the rule's name and version. */
export type Observation = Omit<Finding, 'rule' | 'version'>;

/** The judged subjects. `all`: every subject of the rule, so that every finding that is not repeated is closed. */
type Subjects = string[] | 'all';

/**
 * Parameters by their names in the document of all parameters. The schema of each carries defaults, meanings and units.
 */
export type ParameterSchema = Readonly<Record<string, z.ZodType>>;

/** The parameters that a schema describes. */
export type ValuesOf<S extends ParameterSchema> = { readonly [Name in keyof S]: z.output<S[Name]> };

/**
 * A rule: a pure function from facts to findings, its parameters, and the texts that explain it. One file each;
 * `index.ts` lists them. `P` are the parameters that it reads: by default its own, `S`.
 * A rule must judge each of its `subjects` completely: an open finding on one of them that it does not repeat is
 * closed.
 */
export interface Rule<S extends ParameterSchema = ParameterSchema, P = ValuesOf<S>> {
  readonly id: string;
  /** Increased when the same facts give a different answer than before. */
  readonly version: number;
  readonly group: RuleGroup;
  /**
   * The verdict that its findings count in; absent: that of its group. `nothing`: they are about the signer, and no
   * verdict on a lot depends on them.
   */
  readonly weighs?: 'custody' | 'risk' | 'nothing';
  readonly title: string;
  /** What a finding means. */
  readonly means: string;
  /** What a finding does not mean. */
  readonly doesNotMean: string;
  /** The likeliest innocent cause and the likeliest bad one, as parts of a sentence. */
  readonly causes: Readonly<{ innocent: string; bad: string }>;
  /** What to do about a finding: the person to ask, the evidence that settles it, the event that closes it. */
  readonly advice: string;
  /** The kind of notice that its findings are, besides counting in a verdict. */
  readonly notice?: NoticeKind;
  /** Set if its findings depend on when an event entered the log. */
  readonly timed?: true;
  readonly parameters: S;
  /** Describes test, thresholds and severities, with the parameters in force. */
  readonly describe: (parameters: P) => string;
  /** The standard or programme the rule follows. */
  readonly standard: string;
  /** How sure its findings are. */
  readonly evidence: Evidence;
  readonly scope: readonly FactSet[];
  /**
   * Set if one lot's history is not enough. `more`: the history can convict, but facts outside it could add findings;
   * `whole`: the rule needs all facts, because it looks for what is missing or for a share of all.
   */
  readonly needs?: 'more' | 'whole';
  readonly subjects: (facts: Facts, parameters: P) => Subjects;
  readonly evaluate: (facts: Facts, parameters: P) => Observation[];
  /** Lists subjects that it cannot judge because evidence is not disclosed, each with a reason in one sentence. */
  readonly undecided?: (facts: Facts, parameters: P) => Undecided[];
  /** Lists entries to re-evaluate when the log's time reaches `at`, without a new entry. */
  readonly deadlines?: (facts: Facts, parameters: P) => Deadline[];
}

export interface Undecided {
  subject: string;
  lots: string[];
  reason: string;
}

interface Deadline {
  /** The subject to re-evaluate, and the index of an entry that triggers it. */
  subject: string;
  index: number;
  /** ms since 1970 UTC. */
  at: number;
}

/** The result of a rule: its findings, and all subjects that it judged. */
export interface Judgement {
  rule: string;
  subjects: Subjects;
  findings: Finding[];
  undecided: Undecided[];
  deadlines: Deadline[];
}

/** Runs one rule, for a caller that stores findings, closes those of judged subjects, and schedules deadlines. */
export function judge<P>(rule: Rule<ParameterSchema, P>, facts: Facts, parameters: P): Judgement {
  return {
    rule: rule.id,
    subjects: rule.subjects(facts, parameters),
    ...judgeOnce(rule, facts, parameters),
    deadlines: rule.deadlines?.(facts, parameters) ?? [],
  };
}

/** Marks a detail that names the likeliest causes of what was seen, and who can clear it up, by itself. */
const NAMES_CAUSES = /\b(?:likeliest|most likely)\b/i;

/** Returns a detail with the likeliest causes, innocent and bad, and who can clear it up; those of its rule by default. */
function explained(detail: string, { causes, advice }: Pick<Rule, 'causes' | 'advice'>): string {
  if (NAMES_CAUSES.test(detail)) return detail;
  const [who = ''] = advice.replaceAll('`', '').split(/(?<=\.)\s/, 1);
  return `${detail} Likeliest: ${causes.innocent}; at worst: ${causes.bad}. ${who}`;
}

/** Runs one rule, for a caller that stores nothing. */
export function judgeOnce<P>(
  rule: Rule<ParameterSchema, P>,
  facts: Facts,
  parameters: P,
): Pick<Judgement, 'findings' | 'undecided'> {
  return {
    findings: rule
      .evaluate(facts, parameters)
      .map((seen) => ({ rule: rule.id, version: rule.version, ...seen, detail: explained(seen.detail, rule) })),
    undecided: rule.undecided?.(facts, parameters) ?? [],
  };
}
