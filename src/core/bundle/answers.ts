import type { AditEvent } from '../event/event.js';
import type { LedgerView } from '../custody/view.js';
import {
  type Answer,
  type FindingStatus,
  OFFICIAL_ROLES,
  boundOf,
  hasSayIn,
  isMoreThan,
  mayAnswer,
  mitigationDue,
  statusAfter,
} from '../rules/engine/answers.js';
import type { Finding } from '../rules/engine/rule.js';

type AnswerEvent = Extract<AditEvent, { type: 'finding.answered' }>;

/** A `finding.answered`, with its signer's state when it entered the log. */
export interface AnswerGiven {
  index: number;
  event: AnswerEvent;
  /** Whether the signer had an official role, and the country that limited it. */
  official: boolean;
  bound: string | null;
  /** The lots that the signer held. */
  held: ReadonlySet<string>;
}

/** The state of a finding after its answers. */
export interface AnswerAuthority {
  status: FindingStatus;
  /** Whether the answer that counts is by a registrar or an authority with jurisdiction. */
  official: boolean;
  /** The answers that count, in the order of the log. */
  answers: { event: string; by: string; answer: Answer; reason: string }[];
}

/**
 * Reads an answer with its signer's state.
 * @param view the ledger before the answer
 */
export function answerGiven(index: number, event: AnswerEvent, view: LedgerView): AnswerGiven {
  const { roles = [], country = null } = view.actors.get(event.iss) ?? {};
  const official = roles.some((role) => OFFICIAL_ROLES.includes(role));
  const held = new Set([...view.lots.values()].filter(({ holder }) => holder === event.iss).map(({ id }) => id));
  return { index, event, official, bound: boundOf(roles, country), held };
}

/**
 * Applies answers to a finding, by the same rules as the service (`server/verification/judging/settle-findings.ts`). An answer
 * applies only to a finding that existed at that time. A finding that exceeds what was answered, or whose mitigation is
 * overdue, is open again.
 * @param signers the signers of the finding's events
 * @param concerned the countries of these, and of the holders of the goods
 * @param asOf returns the finding as of an index; null if there was none
 * @param now the log's time, ms since 1970 UTC
 */
export function standingOf(
  finding: Finding,
  given: readonly AnswerGiven[],
  signers: ReadonlySet<string>,
  concerned: readonly (string | null)[],
  asOf: (index: number) => Finding | null,
  now: number | null,
): AnswerAuthority {
  let status: FindingStatus = 'open';
  let byOfficial = false;
  let due: number | null = null;
  let answered: Finding | null = null;
  const answers: AnswerAuthority['answers'] = [];
  for (const { index, event, official: hasRole, bound, held } of given) {
    const { answer, reason } = event.payload;
    const named = signers.has(event.iss) || finding.lots.some((lot) => held.has(lot));
    const official = hasRole && hasSayIn(bound, concerned);
    const found = mayAnswer(answer, { official, named }) ? asOf(index) : null;
    if (found === null || (status === 'closed' && answered !== null && !isMoreThan(found, answered))) continue;
    [status, due, answered, byOfficial] = [statusAfter[answer], mitigationDue(event.payload), found, official];
    answers.push({ event: event.id, by: event.iss, answer, reason });
  }
  if (answered !== null && isMoreThan(finding, answered)) status = 'open';
  if (status === 'mitigated' && due !== null && now !== null && now >= due) status = 'open';
  return { status, official: byOfficial, answers };
}
