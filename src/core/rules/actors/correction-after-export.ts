import * as z from 'zod';
import { byRegistry } from '../engine/evidence.js';
import { judgesEach } from '../engine/each-event.js';
import { lotsConcerned } from '../engine/parties.js';
import type { Rule, ValuesOf } from '../engine/rule.js';
import * as parameter from '../engine/parameter.js';

const schema = {
  correctionAfterExport: z.strictObject({
    severity: parameter.severity.default('medium'),
    severityOrigin: parameter.severity.default('high'),
  }),
};
type Parameters = ValuesOf<typeof schema>;

/** Claims that describe the goods themselves. */
const weighty = /\/(mass|tags|moisturePercent|grades)(\/|$)/;

export const correctionAfterExport: Rule<typeof schema> = {
  id: 'correction-after-export',
  version: 2,
  group: 'actors',
  title: 'The past was corrected after the goods had left',
  means: 'An event was corrected after a lot that it touched, or one made of it, had been exported.',
  doesNotMean:
    'That the correction is false: it is signed and shown, with the value before and after. A mistake that was corrected before the goods left is not judged.',
  causes: {
    innocent: 'a typing error that was found late',
    bad: 'the past is made to fit what was sold',
  },
  advice:
    'Ask the signer of the correction for the paper that shows the true value, and inform the buyer, who paid by the old one. The correction stays and so does this finding, until it is explained, or closed by a registrar or an authority, by `finding.answered`.',
  parameters: schema,
  describe: ({ correctionAfterExport: { severity, severityOrigin } }) =>
    `A correction logged after the export of a lot of its target, or of one made of it: ${severity}, and ${severityOrigin} where it changes mass, moisture, grade or tags.`,
  standard: 'OECD Due Diligence Guidance, Annex I (records kept for five years)',
  evidence: byRegistry,
  scope: ['chains', 'exports'],
  ...judgesEach(['event.corrected'], ({ index, event }, facts, { correctionAfterExport: parameters }: Parameters) => {
    const { event: targetId, field, reason } = event.payload;
    const target = facts.entries.find((entry) => entry.event.id === targetId);
    const exported = (target === undefined ? [] : lotsConcerned(target, facts)).filter(
      (lot) => (facts.exports.get(lot) ?? Infinity) < index,
    );
    if (exported.length === 0) return [];
    return [
      {
        severity: weighty.test(field) ? parameters.severityOrigin : parameters.severity,
        lots: exported,
        events: [targetId, event.id],
        measured: field,
        threshold: 'no correction after export',
        detail: `${event.iss} corrected ${field} of an earlier event after a lot of it had been exported: ${reason}`,
      },
    ];
  }),
};
