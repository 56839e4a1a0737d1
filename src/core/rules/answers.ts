import { dateMs } from '../event/primitives.js';
import type { FindingAnswered } from '../event/types/finding-answered.js';
import { type Severity, severities } from './rule.js';

const DAY = 86_400_000;

/** What each answer makes of a finding. */
export const statusAfter = {
  explain: 'explained',
  mitigate: 'mitigated',
  dismiss: 'dismissed',
  close: 'closed',
} as const;
export type Answer = keyof typeof statusAfter;
export type FindingStatus = 'open' | (typeof statusAfter)[Answer];

/** Roles of those who may end a finding that they are not named by. */
export const OFFICIAL_ROLES: readonly string[] = ['registrar', 'authority'];

/** The country that bounds whoever answers: a registrar's; null: none, as for an authority or the root registrar. */
export const boundOf = (roles: readonly string[], country: string | null): string | null =>
  roles.includes('authority') ? null : country;

/**
 * Whether a country gives a say in a finding: it is that of somebody who signed what it shows, or who has the goods.
 * @param concerned their countries; where none is known, everybody official has a say
 */
export const hasSayIn = (bound: string | null, concerned: readonly (string | null)[]): boolean =>
  bound === null || concerned.length === 0 || concerned.includes(bound);

/** What whoever answers is to the finding. */
export interface Answerer {
  /** Has one of the official roles, and a say in the countries concerned. */
  official: boolean;
  /** Signed one of its events, or holds one of its lots. */
  named: boolean;
}

/**
 * Whether an answer counts. Those a finding names may explain and mitigate it; a registrar or an authority may also dismiss
 * and close it. Whoever else answers is shown, and changes nothing.
 */
export const mayAnswer = (answer: Answer, { official, named }: Answerer): boolean =>
  official || (named && (answer === 'explain' || answer === 'mitigate'));

/** Until when a mitigation is to be done, ms since 1970 UTC: the day itself still counts. Null: nothing is due. */
export function mitigationDue({ dueOn }: Pick<FindingAnswered, 'dueOn'>): number | null {
  const due = dueOn === undefined ? null : dateMs(dueOn);
  return due === null ? null : due + DAY;
}

/** Tells whether somebody entitled has dismissed or closed a finding: it is then no longer shown among those that stand. */
export const isSettled = (status: FindingStatus): boolean => status === 'dismissed' || status === 'closed';

/** How serious a finding may be at most that an explanation by those it names settles. */
const EXPLAINED_BY_PARTIES: Severity = 'medium';

/**
 * Tells whether a finding counts in no verdict because it was answered: dismissed, closed, or explained, by an official or, up
 * to medium, by those that it names. Nobody explains their own serious finding away.
 */
export const isAnswered = ({ status, severity, official }: Answered): boolean =>
  isSettled(status) ||
  (status === 'explained' && (official || severities.indexOf(severity) <= severities.indexOf(EXPLAINED_BY_PARTIES)));

/** A finding with the answer that counts. */
export interface Answered {
  severity: Severity;
  status: FindingStatus;
  /** Whether a registrar or an authority with a say in it gave the answer. */
  official: boolean;
}

/** What two findings share that have one cause: the rule, and what both are put down to. */
interface Caused {
  rule: string;
  subject: string;
  root?: string;
}

/** Tells whether an answer to one finding covers another: both are of one rule and put down to one cause, as in one alert. */
export const isCovered = (answered: Caused, other: Caused): boolean =>
  answered.rule === other.rule &&
  answered.root !== undefined &&
  answered.root === other.root &&
  answered.root !== answered.subject &&
  other.root !== other.subject;

type Evidence = { severity: Severity; events: readonly string[] };

/** Whether there is more to a finding than was answered: other events, or a higher severity. Then it is open again. */
export const isMoreThan = (now: Evidence, answered: Evidence): boolean =>
  severities.indexOf(now.severity) > severities.indexOf(answered.severity) ||
  now.events.some((event) => !answered.events.includes(event));
