import { byRegistry } from '../engine/evidence.js';
import { attemptsText, groupRefusals, lotsWithPart, refusalSubjects } from '../engine/refused-moves.js';
import type { Rule } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = { heldLotMoved: parameter.severityOnly('high') };

export const heldLotMoved: Rule<typeof schema> = {
  id: 'held-lot-moved',
  version: 2,
  group: 'custody',
  title: 'Someone tried to move a lot that an authority holds',
  means: 'An event on a lot under seizure or quarantine was refused and kept as evidence.',
  doesNotMean: 'That anything moved. The signer may not know of the hold yet.',
  causes: {
    innocent: 'the signer did not know of the hold yet',
    bad: 'somebody tries to take seized goods away',
  },
  advice:
    'Ask the signer whether it knew of the hold, and the authority that holds the lot whether the goods still lie where they were put. Nothing has moved in the ledger, so the refused event stays as evidence: the holder explains, and a registrar or an authority closes it, by `finding.answered`.',
  parameters: schema,
  describe: ({ heldLotMoved: { severity } }) =>
    `Any \`event.refused\` with the code \`lot-on-hold\`, signed by somebody who has a part in the lot: ${severity}. The attempt of anybody else is \`not-holder\`.`,
  standard: 'ICGLR Regional Certification Mechanism (non-conformant shipments); OECD Due Diligence Guidance, Annex II',
  evidence: byRegistry,
  scope: ['refusals', 'chains', 'about'],
  subjects: refusalSubjects,
  evaluate: (facts, { heldLotMoved: { severity } }) =>
    groupRefusals(facts, (refusal) =>
      refusal.event.payload.code === 'lot-on-hold' ? lotsWithPart(refusal, facts) : [],
    ).map(({ subject, signer, lots, attempts }) => ({
      severity,
      subject,
      cause: signer,
      lots,
      events: attempts.map(({ event }) => event.id),
      measured: attemptsText(attempts.length),
      threshold: attemptsText(0),
      detail: `${signer} signed ${attemptsText(attempts.length)} to move what is held back; all were refused.`,
      firstIndex: attempts[0]?.index ?? null,
    })),
};
