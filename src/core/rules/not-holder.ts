import { attemptsText, groupRefusals, refusalSubjects } from './refused-moves.js';
import type { Rule } from './rule.js';

export const notHolder: Rule = {
  id: 'not-holder',
  version: 1,
  group: 'custody',
  title: 'Someone tried to move a lot that it does not hold',
  means:
    'An event signed by a registered key named a lot whose holder is somebody else; it was refused and kept as evidence.',
  doesNotMean: 'That anything moved, or that it was meant ill: a receiver that was not the one named looks the same.',
  describe: ({ notHolder: { severity } }) => `Any \`event.refused\` with the code \`not-holder\`: ${severity}.`,
  standard: 'OECD Due Diligence Guidance, Annex I (chain of custody)',
  scope: ['refusals'],
  subjects: refusalSubjects,
  evaluate: (facts, { notHolder: { severity } }) =>
    groupRefusals(facts, ({ event }) => event.payload.code === 'not-holder').map(
      ({ subject, signer, lots, attempts }) => ({
        severity,
        subject,
        cause: signer,
        lots,
        events: attempts.map(({ event }) => event.id),
        measured: attemptsText(attempts.length),
        threshold: attemptsText(0),
        detail: `${signer} signed ${attemptsText(attempts.length)} to move what it does not hold; all were refused.`,
        firstIndex: attempts[0]?.index ?? null,
      }),
    ),
};
