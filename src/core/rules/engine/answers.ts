import { dateMs } from '../../event/primitives.js';
import type { FindingAnswered } from '../../event/types/finding-answered.js';
import { type Severity, rankOf } from './rule.js';

const DAY = 86_400_000;

/** `open` until the cause ends or an authorised actor answers (docs/rules.md, "What becomes of a finding"). */
export const findingStatuses = ['open', 'explained', 'mitigated', 'dismissed', 'closed'] as const;
export type FindingStatus = (typeof findingStatuses)[number];

/** The status of a finding after each kind of answer. */
export const statusAfter = {
  explain: 'explained',
  mitigate: 'mitigated',
  dismiss: 'dismissed',
  close: 'closed',
} as const satisfies Record<string, FindingStatus>;
export type Answer = keyof typeof statusAfter;

/** Roles that may end a finding which does not name them. */
export const OFFICIAL_ROLES: readonly string[] = ['registrar', 'authority'];

/** Returns the country that limits an answerer, a registrar's own; null: no limit (authority, root registrar). */
export const boundOf = (roles: readonly string[], country: string | null): string | null =>
  roles.includes('authority') ? null : country;

/**
 * Returns whether a country has jurisdiction over a finding: it is the country of a signer of its events, or of a
 * holder of its goods.
 * @param concerned the countries of signers and holders; if none is known, every official has jurisdiction
 */
export const hasSayIn = (bound: string | null, concerned: readonly (string | null)[]): boolean =>
  bound === null || concerned.length === 0 || concerned.includes(bound);

/** The relation of an answerer to a finding. */
export interface Answerer {
  /** Has one of the official roles, and jurisdiction over the finding. */
  official: boolean;
  /** Signed one of its events, or holds one of its lots. */
  named: boolean;
}

/**
 * Returns whether an answer counts. Actors that a finding names may explain and mitigate it; a registrar or an
 * authority may also dismiss and close it. Answers of other actors are shown without effect.
 */
export const mayAnswer = (answer: Answer, { official, named }: Answerer): boolean =>
  official || (named && (answer === 'explain' || answer === 'mitigate'));

/** Returns the end of the day on which a mitigation is due, ms since 1970 UTC. Null: nothing is due. */
export function mitigationDue({ dueOn }: Pick<FindingAnswered, 'dueOn'>): number | null {
  const due = dueOn === undefined ? null : dateMs(dueOn);
  return due === null ? null : due + DAY;
}

/** Returns whether an entitled actor dismissed or closed a finding, which is then not listed as open. */
export const isSettled = (status: FindingStatus): boolean => status === 'dismissed' || status === 'closed';

/** The highest severity that an explanation by actors that the finding names settles. */
const EXPLAINED_BY_PARTIES: Severity = 'medium';

/**
 * Returns whether a finding counts in no verdict because of its answer: dismissed, closed, or explained by an official
 * or, up to medium, by the actors that it names. No actor can settle a more serious finding about itself.
 */
export const isAnswered = ({ status, severity, official }: FindingAnswer): boolean =>
  isSettled(status) || (status === 'explained' && (official || rankOf(severity) <= rankOf(EXPLAINED_BY_PARTIES)));

/** A finding with the answer that counts. */
export interface FindingAnswer {
  severity: Severity;
  status: FindingStatus;
  /** Whether the answer is by a registrar or an authority with jurisdiction. */
  official: boolean;
}

/** The common cause of findings: the rule and the root. */
interface FindingCause {
  rule: string;
  subject: string;
  root?: string;
}

/** Returns whether an answer to one finding covers another: both have one rule and one root, as in one alert. */
export const isCovered = (answered: FindingCause, other: FindingCause): boolean =>
  answered.rule === other.rule &&
  answered.root !== undefined &&
  answered.root === other.root &&
  answered.root !== answered.subject &&
  other.root !== other.subject;

type Evidence = { severity: Severity; events: readonly string[] };

/** Returns whether a finding exceeds what was answered: other events, or a higher severity. It is then open again. */
export const isMoreThan = (now: Evidence, answered: Evidence): boolean =>
  rankOf(now.severity) > rankOf(answered.severity) || now.events.some((event) => !answered.events.includes(event));
