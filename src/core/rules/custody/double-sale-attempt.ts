import * as z from 'zod';
import { byContradiction } from '../engine/evidence.js';
import { type JudgedOf, type Facts, isType } from '../engine/facts.js';
import { hadHeld } from '../engine/parties.js';
import { attemptsText, groupRefusals, refusalSubjects } from '../engine/refused-moves.js';
import type { Rule } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  doubleSaleAttempt: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityRepeated: parameter.severity.default('high'),
  }),
};

/** Error codes of admission for the second of two events on one head, by the lot's later state. */
const forkCodes: ReadonlySet<string> = new Set(['head-moved', 'lot-consumed', 'lot-closed', 'lot-in-transit']);

/**
 * Returns whether a refusal is the late receipt of a recalled dispatch. It has `head-moved` as well, but its signer is
 * the receiver of that dispatch.
 */
function isLateReceipt({ index, event }: JudgedOf<'event.refused'>, { chains }: Facts): boolean {
  return event.payload.lots.some((lot) => {
    const before = (chains.get(lot) ?? []).filter((entry) => entry.index < index);
    const recall = before.findLastIndex((entry) => isType(entry, 'custody.recalled'));
    const dispatch = before[recall - 1];
    return (
      dispatch !== undefined &&
      isType(dispatch, 'custody.dispatched') &&
      dispatch.event.payload.to === event.payload.signer
    );
  });
}

/** Lists the lots that the signer held at some time: a second sale concerns only these of the lots that it names. */
const lotsOnceHeld = ({ index, event }: JudgedOf<'event.refused'>, facts: Facts): string[] =>
  event.payload.lots.filter((lot) => hadHeld(event.payload.signer, lot, index, facts));

export const doubleSaleAttempt: Rule<typeof schema> = {
  id: 'double-sale-attempt',
  version: 3,
  group: 'custody',
  title: 'One lot was sent two ways',
  means:
    'One actor signed two events on the same head of a lot, to different receivers or into different lots, or sent to another receiver what was still on its way to the first. The first counts, the second was refused and kept.',
  doesNotMean:
    'That two buyers lost money: the second never entered. Two desks that repeat one and the same sale are not meant by it.',
  causes: {
    innocent: 'an order was changed, and both papers were entered',
    bad: 'one lot was sold to two buyers',
  },
  advice:
    'Ask the signer why it sent the lot a second way, and warn the second receiver, whose purchase never entered; both contracts and the payment show which sale was meant. The refused event stays as evidence: a registrar or an authority closes it by `finding.answered`.',
  parameters: schema,
  describe: ({ doubleSaleAttempt: { severity, severityRepeated } }) =>
    `Any \`event.refused\` that is a fork of a lot's chain, or a second dispatch of a lot in transit to another: ${severity}; more than one by the same signer on the same lots: ${severityRepeated}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byContradiction,
  scope: ['refusals', 'chains'],
  subjects: refusalSubjects,
  evaluate: (facts, { doubleSaleAttempt: { severity, severityRepeated } }) =>
    groupRefusals(facts, (refusal) =>
      forkCodes.has(refusal.event.payload.code) && !isLateReceipt(refusal, facts) ? lotsOnceHeld(refusal, facts) : [],
    ).map(({ subject, signer, lots, attempts }) => ({
      severity: attempts.length > 1 ? severityRepeated : severity,
      subject,
      cause: signer,
      lots,
      events: attempts.map(({ event }) => event.id),
      measured: attemptsText(attempts.length),
      threshold: attemptsText(0),
      detail: `${signer} signed ${attemptsText(attempts.length)} to send a lot another way than it had already sent it.`,
      firstIndex: attempts[0]?.index ?? null,
    })),
};
