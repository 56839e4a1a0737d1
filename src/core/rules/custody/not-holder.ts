import { byContradiction } from '../engine/evidence.js';
import { type Facts, type JudgedOf } from '../engine/facts.js';
import { stateBefore } from '../engine/lot-history.js';
import { hasPart } from '../engine/parties.js';
import { attemptsText, groupRefusals, refusalSubjects } from '../engine/refused-moves.js';
import type { Rule } from '../engine/rule.js';
import { actorSubject } from '../engine/subjects.js';
import * as parameter from '../engine/parameter.js';

const schema = { notHolder: parameter.severityOnly('high') };

/** Lists the lots of a refused event that are not its signer's; if a hold refused it, those it has no part in. */
function lotsOfOthers(refusal: JudgedOf<'event.refused'>, facts: Facts): string[] {
  const { code, lots, signer } = refusal.event.payload;
  if (code === 'lot-on-hold') return lots.filter((lot) => !hasPart(signer, lot, refusal.index, facts));
  if (code !== 'not-holder') return [];
  const others = lots.filter((lot) => stateBefore(facts.chains.get(lot) ?? [], lot, refusal.index)?.holder !== signer);
  return others.length === 0 ? [...lots] : others;
}

export const notHolder: Rule<typeof schema> = {
  id: 'not-holder',
  version: 2,
  group: 'custody',
  weighs: 'nothing',
  title: 'Someone tried to move a lot that it does not hold',
  means: 'An event signed by a registered key named a lot of another holder; it was refused and kept as evidence.',
  doesNotMean:
    'That anything moved, that anything is wrong with the lot, or that it was meant ill: a receiver that was not the one named looks the same.',
  causes: {
    innocent: 'another receiver was named in the dispatch than the one that came',
    bad: 'somebody sells what is not his',
  },
  advice:
    'Ask the signer by what paper it thought the lot its own, and the holder whether it sold or lent it; the contract or the waybill settles who should have been named. Nothing has moved, so the refused event stays as evidence: the holder explains, and a registrar or an authority closes it, by `finding.answered`.',
  parameters: schema,
  describe: ({ notHolder: { severity } }) =>
    `Any \`event.refused\` with the code \`not-holder\`, or with \`lot-on-hold\` where the signer has no part in the lot: ${severity}. It is about the signer, and counts in no verdict on the lot.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  evidence: byContradiction,
  scope: ['refusals', 'chains', 'about'],
  subjects: refusalSubjects,
  evaluate: (facts, { notHolder: { severity } }) =>
    groupRefusals(facts, (refusal) => lotsOfOthers(refusal, facts)).map(({ subject, signer, lots, attempts }) => ({
      severity,
      subject,
      cause: signer,
      root: actorSubject(signer),
      lots,
      events: attempts.map(({ event }) => event.id),
      measured: attemptsText(attempts.length),
      threshold: attemptsText(0),
      detail: `${signer} signed ${attemptsText(attempts.length)} to move what it does not hold; all were refused.`,
      firstIndex: attempts[0]?.index ?? null,
    })),
};
